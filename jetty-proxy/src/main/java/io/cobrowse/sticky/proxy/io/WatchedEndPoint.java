package io.cobrowse.sticky.proxy.io;

import java.nio.ByteBuffer;
import java.nio.channels.ReadPendingException;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.thread.Scheduler;
import org.jspecify.annotations.Nullable;

/**
 * A socket that can be watched for its end while nobody reads from it.
 *
 * <p>Jetty's HTTP/1.1 connection does not read while a request is being served, so a client that goes away during a
 * parked poll would go unnoticed. Here the selector's read interest always belongs to this end point. When the socket
 * becomes readable, the event goes to the reader that registered with {@link #fillInterested}. If there is no reader
 * but a watcher, the bytes are {@linkplain ReadAhead read ahead} and served first to the next reader, and the watcher
 * is notified of the end of the stream. If a client sends more than can be read ahead, it is not read further, and so
 * not watched, until those bytes have been consumed; the watcher is notified.
 *
 * <p>Works below TLS too, where the bytes read ahead are TLS records. Reading, watching and writing happen on its
 * loop; a reader may register from any thread.
 */
public final class WatchedEndPoint extends LoopEndPoint {
    /** Is notified of what happens while nobody reads. Called on the loop: must not block. */
    public interface Watcher {
        /** The peer has closed or reset the connection. */
        void peerGone();

        /** The peer has sent more than can be read ahead, so its going away would no longer be noticed. */
        void peerTooFarAhead();
    }

    private final AtomicReference<@Nullable Callback> reader = new AtomicReference<>();
    private final Callback dispatcher = new Dispatcher();
    private final ReadAhead ahead = new ReadAhead();
    private @Nullable Watcher watcher;
    private boolean ended;

    public WatchedEndPoint(SocketChannel channel, EventLoop loop, SelectionKey key, Scheduler scheduler) {
        super(channel, loop, key, scheduler);
    }

    /** Returns the watched end point below {@code endPoint}, or null if its connector does not watch. */
    public static @Nullable WatchedEndPoint of(EndPoint endPoint) {
        return LoopEndPoint.of(endPoint) instanceof WatchedEndPoint watched ? watched : null;
    }

    /** Watches for the peer's end until it comes, or until {@link #unwatch}. */
    public void watch(Watcher newWatcher) {
        watcher = newWatcher;
        if (ended) {
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
        loop().run(this::awaitReadable);
        return true;
    }

    private void awaitReadable() {
        if (ended || !ahead.isEmpty()) {
            // Not from here: the caller may hold locks, or rely on returning before its callback runs.
            loop().execute(this::dispatch);
        } else {
            arm();
        }
    }

    @Override
    public boolean isFillInterested() {
        return reader.get() != null;
    }

    @Override
    public int fill(ByteBuffer buffer) {
        return ahead.isEmpty() ? read(buffer) : ahead.moveTo(buffer);
    }

    private int read(ByteBuffer buffer) {
        int filled = super.fill(buffer);
        ended |= filled < 0;
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
        int filled = ahead.readFrom(this::read);
        if (filled < 0) {
            notifyEnd();
        } else if (ahead.isFull()) {
            tell(Watcher::peerTooFarAhead);
        } else {
            arm();
        }
    }

    private void notifyEnd() {
        tell(Watcher::peerGone);
    }

    private void tell(Consumer<Watcher> event) {
        Watcher told = watcher;
        watcher = null;
        if (told != null) {
            event.accept(told);
        }
    }

    private void failed(Throwable failure) {
        Callback callback = reader.getAndSet(null);
        if (callback != null) {
            callback.failed(failure);
        }
        if (!(failure instanceof TimeoutException)) {
            notifyEnd();
        } else if (watcher != null) {
            arm();
        }
    }

    /** The only callback that the selector has; it decides at each event whom the event is for. */
    private final class Dispatcher implements Callback {
        @Override
        public void succeeded() {
            dispatch();
        }

        @Override
        public void failed(Throwable failure) {
            loop().run(() -> WatchedEndPoint.this.failed(failure));
        }

        @Override
        public InvocationType getInvocationType() {
            return InvocationType.NON_BLOCKING;
        }
    }
}
