package io.cobrowse.sticky.routing;

import java.util.List;

/** Nodes that may be given requests without affinity, and their order in smooth weighted round robin. Immutable. */
final class Candidates {
    private final List<Node> nodes;
    private final int[] weights;
    private final int[] cycle;
    private final boolean limited;

    Candidates(List<Node> nodes) {
        this(nodes, nodes.stream().mapToInt(Node::weight).toArray());
    }

    /** @param weights of the nodes, in their order, as they stand to each other now */
    Candidates(List<Node> nodes, int[] weights) {
        this.nodes = List.copyOf(nodes);
        this.weights = weights;
        this.cycle = WeightedCycle.of(weights);
        this.limited = nodes.stream().anyMatch(Node::limited);
    }

    /** Returns the nodes, in the order of the table. */
    List<Node> nodes() {
        return nodes;
    }

    /** Returns the weight of the node at an index. */
    int weight(int index) {
        return weights[index];
    }

    /** Returns whether any of the nodes may be full. */
    boolean limited() {
        return limited;
    }

    /** Returns how many picks make a cycle; 0 where there are no nodes. */
    int cycleLength() {
        return cycle.length;
    }

    /** Returns the node that a pick of the cycle takes, the first at 0. */
    Node inCycle(int pick) {
        return nodes.get(cycle[pick]);
    }
}
