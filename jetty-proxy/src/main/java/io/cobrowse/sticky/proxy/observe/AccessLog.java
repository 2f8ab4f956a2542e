package io.cobrowse.sticky.proxy.observe;

import io.cobrowse.sticky.proxy.config.ProxyConfig;
import io.cobrowse.sticky.proxy.exchange.Outcome;
import io.cobrowse.sticky.routing.Node;
import java.io.IOException;
import java.util.Objects;
import java.util.Queue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.LockSupport;
import org.jctools.queues.atomic.MpscAtomicArrayQueue;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The access log. A request's thread puts one object into a bounded queue, without a lock and without waking another
 * thread. The log's own thread polls the queue every few milliseconds, and formats and writes the lines. Lines that
 * find the queue full or cannot be written are dropped and counted, and this is logged at most every few seconds.
 * Thread-safe.
 */
final class AccessLog implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(AccessLog.class);

    private static final int QUEUE = 16 * 1024;
    private static final int WRITE_BYTES = 64 * 1024;
    private static final long IDLE_NANOS = TimeUnit.MILLISECONDS.toNanos(20);
    private static final long SAY_NANOS = TimeUnit.SECONDS.toNanos(10);

    private final Queue<LogEntry> queue;
    private final LongAdder dropped;
    private final LineBuffer buffer = new LineBuffer();
    private final LogLines lines;
    private final LogFile file;
    private final Thread thread;
    private volatile boolean closed;
    // Used only by the log's thread.
    private int buffered;
    private long said;
    private long saidNanos;
    private boolean broken;

    /** @param dropped counts the lines that are dropped */
    AccessLog(ProxyConfig.AccessLog config, LongAdder dropped) {
        this(config, dropped, QUEUE);
    }

    AccessLog(ProxyConfig.AccessLog config, LongAdder dropped, int queue) {
        this.dropped = dropped;
        this.queue = new MpscAtomicArrayQueue<>(queue);
        this.lines = new LogLines(config.format(), config.secrets(), buffer);
        this.file = new LogFile(Objects.requireNonNull(config.file()), config.maxBytes(), config.files());
        this.saidNanos = System.nanoTime() - SAY_NANOS;
        this.thread = new Thread(this::run, "access-log");
        thread.setDaemon(true);
    }

    void start() {
        thread.start();
    }

    /** Queues the line of an outcome. Never blocks; allocates one object. */
    void add(Outcome outcome, @Nullable Node setsNode) {
        if (closed || !queue.offer(LogEntry.of(outcome, setsNode))) {
            dropped.increment();
        }
    }

    private void run() {
        while (true) {
            boolean last = closed;
            drain();
            sayDropped(last);
            if (last) {
                return;
            }
            LockSupport.parkNanos(IDLE_NANOS);
        }
    }

    private void drain() {
        for (LogEntry entry = queue.poll(); entry != null; entry = queue.poll()) {
            lines.append(entry);
            buffered++;
            if (buffer.size() >= WRITE_BYTES) {
                write();
            }
        }
        if (buffered > 0) {
            write();
        }
    }

    private void write() {
        int writing = buffered;
        buffered = 0;
        try {
            file.write(buffer);
            broken = false;
        } catch (IOException failure) {
            dropped.add(writing);
            if (!broken) {
                broken = true;
                LOG.error("The access log cannot be written: {}", failure.toString());
            }
            reopenLater();
        }
    }

    private void reopenLater() {
        try {
            file.close();
        } catch (IOException failure) {
            LOG.debug("Closing the access log failed", failure);
        }
    }

    private void sayDropped(boolean now) {
        long total = dropped.sum();
        long nowNanos = System.nanoTime();
        if (total > said && (now || nowNanos - saidNanos >= SAY_NANOS)) {
            LOG.warn("{} lines of the access log were dropped, {} in all", total - said, total);
            said = total;
            saidNanos = nowNanos;
        }
    }

    /** Writes the queued lines, and ends. */
    @Override
    public void close() {
        closed = true;
        LockSupport.unpark(thread);
        try {
            thread.join(TimeUnit.SECONDS.toMillis(5));
            file.close();
            dropped.add(queue.size()); // Lines that arrived during the close, or were not written in time.
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        } catch (IOException failure) {
            LOG.warn("Closing the access log failed: {}", failure.toString());
        }
    }
}
