package io.cobrowse.sticky.proxy.listener;

import java.util.concurrent.atomic.AtomicLong;

/**
 * The number of bytes that the proxy holds for all HTTP/2 clients together, and its limit. Bodies count until a node
 * takes them, heads until they are answered. Thread-safe.
 */
final class UnreadBytes {
    /** A share of the memory, as much of which is used outside the heap as in it. */
    private static final int SHARE = 8;

    static final UnreadBytes IN_ALL = new UnreadBytes(Runtime.getRuntime().maxMemory() / SHARE);

    private final long max;
    private final AtomicLong bytes = new AtomicLong();

    UnreadBytes(long max) {
        this.max = max;
    }

    void add(long more) {
        bytes.addAndGet(more);
    }

    long count() {
        return bytes.get();
    }

    /** Returns whether there are so many that who has some of it has to wait. */
    boolean isFull() {
        return bytes.get() > max;
    }
}
