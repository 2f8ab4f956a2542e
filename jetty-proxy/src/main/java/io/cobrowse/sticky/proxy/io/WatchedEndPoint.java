package io.cobrowse.sticky.proxy.io;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.ClosedSelectorException;
import java.nio.channels.ReadPendingException;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.io.EofException;
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
    private volatile SelectionKey key;
    private volatile boolean moved;
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
        this.key = key;
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
     * Moves a socket to the selector of another one, so that one thread serves both and passes bytes between them without
     * waking another. Nobody may be reading or writing.
     *
     * @return what stands for the socket from now on, without a connection if it is a new end point; {@code endPoint} itself
     *     where it is closed, or where one of the two is not a plain or watched socket
     */
    public static EndPoint move(EndPoint endPoint, EndPoint other) {
        WatchedEndPoint target = of(other);
        return target != null && endPoint instanceof WatchedEndPoint watched && watched.isOpen()
                ? watched.moveTo(target)
                : endPoint;
    }

    /** Leaves the channel to a new end point and closes this one, as Jetty's accounts of its selector want it. */
    private EndPoint moveTo(WatchedEndPoint other) {
        SocketChannel channel = getChannel();
        try {
            SelectionKey newKey = channel.register(other.key.selector(), 0);
            WatchedEndPoint successor = new WatchedEndPoint(channel, other.managedSelector, newKey, getScheduler());
            newKey.attach(successor);
            moved = true;
            key.cancel();
            close();
            return successor;
        } catch (ClosedChannelException | ClosedSelectorException closed) {
            return this;
        }
    }

    @Override
    public void replaceKey(SelectionKey newKey) {
        super.replaceKey(newKey);
        key = newKey;
    }

    @Override
    public void updateKey() {
        if (!moved) {
            super.updateKey();
        }
    }

    @Override
    public void doClose() {
        if (!moved) {
            super.doClose();
        }
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

    /** As Jetty's own, but for a plain write of a single buffer, which costs less than a gathering one. */
    @Override
    public boolean flush(ByteBuffer... buffers) throws IOException {
        if (buffers.length != 1) {
            return super.flush(buffers);
        }
        ByteBuffer buffer = buffers[0];
        try {
            if (getChannel().write(buffer) > 0) {
                notIdle();
            }
        } catch (IOException failure) {
            throw new EofException(failure);
        }
        return !buffer.hasRemaining();
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
