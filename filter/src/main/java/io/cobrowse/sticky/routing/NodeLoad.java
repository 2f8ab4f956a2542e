package io.cobrowse.sticky.routing;

import java.util.concurrent.atomic.AtomicIntegerArray;

/**
 * The current load of a node. All objects that stand for the same node share one. Thread-safe, lock-free.
 *
 * <p>Both counters are in the middle of an array of three cache lines, so that two nodes never share a line.
 */
final class NodeLoad {
    /** The index of the number of requests and tunnels, which balancing reads for every node in turn. */
    private static final int ALL = 16;

    private static final int TUNNELS = ALL + 1;

    private final AtomicIntegerArray counters = new AtomicIntegerArray(3 * 16);

    int all() {
        return counters.get(ALL);
    }

    int tunnels() {
        return counters.get(TUNNELS);
    }

    void addRequests(int count) {
        counters.getAndAdd(ALL, count);
    }

    void addTunnels(int count) {
        counters.getAndAdd(TUNNELS, count);
        counters.getAndAdd(ALL, count);
    }
}
