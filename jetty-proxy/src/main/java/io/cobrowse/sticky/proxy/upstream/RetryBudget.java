package io.cobrowse.sticky.proxy.upstream;

import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;

/**
 * Keeps retries from hitting a sick cluster harder: they may be a fifth of the requests of the last {@value #SECONDS}
 * seconds, or {@value #FLOOR} if that is more, as in Finagle and Envoy. Thread-safe; counting a request takes no lock
 * and does not look at the clock, which {@link #tick} does.
 */
public final class RetryBudget {
    static final int SECONDS = 10;
    static final int FLOOR = 100;
    static final int REQUESTS_PER_RETRY = 5;

    private static final long SECOND_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final LongAdder current = new LongAdder();
    // Guarded by this; the requests and retries of each of the last seconds, the current one's at the index.
    private final long[] requests = new long[SECONDS];
    private final int[] retries = new int[SECONDS];
    private int index;
    private long begunNanos;

    RetryBudget(long nowNanos) {
        begunNanos = nowNanos;
    }

    /** Counts a request, whatever its outcome. */
    public void request() {
        current.increment();
    }

    /** Takes one retry out of the budget; returns false if the budget is used up. */
    public synchronized boolean tryRetry() {
        long allowed = (Arrays.stream(requests).sum() + current.sum()) / REQUESTS_PER_RETRY;
        if (Arrays.stream(retries).sum() >= Math.max(FLOOR, allowed)) {
            return false;
        }
        retries[index]++;
        return true;
    }

    /** Drops seconds that are older than the window; must be called more than once a second. */
    public synchronized void tick(long nowNanos) {
        if (nowNanos - begunNanos >= SECOND_NANOS) {
            begunNanos = nowNanos;
            requests[index] = current.sumThenReset();
            index = (index + 1) % SECONDS;
            requests[index] = 0;
            retries[index] = 0;
        }
    }
}
