package io.cobrowse.sticky.proxy.cli;

import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.UnsynchronizedAppenderBase;
import ch.qos.logback.core.encoder.Encoder;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Iterator;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/**
 * Writes the log to standard error on a thread of its own, from a bounded queue. If nobody reads the other end of a
 * pipe, lines are dropped, counted and reported, but threads that serve clients never wait. Lines of the same pattern
 * are limited in number for each period, since clients may be able to cause any of them; the number of omitted lines is
 * logged at the end of the period. Thread-safe; logging never blocks.
 */
final class QueuedAppender extends UnsynchronizedAppenderBase<ILoggingEvent> {
    private static final int MAX_QUEUED = 4096;
    private static final int MAX_REPEATS = 50;
    private static final long WHILE_MILLIS = 10_000;
    /**
     * The limit on patterns that are counted separately. Most are constants in the code, but some libraries build them
     * from data.
     */
    private static final int MAX_PATTERNS = 500;

    private static final long LAST_LINES_MILLIS = 1000;
    private static final LongAdder DROPPED = new LongAdder();

    /** Counts how often a pattern was logged in the current period. */
    private static final class Repeats {
        private long beginMillis;
        private int written;
        private int leftOut;

        private synchronized boolean mayBeWritten(long nowMillis) {
            if (written == 0) {
                beginMillis = nowMillis;
            }
            if (written < MAX_REPEATS) {
                written++;
                return true;
            }
            leftOut++;
            return false;
        }

        /** Returns the number of omitted lines if the period is over, else -1. */
        private synchronized int end(long nowMillis) {
            if (nowMillis - beginMillis < WHILE_MILLIS) {
                return -1;
            }
            int ended = leftOut;
            written = 0;
            leftOut = 0;
            return ended;
        }
    }

    private final BlockingQueue<ILoggingEvent> queue = new ArrayBlockingQueue<>(MAX_QUEUED);
    private final Map<String, Repeats> repeats = new ConcurrentHashMap<>();
    private final AtomicLong untold = new AtomicLong();
    private final OutputStream out;
    private @Nullable Encoder<ILoggingEvent> encoder;
    private @Nullable Thread writer;
    private volatile boolean writing;

    /** Creates an appender that writes to standard error. */
    QueuedAppender() {
        this(new FileOutputStream(FileDescriptor.err));
    }

    QueuedAppender(OutputStream out) {
        this.out = out;
    }

    /** Returns how many lines were dropped since the start because the queue was full. */
    static long dropped() {
        return DROPPED.sum();
    }

    /** Sets the format of the lines. */
    void setEncoder(Encoder<ILoggingEvent> encoder) {
        this.encoder = encoder;
    }

    byte[] line(ILoggingEvent event) {
        return Objects.requireNonNull(encoder).encode(event);
    }

    @Override
    public void start() {
        if (encoder == null) {
            addError("An encoder is needed");
            return;
        }
        Thread thread = new Thread(this::write, "log");
        thread.setDaemon(true);
        writer = thread;
        super.start();
        thread.start();
        Runtime.getRuntime().addShutdownHook(new Thread(this::awaitLastLines, "last-log-lines"));
    }

    @Override
    protected void append(ILoggingEvent event) {
        long nowMillis = event.getTimeStamp();
        String pattern = event.getLoggerName() + ' ' + event.getMessage();
        Repeats known = repeats.get(pattern);
        if (known == null) {
            String key = repeats.size() < MAX_PATTERNS ? pattern : event.getLoggerName();
            known = repeats.computeIfAbsent(key, unused -> new Repeats());
        }
        if (!known.mayBeWritten(nowMillis)) {
            return;
        }
        event.prepareForDeferredProcessing();
        if (!queue.offer(event)) {
            DROPPED.increment();
            untold.incrementAndGet();
        }
    }

    private void write() {
        try {
            while (isStarted()) {
                ILoggingEvent event = queue.poll(1, TimeUnit.SECONDS);
                if (event != null) {
                    writing = true;
                    out.write(line(event));
                    writing = false;
                }
                tellWhatIsMissing();
            }
        } catch (IOException closed) {
            addError("Standard error is closed", closed); // From now on, lines are dropped.
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        }
    }

    private void tellWhatIsMissing() throws IOException {
        long lost = untold.getAndSet(0);
        if (lost > 0) {
            tell(lost + " lines of the log were dropped, since they could not be written in time");
        }
        long nowMillis = System.currentTimeMillis();
        for (Iterator<Map.Entry<String, Repeats>> all = repeats.entrySet().iterator(); all.hasNext(); ) {
            Map.Entry<String, Repeats> each = all.next();
            int leftOut = each.getValue().end(nowMillis);
            if (leftOut > 0) {
                tell(leftOut + " more lines of this kind were left out: " + LoggedMessage.safe(each.getKey()));
            } else if (leftOut == 0) {
                all.remove();
            }
        }
    }

    private void tell(String text) throws IOException {
        out.write((Instant.now() + " WARN  log - " + text + System.lineSeparator()).getBytes(StandardCharsets.UTF_8));
    }

    /** Waits until the last lines are written, but only for a limited time. */
    private void awaitLastLines() {
        long deadlineNanos = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(LAST_LINES_MILLIS);
        Thread thread = writer;
        while ((!queue.isEmpty() || writing)
                && thread != null
                && thread.isAlive()
                && System.nanoTime() < deadlineNanos) {
            Thread.onSpinWait();
        }
    }

    @Override
    public void stop() {
        super.stop();
        Thread thread = writer;
        if (thread != null) {
            thread.interrupt();
        }
    }
}
