package io.cobrowse.sticky.proxy.io;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.Selector;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.io.ManagedSelector;
import org.eclipse.jetty.io.SelectorManager;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A selector whose thread owns everything about its sockets: the connections of clients, those to the nodes that
 * serve them, and their deadlines. No other thread touches what belongs to a loop, so it needs neither locks nor
 * volatile fields; other threads {@linkplain #run post} tasks to the loop.
 *
 * <p>Jetty's selectors may let another thread take over before they run what could block. The
 * {@linkplain #plain executor} that a loop's manager must have prevents this.
 */
public final class EventLoop extends ManagedSelector implements Loop {
    /** How often deadlines are checked; they may be late by this much. */
    private static final long TICK_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

    /** Small writes of several buffers are joined here into one. */
    private static final int SCRATCH_BYTES = 16 * 1024;

    private static final long PATIENCE_SECONDS = 5;

    private static final Logger LOG = LoggerFactory.getLogger(EventLoop.class);
    private static final ThreadLocal<@Nullable EventLoop> CURRENT = new ThreadLocal<>();

    /** An object whose deadlines a loop watches. */
    @FunctionalInterface
    public interface Ticking {
        /** Checks the deadlines; called on the loop about every 100 ms. */
        void tick(long nowNanos);
    }

    private volatile @Nullable Thread thread;
    // Used only by the loop.
    private final List<Ticking> ticking = new ArrayList<>();
    private final Queue<LoopEndPoint> deferred = new ArrayDeque<>();
    private long nextTickNanos;
    private int round;
    private @Nullable ByteBuffer scratch;

    public EventLoop(SelectorManager manager, int id) {
        super(manager, id);
    }

    /**
     * Returns an executor that can only execute. With an executor that can also try to execute, a selector would
     * change its thread.
     */
    public static Executor plain(Executor executor) {
        return task -> executor.execute(task);
    }

    /** Returns the loop that serves the socket below {@code endPoint}; null if it is not one of the proxy's. */
    public static @Nullable EventLoop of(EndPoint endPoint) {
        LoopEndPoint socket = LoopEndPoint.of(endPoint);
        return socket == null ? null : socket.loop();
    }

    /** Returns the loop whose thread calls this; null on other threads. */
    public static @Nullable EventLoop current() {
        return CURRENT.get();
    }

    /** Runs the task soon, on the loop whose thread calls this; on {@code others} if it is none. */
    public static void executeHere(Runnable task, Executor others) {
        EventLoop current = current();
        (current == null ? others : current).execute(task);
    }

    @Override
    public boolean isCurrent() {
        return thread == Thread.currentThread();
    }

    @Override
    public void execute(Runnable task) {
        submit(selector -> task.run());
    }

    /**
     * Runs the task on the loop and returns when it has run, for callers that must not continue before it. Gives up
     * waiting, but not the task, after {@value #PATIENCE_SECONDS} s. Must not be called by a thread that a loop waits
     * for.
     */
    public void runAndWait(Runnable task) {
        if (isCurrent()) {
            task.run();
            return;
        }
        CountDownLatch done = new CountDownLatch(1);
        execute(() -> {
            try {
                task.run();
            } finally {
                done.countDown();
            }
        });
        try {
            if (!done.await(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
                LOG.warn("The event loop has been blocked for {} s", PATIENCE_SECONDS);
            }
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    /** Watches deadlines until the loop stops. */
    public void watch(Ticking deadlines) {
        run(() -> add(deadlines));
    }

    private void add(Ticking deadlines) {
        if (ticking.isEmpty()) {
            nextTickNanos = System.nanoTime() + TICK_NANOS;
        }
        ticking.add(deadlines);
    }

    /** Returns the number of the loop's current turn, for limits on the work in one turn. */
    int round() {
        return round;
    }

    /** Returns a buffer that may be used only until something else runs on the loop; to be called on the loop. */
    ByteBuffer scratch() {
        assert isCurrent();
        ByteBuffer known = scratch;
        if (known == null) {
            known = ByteBuffer.allocateDirect(SCRATCH_BYTES);
            scratch = known;
        }
        return known.clear();
    }

    @Override
    protected int nioSelect(Selector selector, boolean now) throws IOException {
        if (thread != Thread.currentThread()) {
            thread = Thread.currentThread();
            CURRENT.set(this);
        }
        writeDeferred();
        boolean atOnce = now || !deferred.isEmpty();
        int selected = atOnce || ticking.isEmpty() ? super.nioSelect(selector, atOnce) : selectUntilTick(selector);
        round++;
        return selected;
    }

    /** Writes once before the loop waits again. */
    void writeAtTheEnd(LoopEndPoint endPoint) {
        deferred.add(endPoint);
    }

    /** Writes what this turn has deferred; what those writes defer is for the next turn. */
    private void writeDeferred() {
        for (int left = deferred.size(); left > 0; left--) {
            LoopEndPoint endPoint = deferred.remove();
            try {
                endPoint.writeDeferred();
            } catch (RuntimeException | Error failure) {
                LOG.error("Writing failed", failure);
                endPoint.close(failure);
            }
        }
    }

    private int selectUntilTick(Selector selector) throws IOException {
        long leftNanos = nextTickNanos - System.nanoTime();
        int selected =
                leftNanos <= 0 ? selector.selectNow() : selector.select(TimeUnit.NANOSECONDS.toMillis(leftNanos) + 1);
        long nowNanos = System.nanoTime();
        if (nowNanos - nextTickNanos >= 0) {
            nextTickNanos = nowNanos + TICK_NANOS;
            tick(nowNanos);
        }
        return selected;
    }

    /** Checks all deadlines, even if some cannot be checked. */
    private void tick(long nowNanos) {
        for (int i = 0; i < ticking.size(); i++) {
            try {
                ticking.get(i).tick(nowNanos);
            } catch (RuntimeException | Error failure) {
                LOG.error("Checking deadlines failed", failure);
            }
        }
    }
}
