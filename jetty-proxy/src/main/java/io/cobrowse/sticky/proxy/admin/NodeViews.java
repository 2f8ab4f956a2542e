package io.cobrowse.sticky.proxy.admin;

import io.cobrowse.sticky.proxy.cluster.NodeStates;
import io.cobrowse.sticky.routing.Node;
import io.cobrowse.sticky.routing.NodeTable;
import java.util.List;
import java.util.function.ToIntFunction;
import org.jspecify.annotations.Nullable;

/** Shows the nodes as they are now. Thread-safe. */
final class NodeViews {
    private final NodeStates states;
    private final ToIntFunction<Node> waiting;

    NodeViews(NodeStates states, ToIntFunction<Node> waiting) {
        this.states = states;
        this.waiting = waiting;
    }

    List<NodeView> all() {
        NodeTable table = states.router().table();
        return table.nodes().stream().map(node -> view(node, table)).toList();
    }

    @Nullable
    NodeView find(String id) {
        NodeTable table = states.router().table();
        Node node = table.node(id);
        return node == null ? null : view(node, table);
    }

    private NodeView view(Node node, NodeTable table) {
        return NodeView.of(node, table, states.status(node), waiting.applyAsInt(node));
    }
}
