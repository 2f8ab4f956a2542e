package io.cobrowse.sticky.routing;

import java.util.concurrent.atomic.AtomicIntegerArray;

/**
 * What a node is doing now. Every object that stands for the same node shares one. Thread-safe, lock-free.
 *
 * <p>Both counters stand in the middle of an array of three cache lines, so that two nodes never share a line.
 */
final class NodeLoad {
    private static final int REQUESTS = 16;
    private static final int TUNNELS = REQUESTS + 1;

    private final AtomicIntegerArray counters = new AtomicIntegerArray(3 * 16);

    int requests() {
        return counters.get(REQUESTS);
    }

    int tunnels() {
        return counters.get(TUNNELS);
    }

    void addRequests(int count) {
        counters.getAndAdd(REQUESTS, count);
    }

    void addTunnels(int count) {
        counters.getAndAdd(TUNNELS, count);
    }
}
