package io.cobrowse.node.chaos;

import java.lang.management.ManagementFactory;

/** The used heap after everything collectable has been collected. */
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
