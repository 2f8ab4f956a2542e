package io.cobrowse.sticky.proxy.listener;

import java.util.concurrent.atomic.AtomicLong;

/**
 * The number of bytes that the proxy holds for all HTTP/2 clients together, and its limit. Bodies count until a node
 * takes them, heads until they are answered. Thread-safe.
 */
final class UnreadBytes {
    /** The share of the maximum heap that may be used, as a divisor; as much memory may be used outside the heap. */
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

    /** Returns whether the limit is exceeded, so that clients with unread bytes have to wait. */
    boolean isFull() {
        return bytes.get() > max;
    }
}
