package io.cobrowse.sticky.proxy.listener;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** Counts the requests that are being served, until no more are admitted and the last one has ended. Thread-safe. */
final class InFlight {
    private final AtomicInteger count = new AtomicInteger();
    private final CountDownLatch over = new CountDownLatch(1);
    private volatile boolean closed;

    /**
     * Counts a request, which must {@linkplain #leave leave} in any case; returns whether it is admitted. It is counted
     * before the flag is read, so that whoever sets the flag sees every request that was admitted.
     */
    boolean enter() {
        count.incrementAndGet();
        return !closed;
    }

    void leave() {
        if (count.decrementAndGet() == 0 && closed) {
            over.countDown();
        }
    }

    boolean isClosed() {
        return closed;
    }

    int count() {
        return count.get();
    }

    /**
     * Admits no more requests, and waits until the last one has ended or the time is up; returns whether the last one
     * has ended.
     */
    boolean closeAndWait(Duration time) throws InterruptedException {
        closed = true;
        if (count.get() == 0) {
            over.countDown();
        }
        return over.await(time.toNanos(), TimeUnit.NANOSECONDS);
    }
}
