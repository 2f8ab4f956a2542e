package io.cobrowse.sticky.proxy.tunnel;

import java.util.Iterator;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.eclipse.jetty.util.thread.Scheduler;

/** Closes a share of what is to be closed each time the clock ticks. */
public final class PacedClose<T> implements Runnable {
    private static final long TICK_MILLIS = 50;

    private final Scheduler scheduler;
    private final Iterator<T> closing;
    private final Consumer<T> close;
    private final double perTick;
    private final CompletableFuture<Void> done = new CompletableFuture<>();
    private double due = 1;

    private PacedClose(Scheduler scheduler, List<T> closing, Consumer<T> close, int perSecond) {
        this.scheduler = scheduler;
        this.closing = closing.iterator();
        this.close = close;
        this.perTick = perSecond * TICK_MILLIS / 1000.0;
    }

    /**
     * Closes the first one now and then the others.
     *
     * @param perSecond how many a second, at least 1
     * @return completes when the last one is closed; to be cancelled to leave the rest open
     * @throws IllegalArgumentException when {@code perSecond} is less
     */
    public static <T> CompletableFuture<Void> start(
            Scheduler scheduler, List<T> closing, Consumer<T> close, int perSecond) {
        if (perSecond < 1) {
            throw new IllegalArgumentException("perSecond \"" + perSecond + "\": allowed is 1 or more");
        }
        PacedClose<T> paced = new PacedClose<>(scheduler, closing, close, perSecond);
        paced.run();
        return paced.done;
    }

    @Override
    public void run() {
        if (done.isDone()) {
            return;
        }
        for (; due >= 1 && closing.hasNext(); due--) {
            close.accept(closing.next());
        }
        if (closing.hasNext()) {
            due += perTick;
            scheduler.schedule(this, TICK_MILLIS, TimeUnit.MILLISECONDS);
        } else {
            done.complete(null);
        }
    }
}
