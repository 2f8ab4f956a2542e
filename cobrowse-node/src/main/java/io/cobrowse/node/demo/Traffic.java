package io.cobrowse.node.demo;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;

/** Simulated pairs of customers and agents, which use the proxy like any other clients. */
final class Traffic implements AutoCloseable {
    private static final long STOP_MILLIS = TimeUnit.SECONDS.toMillis(5);

    private final TrafficClients clients;
    private final List<Thread> threads = new ArrayList<>();
    private final LongAdder sessions = new LongAdder();
    private final LongAdder lost = new LongAdder();

    /** Starts as many pairs as the options require. */
    Traffic(DemoOptions options) throws IOException {
        clients = new TrafficClients();
        for (int i = 0; i < options.traffic(); i++) {
            Thread thread = new Thread(new SimulatedPair(i, options.proxyUrl(), clients, sessions, lost), "pair-" + i);
            thread.setDaemon(true);
            threads.add(thread);
        }
        threads.forEach(Thread::start);
    }

    /** Returns the number of sessions that have begun. */
    long sessions() {
        return sessions.sum();
    }

    /** Returns the number of sessions that ended because something failed. */
    long lost() {
        return lost.sum();
    }

    @Override
    public String toString() {
        return "Simulated: " + sessions() + " sessions, of which " + lost() + " were lost.";
    }

    @Override
    public void close() {
        threads.forEach(Thread::interrupt);
        long deadlineNanos = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(STOP_MILLIS);
        try {
            for (Thread thread : threads) {
                thread.join(Math.max(1, TimeUnit.NANOSECONDS.toMillis(deadlineNanos - System.nanoTime())));
            }
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
        clients.close();
    }
}
