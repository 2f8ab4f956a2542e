package io.cobrowse.sticky.proxy.admin;

import io.cobrowse.sticky.proxy.cluster.NodeStates;
import io.cobrowse.sticky.proxy.config.ProxyConfig.NodeConfig;
import io.cobrowse.sticky.proxy.observe.Gauges;
import io.cobrowse.sticky.proxy.observe.Statistics;
import io.cobrowse.sticky.routing.Node;
import io.cobrowse.sticky.routing.NodeTable;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Shows the current state of the nodes. Thread-safe. */
final class NodeViews {
    private final NodeStates states;
    private final Statistics statistics;
    private final Gauges gauges;

    NodeViews(NodeStates states, Statistics statistics, Gauges gauges) {
        this.states = states;
        this.statistics = statistics;
        this.gauges = gauges;
    }

    List<NodeView> all() {
        NodeTable table = states.router().table();
        return table.nodes().stream().map(node -> view(node, table)).toList();
    }

    /** Returns the nodes as a configuration would name them. */
    List<NodeConfig> found() {
        return states.router().table().nodes().stream()
                .map(node -> new NodeConfig(node.id(), node.cookies(), node.url(), node.weight(), node.backup()))
                .toList();
    }

    @Nullable
    NodeView find(String id) {
        NodeTable table = states.router().table();
        Node node = table.node(id);
        return node == null ? null : view(node, table);
    }

    private NodeView view(Node node, NodeTable table) {
        return NodeView.of(node, table, states.status(node), statistics, gauges);
    }
}
