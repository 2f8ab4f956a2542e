package io.cobrowse.sticky.proxy.io;

import java.util.Iterator;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.eclipse.jetty.util.thread.Scheduler;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Closes connections at a pace: some at each tick of the clock. */
public final class PacedClose<T> implements Runnable {
    private static final Logger LOG = LoggerFactory.getLogger(PacedClose.class);
    private static final long TICK_MILLIS = 50;

    private final Scheduler scheduler;
    private final Iterator<T> closing;
    private final Consumer<T> close;
    private final double perTick;
    private final CompletableFuture<Void> done;
    private double due = 1;

    private PacedClose(
            Scheduler scheduler, List<T> closing, Consumer<T> close, int perSecond, CompletableFuture<Void> done) {
        this.scheduler = scheduler;
        this.done = done;
        this.closing = closing.iterator();
        this.close = close;
        this.perTick = perSecond * TICK_MILLIS / 1000.0;
    }

    /**
     * Closes the first one now, and then the others.
     *
     * @param perSecond how many a second, at least 1
     * @return completes when the last one is closed; cancel it to leave the rest open
     * @throws IllegalArgumentException if {@code perSecond} is less
     */
    public static <T> CompletableFuture<Void> start(
            Scheduler scheduler, List<T> closing, Consumer<T> close, int perSecond) {
        CompletableFuture<Void> done = new CompletableFuture<>();
        start(scheduler, closing, close, perSecond, done);
        return done;
    }

    /** Like the other method, for a future that was handed out before it was known what to close. */
    public static <T> void start(
            Scheduler scheduler, List<T> closing, Consumer<T> close, int perSecond, CompletableFuture<Void> done) {
        if (perSecond < 1) {
            throw new IllegalArgumentException("perSecond \"" + perSecond + "\": allowed is 1 or more");
        }
        new PacedClose<>(scheduler, closing, close, perSecond, done).run();
    }

    @Override
    public void run() {
        if (done.isDone()) {
            return;
        }
        for (; due >= 1 && closing.hasNext(); due--) {
            closeNext();
        }
        if (closing.hasNext()) {
            due += perTick;
            scheduler.schedule(this, TICK_MILLIS, TimeUnit.MILLISECONDS);
        } else {
            done.complete(null);
        }
    }

    /** Closes the next one; a failure does not affect the others. */
    private void closeNext() {
        try {
            close.accept(closing.next());
        } catch (RuntimeException failure) {
            LOG.warn("Closing a connection failed", failure);
        }
    }
}
