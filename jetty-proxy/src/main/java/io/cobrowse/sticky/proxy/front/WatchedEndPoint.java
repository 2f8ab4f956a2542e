package io.cobrowse.sticky.proxy.front;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ReadPendingException;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.io.ManagedSelector;
import org.eclipse.jetty.io.SocketChannelEndPoint;
import org.eclipse.jetty.util.BufferUtil;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.thread.Scheduler;
import org.jspecify.annotations.Nullable;

/**
 * A socket that can be watched for its end while nobody reads from it, and that tells a reset from an end.
 *
 * <p>Jetty's HTTP/1.1 connection does not read while a request is being served, so the end of a client that waits for a
 * parked poll would go unnoticed. Here the read interest of the selector is always this end point's own: when the socket
 * becomes readable, it goes to the reader that registered with {@link #fillInterested}; with no reader but with a watcher,
 * the bytes are read ahead into a small buffer, from which the next reader is served first, and the end of the stream runs
 * the watcher. A client that sends more than the buffer holds is not read further, and so not watched, until the buffer
 * has been consumed.
 *
 * <p>Works below TLS too, where the bytes read ahead are TLS records. Thread-safe.
 */
public final class WatchedEndPoint extends SocketChannelEndPoint {
    private static final int MAX_READ_AHEAD_BYTES = 16 * 1024;

    private final ManagedSelector managedSelector;
    private final AtomicReference<@Nullable Callback> reader = new AtomicReference<>();
    private final Callback dispatcher = new Dispatcher();
    private volatile @Nullable Runnable watcher;
    // Guarded by this.
    private @Nullable ByteBuffer readAhead;
    private boolean ended;

    private volatile boolean reset;

    public WatchedEndPoint(SocketChannel channel, ManagedSelector selector, SelectionKey key, Scheduler scheduler) {
        super(channel, selector, key, scheduler);
        this.managedSelector = selector;
    }

    /** Returns the watched end point below {@code endPoint}, or null when its connector does not watch. */
    public static @Nullable WatchedEndPoint of(EndPoint endPoint) {
        EndPoint layer = endPoint;
        while (layer instanceof EndPoint.Wrapper wrapper) {
            layer = wrapper.unwrap();
        }
        return layer instanceof WatchedEndPoint watched ? watched : null;
    }

    /**
     * Runs {@code onEnd} once when the client closes or resets the connection, until {@link #unwatch}. It runs on a
     * selector thread and must not block.
     */
    public void watch(Runnable onEnd) {
        watcher = onEnd;
        boolean gone;
        synchronized (this) {
            gone = ended;
        }
        if (gone) {
            notifyEnd();
        } else {
            arm();
        }
    }

    /** Stops watching. */
    public void unwatch() {
        watcher = null;
    }

    @Override
    public void fillInterested(Callback callback) {
        if (!tryFillInterested(callback)) {
            throw new ReadPendingException();
        }
    }

    @Override
    public boolean tryFillInterested(Callback callback) {
        if (!reader.compareAndSet(null, callback)) {
            return false;
        }
        boolean ready;
        synchronized (this) {
            ready = ended || readAhead != null;
        }
        if (ready) {
            // Not from here: the caller may hold locks, or expect to return before its callback runs.
            managedSelector.submit(selector -> dispatch());
        } else {
            arm();
        }
        return true;
    }

    @Override
    public boolean isFillInterested() {
        return reader.get() != null;
    }

    @Override
    public synchronized int fill(ByteBuffer buffer) {
        ByteBuffer ahead = readAhead;
        if (ahead != null) {
            int position = BufferUtil.flipToFill(buffer);
            int filled = BufferUtil.put(ahead, buffer);
            BufferUtil.flipToFlush(buffer, position);
            if (!ahead.hasRemaining()) {
                readAhead = null;
            }
            return filled;
        }
        return read(buffer);
    }

    /** Returns whether the peer has reset the connection, rather than ended it. */
    public boolean isReset() {
        return reset;
    }

    /** As Jetty's own, but for telling a reset from an end. */
    private int read(ByteBuffer buffer) {
        if (isInputShutdown()) {
            return -1;
        }
        int position = BufferUtil.flipToFill(buffer);
        int filled;
        try {
            filled = getChannel().read(buffer);
        } catch (IOException failure) {
            reset = true;
            filled = -1;
        } finally {
            BufferUtil.flipToFlush(buffer, position);
        }
        if (filled > 0) {
            notIdle();
        } else if (filled < 0) {
            ended = true;
            shutdownInput();
        }
        return filled;
    }

    private void arm() {
        super.tryFillInterested(dispatcher);
    }

    private void dispatch() {
        Callback callback = reader.getAndSet(null);
        if (callback != null) {
            callback.succeeded();
        } else if (watcher != null) {
            lookAhead();
        }
    }

    private void lookAhead() {
        boolean end = false;
        boolean full = false;
        synchronized (this) {
            if (reader.get() == null) {
                int filled = fillAhead();
                end = filled < 0;
                full = filled == 0 && readAhead != null && readAhead.remaining() >= MAX_READ_AHEAD_BYTES;
            }
        }
        if (end) {
            notifyEnd();
        }
        // A reader may have come meanwhile, and have left the interest to this dispatch.
        Callback callback = reader.getAndSet(null);
        if (callback != null) {
            callback.succeeded();
        } else if (!end && !full) {
            arm();
        }
    }

    /** Reads once behind what is there; returns bytes read, 0 when nothing came or there is no room, -1 at the end. */
    private int fillAhead() {
        ByteBuffer ahead = readAhead;
        int held = ahead == null ? 0 : ahead.remaining();
        if (held >= MAX_READ_AHEAD_BYTES) {
            return 0;
        }
        ByteBuffer more = ByteBuffer.allocate(ahead == null ? 512 : MAX_READ_AHEAD_BYTES - held);
        more.limit(0);
        int filled = read(more);
        if (filled > 0) {
            ByteBuffer joined = ByteBuffer.allocate(held + filled);
            if (ahead != null) {
                joined.put(ahead);
            }
            joined.put(more).flip();
            readAhead = joined;
        }
        return filled;
    }

    private void notifyEnd() {
        Runnable onEnd = watcher;
        watcher = null;
        if (onEnd != null) {
            onEnd.run();
        }
    }

    /** The one callback that the selector knows; it decides when the event comes whom it is for. */
    private final class Dispatcher implements Callback {
        @Override
        public void succeeded() {
            dispatch();
        }

        @Override
        public void failed(Throwable failure) {
            Callback callback = reader.getAndSet(null);
            if (callback != null) {
                callback.failed(failure);
            }
            if (failure instanceof TimeoutException) {
                if (watcher != null) {
                    arm();
                }
            } else {
                notifyEnd();
            }
        }

        @Override
        public InvocationType getInvocationType() {
            Callback callback = reader.get();
            return callback == null ? InvocationType.NON_BLOCKING : callback.getInvocationType();
        }
    }
}
