package io.cobrowse.sticky.proxy.observe;

import io.cobrowse.sticky.proxy.exchange.Outcome;
import io.cobrowse.sticky.routing.Node;
import io.cobrowse.sticky.routing.NodeState;
import io.cobrowse.sticky.routing.NodeTable;
import io.cobrowse.sticky.routing.Route;
import io.cobrowse.sticky.routing.Router;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.binder.jvm.ClassLoaderMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmGcMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmThreadMetrics;
import io.micrometer.core.instrument.binder.system.FileDescriptorMetrics;
import io.micrometer.core.instrument.binder.system.ProcessorMetrics;
import io.micrometer.core.instrument.binder.system.UptimeMetrics;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot.HistogramDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricMetadata;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import java.util.function.ToDoubleFunction;

/**
 * The metrics. A request's thread only records up to three times in existing histograms, which takes no lock and
 * allocates nothing. Everything else is read during a scrape, from the components that count it anyway. Thread-safe.
 */
final class Meters implements AutoCloseable {
    /** The meters of a node, removed with it. */
    private static final class NodeMeters {
        private final TimeBuckets requestTimes = new TimeBuckets();
        private final NodeStatistics statistics;
        private final List<Meter> meters = new ArrayList<>();
        private final Set<Integer> counters = new HashSet<>();

        private NodeMeters(NodeStatistics statistics) {
            this.statistics = statistics;
        }
    }

    private final PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    private final Telemetry telemetry;
    private final Router router;
    private final Gauges gauges;
    private final TimeBuckets connectTimes = new TimeBuckets();
    private final TimeBuckets firstByteTimes = new TimeBuckets();
    private final JvmGcMetrics gc = new JvmGcMetrics();
    private final Map<String, NodeMeters> nodes = new ConcurrentHashMap<>();
    /** The meters of each listener, by its name, removed with it. */
    private final Map<String, List<Meter>> listeners = new HashMap<>();

    Meters(Telemetry telemetry, Router router, Gauges gauges) {
        this.telemetry = telemetry;
        this.router = router;
        this.gauges = gauges;
        histograms();
        global();
        jvm();
        follow();
    }

    private void histograms() {
        histogram(
                "cobrowse_request_seconds",
                "How long requests took that were answered, polls excluded",
                () -> nodes.entrySet().stream()
                        .map(node -> node.getValue().requestTimes.read(Labels.of("node", node.getKey())))
                        .toList());
        histogram(
                "cobrowse_upstream_connect_seconds",
                "Until a connection to the node was there",
                () -> List.of(connectTimes.read(Labels.EMPTY)));
        histogram(
                "cobrowse_upstream_first_byte_seconds",
                "From then until its answer began",
                () -> List.of(firstByteTimes.read(Labels.EMPTY)));
    }

    private void histogram(String name, String help, Supplier<List<HistogramDataPointSnapshot>> read) {
        MetricMetadata metadata = new MetricMetadata(name, help);
        registry.getPrometheusRegistry().register(() -> new HistogramSnapshot(metadata, read.get()));
    }

    private void global() {
        counter(
                "cobrowse.conflicts",
                "URL and cookie named different nodes",
                Tags.empty(),
                router,
                each -> each.counters().conflicts());
        counter(
                "cobrowse.unknown",
                "Requests that name no known node",
                Tags.of("source", "url"),
                router,
                each -> each.counters().unknownIds());
        counter(
                "cobrowse.unknown",
                "Requests that name no known node",
                Tags.of("source", "cookie"),
                router,
                each -> each.counters().unknownCookies());
        counter(
                "cobrowse.unknown",
                "Requests that name no known node",
                Tags.of("source", "header"),
                router,
                each -> each.counters().unknownHeaders());
        for (Audit.Kind kind : Audit.Kind.values()) {
            counter(
                    "cobrowse.stickiness.violations",
                    "Answers that contradict the route of their request",
                    Tags.of("kind", kind.text()),
                    telemetry,
                    each -> each.audit().violations(kind));
        }
        Statistics statistics = telemetry.statistics();
        counter("cobrowse.bytes", "Bytes of bodies", Tags.of("direction", "in"), statistics, Statistics::bytesIn);
        counter("cobrowse.bytes", "Bytes of bodies", Tags.of("direction", "out"), statistics, Statistics::bytesOut);
        counter(
                "cobrowse.log.dropped",
                "Lines of the access log that were dropped",
                Tags.empty(),
                telemetry,
                Telemetry::dropped);
    }

    private void jvm() {
        new ClassLoaderMetrics().bindTo(registry);
        new JvmMemoryMetrics().bindTo(registry);
        gc.bindTo(registry);
        new JvmThreadMetrics().bindTo(registry);
        new ProcessorMetrics().bindTo(registry);
        new FileDescriptorMetrics().bindTo(registry);
        new UptimeMetrics().bindTo(registry);
    }

    private <T> FunctionCounter counter(
            String name, String description, Tags tags, T object, ToDoubleFunction<T> value) {
        return FunctionCounter.builder(name, object, value)
                .description(description)
                .tags(tags)
                .register(registry);
    }

    void record(Outcome outcome) {
        Route route = outcome.route();
        Node node = route == null ? null : route.node();
        if (outcome.tunnelClosed() || node == null) {
            return;
        }
        long connected = outcome.connectedNanos();
        if (connected >= 0) {
            connectTimes.record(Math.max(0, connected - Math.max(0, outcome.queueNanos())));
        }
        if (!Statistics.timed(outcome)) {
            return;
        }
        if (connected >= 0 && outcome.firstByteNanos() >= connected) {
            firstByteTimes.record(outcome.firstByteNanos() - connected);
        }
        NodeMeters atNode = nodes.get(node.id());
        if (atNode != null) {
            atNode.requestTimes.record(outcome.totalNanos());
        }
    }

    /** Returns the metrics in Prometheus's text format. */
    synchronized String scrape() {
        follow();
        nodes.forEach(this::addCounters);
        return registry.scrape();
    }

    /** Adds and removes meters, so that exactly the current nodes have them. */
    synchronized void follow() {
        NodeTable table = router.table();
        nodes.entrySet().removeIf(entry -> {
            boolean gone = table.node(entry.getKey()) == null
                    || telemetry.statistics().nodes().get(entry.getKey()) != entry.getValue().statistics;
            if (gone) {
                entry.getValue().meters.forEach(registry::remove);
            }
            return gone;
        });
        for (Node node : table.nodes()) {
            if (!nodes.containsKey(node.id())) {
                nodes.put(node.id(), add(node));
            }
        }
        followListeners(gauges.limited());
    }

    private void followListeners(Map<String, Map<String, Long>> limited) {
        listeners.entrySet().removeIf(entry -> {
            boolean gone = !limited.containsKey(entry.getKey());
            if (gone) {
                entry.getValue().forEach(registry::remove);
            }
            return gone;
        });
        limited.forEach((name, limits) -> listeners.computeIfAbsent(name, added -> listener(added, limits.keySet())));
    }

    private List<Meter> listener(String name, Set<String> limits) {
        List<Meter> meters = new ArrayList<>();
        Tags tags = Tags.of("listener", name);
        meters.add(Gauge.builder(
                        "cobrowse.client.connections",
                        gauges,
                        each -> each.clientConnections().getOrDefault(name, 0))
                .description("Connections of clients")
                .tags(tags)
                .register(registry));
        for (String limit : limits) {
            meters.add(counter(
                    "cobrowse.limited",
                    "What a limit of a listener has refused or ended",
                    tags.and("limit", limit),
                    gauges,
                    each -> each.limited().getOrDefault(name, Map.of()).getOrDefault(limit, 0L)));
        }
        return meters;
    }

    private NodeMeters add(Node node) {
        String id = node.id();
        Tags tags = Tags.of("node", id);
        NodeMeters added = new NodeMeters(telemetry.statistics().of(node));
        List<Meter> meters = added.meters;
        meters.add(gauge(
                "cobrowse.active.requests", "Requests open, parked polls included", tags, id, Node::activeRequests));
        meters.add(gauge("cobrowse.active.tunnels", "WebSockets open", tags, id, Node::activeTunnels));
        meters.add(gauge("cobrowse.parked.polls", "Polls that wait for an answer", tags, id, gauges::parkedPolls));
        meters.add(gauge("cobrowse.queued.requests", "Requests that wait for a place", tags, id, gauges::waiting));
        meters.add(gauge(
                "cobrowse.sessions.seen",
                "Clients seen with affinity in 40 s",
                tags,
                id,
                each -> telemetry.statistics().sessionsSeen(each)));
        meters.add(gauge(
                "cobrowse.upstream.connections",
                "Connections to the node",
                tags.and("state", "idle"),
                id,
                gauges::idleConnections));
        meters.add(gauge(
                "cobrowse.upstream.connections",
                "Connections to the node",
                tags.and("state", "active"),
                id,
                each -> gauges.connections(each) - gauges.idleConnections(each)));
        for (NodeState state : NodeState.values()) {
            meters.add(gauge(
                    "cobrowse.node.state",
                    "1 for the state that the node is in",
                    tags.and("state", state.text()),
                    id,
                    each -> router.table().state(each) == state ? 1 : 0));
        }
        meters.add(checks(tags, id, "pass", 0));
        meters.add(checks(tags, id, "fail", 1));
        return added;
    }

    private FunctionCounter checks(Tags tags, String id, String result, int index) {
        return counter("cobrowse.checks", "Health checks", tags.and("result", result), router, each -> {
            Node now = each.table().node(id);
            return now == null ? 0 : gauges.checks(now)[index];
        });
    }

    /** Creates a gauge that looks up its node for each reading, since a reload creates another object for it. */
    private Gauge gauge(String name, String description, Tags tags, String id, ToDoubleFunction<Node> value) {
        return Gauge.builder(name, router, each -> {
                    Node now = each.table().node(id);
                    return now == null ? 0 : value.applyAsDouble(now);
                })
                .description(description)
                .tags(tags)
                .register(registry);
    }

    private void addCounters(String id, NodeMeters node) {
        node.statistics.counters((index, affinity, sticky, code, counter) -> {
            if (node.counters.add(index)) {
                Tags tags = Tags.of("node", id, "by", affinity.text(), "sticky", sticky.text(), "code", code);
                node.meters.add(
                        counter("cobrowse.requests", "Requests that have ended", tags, counter, each -> each.sum()));
            }
        });
    }

    @Override
    public void close() {
        gc.close();
        registry.close();
    }
}
