package io.cobrowse.sticky.routing;

/** Everything that a decision uses, behind one reference, so that a decision never sees half of a change. */
record Snapshot(Stickiness stickiness, Balancer balancer, NodeTable table) {
    Snapshot with(NodeTable changed) {
        return new Snapshot(stickiness, balancer, changed);
    }
}
