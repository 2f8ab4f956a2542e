package io.cobrowse.sticky.routing;

import java.util.List;

/** The nodes that may get requests without affinity, and their order in smooth weighted round robin. Immutable. */
final class Candidates {
    private final List<Node> nodes;
    private final int[] weights;
    private final int[] cycle;
    private final boolean limited;

    Candidates(List<Node> nodes) {
        this(nodes, nodes.stream().mapToInt(Node::weight).toArray());
    }

    /** @param weights the current weights of the nodes, in the same order */
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

    /** Returns the number of picks in a cycle; 0 if there are no nodes. */
    int cycleLength() {
        return cycle.length;
    }

    /** Returns the node of a pick in the cycle; the first pick is 0. */
    Node inCycle(int pick) {
        return nodes.get(cycle[pick]);
    }
}
