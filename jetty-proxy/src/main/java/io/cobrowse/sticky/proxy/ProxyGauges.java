package io.cobrowse.sticky.proxy;

import io.cobrowse.sticky.proxy.cluster.NodeStatus;
import io.cobrowse.sticky.proxy.observe.Gauges;
import io.cobrowse.sticky.routing.Node;
import java.util.HashMap;
import java.util.Map;

/** The requests, tunnels and connections that are open now. Thread-safe. */
final class ProxyGauges implements Gauges {
    private final StickyProxy proxy;
    private final StickyProxyServlet servlet;

    ProxyGauges(StickyProxy proxy) {
        this.proxy = proxy;
        this.servlet = proxy.servlet();
    }

    @Override
    public int waiting(Node node) {
        return servlet.waiting(node);
    }

    @Override
    public int parkedPolls(Node node) {
        return servlet.parkedPolls(node);
    }

    @Override
    public int connections(Node node) {
        return servlet.connections(node);
    }

    /** A connection serves one request at a time, and a tunnel keeps its connection. */
    @Override
    public int idleConnections(Node node) {
        int busy = node.activeRequests() - servlet.waiting(node);
        return Math.max(0, servlet.connections(node) - Math.max(0, busy));
    }

    @Override
    public long[] checks(Node node) {
        NodeStatus.Counts counts = proxy.states().status(node).counts();
        return new long[] {counts.passedChecks(), counts.failedChecks()};
    }

    @Override
    public Map<String, Map<String, Long>> limited() {
        Map<String, Map<String, Long>> limited = new HashMap<>();
        proxy.connectors()
                .forEach(each -> limited.put(each.getName(), each.counters().counts()));
        return limited;
    }

    @Override
    public Map<String, Integer> clientConnections() {
        Map<String, Integer> connections = new HashMap<>();
        proxy.connectors().forEach(each -> connections.put(each.getName(), each.openConnections()));
        return connections;
    }
}
