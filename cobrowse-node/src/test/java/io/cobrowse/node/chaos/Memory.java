package io.cobrowse.node.chaos;

import java.lang.management.ManagementFactory;

/** How much of the heap is in use when all that can be collected is. */
final class Memory {
    private static final int COLLECTIONS = 3;

    private Memory() {}

    static long usedMib() {
        for (int i = 0; i < COLLECTIONS; i++) {
            System.gc();
        }
        return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed() >> 20;
    }
}
