package io.cobrowse.sticky.routing;

import java.util.List;

/** Nodes that may be given requests without affinity, and their order in smooth weighted round robin. Immutable. */
final class Candidates {
    private final List<Node> nodes;
    private final int[] cycle;

    Candidates(List<Node> nodes) {
        this.nodes = List.copyOf(nodes);
        this.cycle = WeightedCycle.of(nodes);
    }

    /** Returns the nodes, in the order of the table. */
    List<Node> nodes() {
        return nodes;
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
