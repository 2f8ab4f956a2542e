package io.cobrowse.sticky.routing;

/** All that a decision goes by, so that it reads one reference and sees no half of a change. */
record Snapshot(Stickiness stickiness, Balancer balancer, NodeTable table) {
    Snapshot with(NodeTable changed) {
        return new Snapshot(stickiness, balancer, changed);
    }
}
