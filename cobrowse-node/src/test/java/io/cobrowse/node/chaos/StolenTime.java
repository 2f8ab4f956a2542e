package io.cobrowse.node.chaos;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * The times at which the host of a virtual machine gave its processors to others while there was work to do (proc(5),
 * {@code steal}), to 10 ms. Delays at these times are not the fault of the code under test. Empty if the machine does
 * not report them. Thread-safe.
 */
final class StolenTime implements AutoCloseable {
    private static final Path STAT = Path.of("/proc/stat");
    private static final int STEAL = 8;
    private static final long INTERVAL = TimeUnit.MILLISECONDS.toNanos(5);
    /** How late the kernel may count it, since it does so at its ticks. */
    private static final long DELAY = TimeUnit.MILLISECONDS.toNanos(10);

    private record Moment(long begin, long end) {}

    private final List<Moment> moments = new ArrayList<>(); // Guarded by itself.
    private final Thread thread = new Thread(this::sample, "stolen-time");
    private final long begin = System.nanoTime();
    private volatile boolean closed;

    private StolenTime() {}

    /** Watches until it is closed. */
    static StolenTime watch() {
        StolenTime watching = new StolenTime();
        if (Files.isReadable(STAT)) {
            watching.thread.start();
        }
        return watching;
    }

    private void sample() {
        long before = ticks();
        long last = System.nanoTime();
        while (!closed) {
            LockSupport.parkNanos(INTERVAL);
            long ticks = ticks();
            long now = System.nanoTime();
            if (ticks > before) {
                synchronized (moments) {
                    moments.add(new Moment(last - DELAY, now));
                }
            }
            before = ticks;
            last = now;
        }
    }

    private static long ticks() {
        try {
            return Long.parseLong(Files.readAllLines(STAT).get(0).split(" +")[STEAL]);
        } catch (IOException failure) {
            throw new IllegalStateException(STAT + " cannot be read any more", failure);
        }
    }

    /** Returns whether a processor was taken away between these times ({@link System#nanoTime}). */
    boolean wasTaken(long from, long to) {
        synchronized (moments) {
            return moments.stream().anyMatch(each -> each.begin - to < 0 && from - each.end < 0);
        }
    }

    /** Returns the share of the time so far in which {@link #wasTaken} is true. */
    double share() {
        synchronized (moments) {
            long taken = 0;
            long counted = begin;
            for (Moment each : moments) {
                taken += each.end - Math.max(each.begin, counted);
                counted = each.end;
            }
            return (double) taken / (System.nanoTime() - begin);
        }
    }

    @Override
    public void close() throws InterruptedException {
        closed = true;
        thread.join();
    }
}
