package io.cobrowse.sticky.proxy.listener;

import java.util.concurrent.atomic.AtomicLong;

/**
 * What all clients of HTTP/2 together have sent and the proxy holds, bodies until a node takes them and heads until they are
 * answered, and how much of that there may be. Thread-safe.
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
