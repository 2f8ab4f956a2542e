package io.cobrowse.sticky.proxy.observe;

import io.cobrowse.sticky.proxy.exchange.Outcome;
import io.cobrowse.sticky.routing.Affinity;
import io.cobrowse.sticky.routing.Node;
import io.cobrowse.sticky.routing.NodeTable;
import io.cobrowse.sticky.routing.Route;
import io.cobrowse.sticky.routing.Router;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import org.HdrHistogram.AbstractHistogram;
import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;

/**
 * The counts of all requests and of each node. A node keeps its counts as long as its id is configured. Thread-safe;
 * counting takes no lock and allocates nothing.
 */
public final class Statistics {
    /** Upper bounds of the buckets of {@link Second#heat}, in milliseconds; one more bucket follows the last. */
    public static final List<Integer> HEAT_MILLIS = List.of(1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000);

    private static final List<Long> NO_HEAT = Collections.nCopies(HEAT_MILLIS.size() + 1, 0L);

    /** The end of the path of CometD's polls. They wait by design, and would dominate the percentiles. */
    private static final String POLL = "/connect";

    /**
     * The requests of a second.
     *
     * @param requests the number of requests that ended
     * @param heat the number of them, except polls, in each bucket of times: up to each of {@link #HEAT_MILLIS}, and
     *     longer
     */
    public record Second(long requests, List<Long> heat) {}

    /**
     * The number of requests that ended in the same way, as in the metric of all requests.
     *
     * @param by the source that chose the node
     * @param sticky the outcome of the request's tie to the node
     * @param code the class of the status, such as {@code 2xx}
     */
    public record Count(String by, String sticky, String code, long requests) {}

    private final Router router;
    private final Map<String, NodeStatistics> nodes = new ConcurrentHashMap<>();
    private final RecentTimes times = new RecentTimes(3);
    private final LongAdder total = new LongAdder();
    private final LongAdder refused = new LongAdder();
    private final LongAdder bytesIn = new LongAdder();
    private final LongAdder bytesOut = new LongAdder();
    private volatile Second second = new Second(0, List.of());
    private long totalBefore;

    Statistics(Router router) {
        this.router = router;
        follow(router.table());
    }

    void count(Outcome outcome, @Nullable Node setsNode) {
        bytesIn.add(outcome.requestBytes());
        bytesOut.add(outcome.responseBytes());
        Route route = outcome.route();
        Node node = route == null ? null : route.node();
        if (!outcome.tunnelClosed()) {
            total.increment();
        }
        if (route == null || node == null) {
            refused.increment();
            return;
        }
        NodeStatistics atNode = of(node);
        boolean served = route.outcome() == Route.Outcome.FORWARD;
        if (served && (route.affinity() != Affinity.NONE || setsNode == node)) {
            atNode.clients().seen(outcome.request(), System.nanoTime());
        }
        if (outcome.tunnelClosed()) {
            return;
        }
        atNode.count(route.affinity(), route.sticky(), outcome.status());
        if (served && timed(outcome)) {
            times.record(outcome.totalNanos());
            atNode.times().record(outcome.totalNanos());
        }
    }

    /** Returns whether the time of a request is meaningful: it was answered, and is neither a poll nor a tunnel. */
    static boolean timed(Outcome outcome) {
        String path = outcome.request().getHttpURI().getPath();
        return !outcome.tunnel() && outcome.firstByteNanos() >= 0 && (path == null || !path.endsWith(POLL));
    }

    NodeStatistics of(Node node) {
        NodeStatistics known = nodes.get(node.id());
        return known != null ? known : nodes.computeIfAbsent(node.id(), id -> new NodeStatistics());
    }

    Map<String, NodeStatistics> nodes() {
        return nodes;
    }

    /** Ends a second. */
    void tick() {
        follow(router.table());
        nodes.values().forEach(NodeStatistics::tick);
        long now = total.sum();
        second = new Second(now - totalBefore, heat(times.tick()));
        totalBefore = now;
    }

    private void follow(NodeTable table) {
        table.nodes().forEach(this::of);
        nodes.keySet().removeIf(id -> table.node(id) == null);
    }

    private static List<Long> heat(@Nullable Histogram micros) {
        if (micros == null) {
            return NO_HEAT;
        }
        List<Long> heat = new ArrayList<>();
        long below = 0;
        for (int millis : HEAT_MILLIS) {
            long upTo = micros.getCountBetweenValues(0, millis * 1000L);
            heat.add(upTo - below);
            below = upTo;
        }
        heat.add(micros.getTotalCount() - below);
        return heat;
    }

    /** Returns the requests of the last whole second. */
    public Second second() {
        return second;
    }

    /** Returns how many requests of a node ended in the last whole second. */
    public long perSecond(Node node) {
        return of(node).perSecond();
    }

    /**
     * Returns how many requests of a node have ended so far, by the way they ended; a tunnel counts when it opens.
     */
    public List<Count> counts(Node node) {
        List<Count> counts = new ArrayList<>();
        of(node).counters((index, affinity, sticky, code, counter) ->
                counts.add(new Count(affinity.text(), sticky.text(), code, counter.sum())));
        return counts;
    }

    /** Returns the number of requests that have ended so far; a tunnel counts when it opens. */
    public long total() {
        return total.sum();
    }

    /** Returns the number of requests that went to no node. */
    public long refused() {
        return refused.sum();
    }

    /** Returns the bytes of bodies sent by clients. */
    public long bytesIn() {
        return bytesIn.sum();
    }

    /** Returns the bytes of bodies sent to clients. */
    public long bytesOut() {
        return bytesOut.sum();
    }

    /**
     * Returns the times of requests, in microseconds, exact to a tenth of a percent.
     *
     * @param tensOfSeconds how far to look back: 1 to 30; beyond 1, the current ten seconds are added as far as they
     *     have elapsed
     */
    public AbstractHistogram recent(int tensOfSeconds) {
        return times.last(tensOfSeconds);
    }

    /** Returns the times of a node's requests, like {@link #recent(int)}, exact to one percent. */
    public AbstractHistogram recent(Node node, int tensOfSeconds) {
        return of(node).times().last(tensOfSeconds);
    }

    /** Returns how many clients a node has served with affinity in the last 40 s. */
    public int sessionsSeen(Node node) {
        return of(node).clients().count(System.nanoTime());
    }

    /** Returns whether a node has served no client with affinity for longer than the gap between two polls. */
    public boolean quiet(Node node) {
        return of(node).clients().quietNanos(System.nanoTime()) > SeenClients.POLL_GAP_NANOS;
    }

    /** Returns the time since a node last served a client with affinity, in milliseconds; -1 if it never has. */
    public long quietMillis(Node node) {
        long nanos = of(node).clients().quietNanos(System.nanoTime());
        return nanos == Long.MAX_VALUE ? -1 : nanos / 1_000_000;
    }
}
