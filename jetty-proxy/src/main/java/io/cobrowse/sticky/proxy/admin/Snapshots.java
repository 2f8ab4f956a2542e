package io.cobrowse.sticky.proxy.admin;

import io.cobrowse.sticky.proxy.observe.Statistics;
import io.cobrowse.sticky.proxy.observe.Telemetry;
import io.cobrowse.sticky.routing.Node;
import io.cobrowse.sticky.routing.NodeState;
import io.cobrowse.sticky.routing.NodeTable;
import io.cobrowse.sticky.routing.Router;
import io.cobrowse.sticky.routing.RoutingCounters;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.HdrHistogram.AbstractHistogram;

/**
 * Takes snapshots of the cluster, and records its changes, even while nobody reads them. Confined to one thread at a
 * time.
 *
 * <p>Changes are found by comparison, so the code that makes them need not know this class.
 */
final class Snapshots {
    private static final int EVENTS = 50;

    /**
     * A change of the cluster, or a violation of stickiness.
     *
     * @param time in the format of RFC 3339
     * @param kind {@code state}, {@code node} or {@code violation}
     */
    record Event(String time, String kind, String text) {}

    /**
     * The cluster in one second.
     *
     * @param heat the number of requests, without polls, whose time was up to each of {@code heatMs}, and then of those
     *     that took longer
     * @param sessionsRemembered the number of sessions whose node the audit knows; 0 if it does not follow sessions
     * @param sessionsAgreed the number of creations, look-ups and joins that agreed with the audit
     * @param events the latest events, the newest first
     */
    record Snapshot(
            String time,
            List<NodeSecond> nodes,
            long requestsPerSecond,
            long requests,
            long refused,
            StatsResource.Times times,
            List<Integer> heatMs,
            List<Long> heat,
            Map<String, Long> affinity,
            long conflicts,
            Map<String, Long> unknown,
            long violations,
            int sessionsRemembered,
            long sessionsAgreed,
            long logDropped,
            List<Event> events) {}

    /** A node, and the times of its requests in the last ten seconds. */
    record NodeSecond(NodeView node, double p50Ms, double p99Ms) {}

    private final NodeViews views;
    private final Router router;
    private final Telemetry telemetry;
    private final Deque<Event> events = new ArrayDeque<>();
    private final Map<String, NodeState> states = new HashMap<>();
    private long violations;

    Snapshots(NodeViews views, Router router, Telemetry telemetry) {
        this.views = views;
        this.router = router;
        this.telemetry = telemetry;
        NodeTable table = router.table();
        table.nodes().forEach(node -> states.put(node.id(), table.state(node)));
    }

    Snapshot take() {
        List<NodeView> nodes = views.all();
        Statistics statistics = telemetry.statistics();
        RoutingCounters counters = router.counters();
        return new Snapshot(
                Instant.now().toString(),
                nodes.stream().map(this::second).toList(),
                statistics.second().requests(),
                statistics.total(),
                statistics.refused(),
                StatsResource.Times.of(10, statistics.recent(1)),
                Statistics.HEAT_MILLIS,
                statistics.second().heat(),
                Map.of(
                        "url", counters.byUrl(),
                        "referer", counters.byReferer(),
                        "cookie", counters.byCookie(),
                        "header", counters.byHeader(),
                        "none", counters.byNone()),
                counters.conflicts(),
                Map.of(
                        "url", counters.unknownIds(),
                        "cookie", counters.unknownCookies(),
                        "header", counters.unknownHeaders()),
                telemetry.violations(),
                telemetry.sessionsRemembered(),
                telemetry.sessionsAgreed(),
                telemetry.dropped(),
                List.copyOf(events));
    }

    private NodeSecond second(NodeView view) {
        var node = router.table().node(view.id());
        if (node == null) {
            return new NodeSecond(view, 0, 0);
        }
        AbstractHistogram micros = telemetry.statistics().recent(node, 1);
        return new NodeSecond(view, StatsResource.Times.millis(micros, 50), StatsResource.Times.millis(micros, 99));
    }

    /** Records the changes since the previous call, and returns them in order. */
    List<Event> findChanges() {
        List<Event> found = new ArrayList<>();
        NodeTable table = router.table();
        Map<String, NodeState> before = new HashMap<>(states);
        states.clear();
        for (Node node : table.nodes()) {
            NodeState now = table.state(node);
            states.put(node.id(), now);
            NodeState was = before.remove(node.id());
            if (was == null) {
                add(found, "node", "node " + node.id() + " added at " + node.url());
            } else if (was != now) {
                add(found, "state", "node " + node.id() + ": " + was.text() + " → " + now.text());
            }
        }
        before.keySet().forEach(id -> add(found, "node", "node " + id + " removed"));
        long now = telemetry.violations();
        if (now > violations) {
            add(found, "violation", (now - violations) + " answers contradicted their route");
        }
        violations = now;
        return found;
    }

    private void add(List<Event> found, String kind, String text) {
        Event event = new Event(Instant.now().toString(), kind, text);
        found.add(event);
        events.addFirst(event);
        if (events.size() > EVENTS) {
            events.removeLast();
        }
    }
}
