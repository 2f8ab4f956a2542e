package io.cobrowse.bench.peers;

import io.cobrowse.measuring.Cause;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.SocketTimeoutException;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.TimeUnit;
import org.HdrHistogram.Histogram;

/**
 * Many connections through one proxy. Each sends a request, waits for the whole answer, and sends the next. Not
 * thread-safe.
 */
final class LoadClient implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private final Selector selector;
    private final List<LoadConnection> connections = new ArrayList<>();
    private final Queue<LoadConnection> idle = new ArrayDeque<>();
    private Histogram latencies = new Histogram(3);
    private long completed;
    private boolean closedLoop;

    /** The result of a period under load. Latencies are in nanoseconds. */
    record Load(long count, Duration elapsed, Histogram latencies) {
        double perSecond() {
            return count * 1e9 / elapsed.toNanos();
        }
    }

    /** Opens a connection, registered with a selector. */
    interface Opener {
        LoadConnection open(Selector selector) throws IOException;
    }

    /** Opens connections one after another; closes all of them if one fails. */
    LoadClient(int count, Opener opener) throws IOException {
        selector = Selector.open();
        try {
            for (int i = 0; i < count; i++) {
                connections.add(opener.open(selector));
            }
        } catch (IOException failure) {
            close();
            throw new IOException(
                    "Connection " + (connections.size() + 1) + " of " + count + ": " + Cause.of(failure), failure);
        }
        idle.addAll(connections);
    }

    /** Keeps every connection busy for a period. Latencies are from before the write to after the read. */
    Load run(Duration time) throws IOException {
        long begin = begin(true);
        long end = begin + time.toNanos();
        sendAll();
        while (System.nanoTime() - end < 0) {
            receive(PATIENCE.toNanos());
        }
        return finish(begin);
    }

    /**
     * Sends at a steady rate for a period. A latency counts from the time at which its request was due, even if no
     * connection was free then, so that waiting behind a slow answer is included (coordinated omission).
     */
    Load runAt(double perSecond, Duration time) throws IOException {
        long begin = begin(false);
        long count = (long) (perSecond * time.toNanos() / 1e9);
        long sent = 0;
        while (sent < count) {
            long due = begin + (long) (sent * 1e9 / perSecond);
            long wait = due - System.nanoTime();
            LoadConnection free = wait > 0 ? null : idle.poll();
            if (free == null) {
                receive(wait > 0 ? wait : PATIENCE.toNanos());
            } else {
                free.dueNanos = due;
                free.send();
                sent++;
            }
        }
        return finish(begin);
    }

    /** Sends one request on each connection, and waits for the answers. */
    void runOnce() throws IOException {
        run(Duration.ZERO);
    }

    /** Sends one request on each connection; {@link #awaitAll} waits for the answers. */
    void sendAll() throws IOException {
        for (LoadConnection each = idle.poll(); each != null; each = idle.poll()) {
            each.dueNanos = System.nanoTime();
            each.send();
        }
    }

    /** Waits for every answer that is missing. */
    void awaitAll() throws IOException {
        closedLoop = false;
        while (idle.size() < connections.size()) {
            receive(PATIENCE.toNanos());
        }
    }

    private long begin(boolean closedLoop) {
        this.closedLoop = closedLoop;
        latencies = new Histogram(3);
        completed = 0;
        return System.nanoTime();
    }

    private Load finish(long begin) throws IOException {
        awaitAll();
        return new Load(completed, Duration.ofNanos(System.nanoTime() - begin), latencies);
    }

    /** Reads what has arrived; if nothing has, waits up to this time. */
    private void receive(long nanos) throws IOException {
        long millis = TimeUnit.NANOSECONDS.toMillis(nanos);
        int ready = millis > 0 ? selector.select(this::receive, millis) : selector.selectNow(this::receive);
        if (ready == 0 && millis >= PATIENCE.toMillis()) {
            throw new SocketTimeoutException(
                    (connections.size() - idle.size()) + " answers are missing after " + PATIENCE.toSeconds() + " s");
        }
    }

    private void receive(SelectionKey key) {
        LoadConnection connection = (LoadConnection) key.attachment();
        try {
            if (connection.receive()) {
                latencies.recordValue(Math.max(0, System.nanoTime() - connection.dueNanos));
                completed++;
                if (closedLoop) {
                    connection.dueNanos = System.nanoTime();
                    connection.send();
                } else {
                    idle.add(connection);
                }
            }
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    @Override
    public void close() throws IOException {
        for (LoadConnection connection : connections) {
            connection.close();
        }
        selector.close();
    }
}
