package io.cobrowse.sticky.spring;

import io.cobrowse.sticky.proxy.StickyProxy;
import io.cobrowse.sticky.routing.Node;
import io.cobrowse.sticky.routing.NodeState;
import io.cobrowse.sticky.routing.NodeTable;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.MultiGauge;
import io.micrometer.core.instrument.MultiGauge.Row;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.binder.MeterBinder;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.ToDoubleFunction;

/**
 * The metrics of the nodes, under the same names as in the standalone proxy; follows nodes that are added and removed.
 * Thread-safe.
 */
final class NodeMetrics implements MeterBinder, AutoCloseable {
    private final StickyProxy proxy;
    private final ScheduledExecutorService clock = Executors.newSingleThreadScheduledExecutor(task -> {
        Thread daemon = new Thread(task, "cobrowse-node-metrics");
        daemon.setDaemon(true);
        return daemon;
    });

    NodeMetrics(StickyProxy proxy) {
        this.proxy = proxy;
    }

    @Override
    public void bindTo(MeterRegistry registry) {
        MultiGauge states = gauge("cobrowse.node.state", "1 for the state that a node is in", registry);
        MultiGauge requests = gauge("cobrowse.active.requests", "Requests that a node is serving", registry);
        MultiGauge tunnels = gauge("cobrowse.active.tunnels", "WebSockets that are open", registry);
        Future<?> unused = clock.scheduleWithFixedDelay(
                () -> {
                    states.register(states());
                    requests.register(rows(Node::activeRequests));
                    tunnels.register(rows(Node::activeTunnels));
                },
                0,
                1,
                TimeUnit.SECONDS);
    }

    private static MultiGauge gauge(String name, String description, MeterRegistry registry) {
        return MultiGauge.builder(name).description(description).register(registry);
    }

    private List<Row<?>> states() {
        List<Row<?>> rows = new ArrayList<>();
        for (Node node : proxy.router().table().nodes()) {
            for (NodeState state : NodeState.values()) {
                rows.add(Row.of(Tags.of("node", node.id(), "state", state.text()), node.id(), id -> isIn(id, state)));
            }
        }
        return rows;
    }

    private double isIn(String id, NodeState state) {
        NodeTable table = proxy.router().table();
        Node node = table.node(id);
        return node != null && table.state(node) == state ? 1 : 0;
    }

    private List<Row<?>> rows(ToDoubleFunction<Node> value) {
        List<Row<?>> rows = new ArrayList<>();
        for (Node each : proxy.router().table().nodes()) {
            rows.add(Row.of(Tags.of("node", each.id()), each.id(), id -> {
                Node node = proxy.router().table().node(id);
                return node == null ? 0 : value.applyAsDouble(node);
            }));
        }
        return rows;
    }

    @Override
    public void close() {
        clock.shutdownNow();
    }
}
