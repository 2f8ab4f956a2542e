package io.cobrowse.sticky.proxy.upstream;

import io.cobrowse.sticky.proxy.io.KnownFields;
import io.cobrowse.sticky.proxy.io.Loop;
import io.cobrowse.sticky.proxy.io.LoopEndPoint;
import io.cobrowse.sticky.proxy.message.ResponseParser;
import java.io.EOFException;
import java.io.IOException;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.util.concurrent.TimeoutException;
import org.eclipse.jetty.io.AbstractConnection;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.io.RetainableByteBuffer;
import org.eclipse.jetty.io.ssl.SslConnection;
import org.eclipse.jetty.io.ssl.SslHandshakeListener;
import org.eclipse.jetty.util.BufferUtil;
import org.eclipse.jetty.util.Callback;
import org.jspecify.annotations.Nullable;

/**
 * An HTTP/1.1 connection to a node. It serves one request after the other and waits in its pool in between. Read
 * interest is always registered while nobody reads: with a requester, the connection waits for bytes of the answer;
 * without one, for the node to close it. Belongs to its loop.
 */
public final class UpstreamConnection extends AbstractConnection.NonBlocking {
    private enum Phase {
        SHAKING_HANDS,
        USED,
        IDLE,
        CLOSED
    }

    /** The owner of the connection between two requests. Called on the connection's loop. */
    public interface Owner {
        Loop loop();

        /** Returns the buffers into which the loop's connections read. */
        InputBuffers inputs();

        /** Returns the fields that the answers on the loop's connections have in common. */
        KnownFields knownFields();

        /** Returns host and port as in the node's URL. */
        String authority();

        /** Returns the deadline of a TLS handshake that begins now, in nanoseconds. */
        long handshakeDeadline();

        /** Takes back a connection that is ready for another request. */
        void release(UpstreamConnection connection);

        /** Notes that a connection is closed, or has become a tunnel. */
        void forget(UpstreamConnection connection, boolean wasIdle);
    }

    private final Owner pool;
    private final ResponseParser parser;
    private Phase phase = Phase.USED;
    private @Nullable Requester requester;
    private @Nullable RetainableByteBuffer input;
    /** Whether the last read filled its buffer, so that there may be more. */
    private boolean flowing;

    private @Nullable Throwable failure;
    private long handshakeDeadlineNanos;
    private boolean handshaken;
    private boolean usedBefore;
    private long idleSinceNanos;

    public UpstreamConnection(EndPoint endPoint, Owner pool, Requester requester) {
        super(endPoint, pool.loop());
        this.pool = pool;
        this.parser = new ResponseParser(Upstreams.MAX_HEAD_BYTES, pool.loop(), pool.knownFields());
        this.requester = requester;
    }

    @Override
    public void onOpen() {
        super.onOpen();
        if (getEndPoint() instanceof SslConnection.SslEndPoint tls) {
            shakeHands(tls);
        } else {
            if (getEndPoint() instanceof LoopEndPoint socket) {
                socket.deferWrites(true);
            }
            fillInterested();
            hand(requester);
        }
    }

    private void hand(@Nullable Requester to) {
        if (to != null) {
            to.connected(this);
        }
    }

    /**
     * Completes the TLS handshake before the requester gets the connection, so that its failure counts as a failed
     * connect.
     */
    private void shakeHands(SslConnection.SslEndPoint tls) {
        phase = Phase.SHAKING_HANDS;
        handshakeDeadlineNanos = pool.handshakeDeadline();
        tls.getSslConnection().addHandshakeListener(new SslHandshakeListener() {
            @Override
            public void handshakeSucceeded(Event event) {
                // Called from within a read; writing must wait until that is done.
                handshaken = true;
            }
        });
        try {
            tls.flush(BufferUtil.EMPTY_BUFFER);
            advanceHandshake();
        } catch (IOException cause) {
            handshakeFailed(cause);
        }
    }

    private void advanceHandshake() {
        int filled = fill();
        releaseInput();
        if (filled < 0) {
            handshakeFailed(failure != null ? failure : new EOFException("The node closed during the TLS handshake"));
            return;
        }
        fillInterested();
        if (handshaken) {
            phase = Phase.USED;
            hand(requester);
        }
    }

    private void handshakeFailed(Throwable cause) {
        Requester waiting = requester;
        close();
        if (waiting != null) {
            waiting.connectFailed(cause);
        }
    }

    /** Returns the loop that the connection belongs to. */
    public Loop loop() {
        return pool.loop();
    }

    SocketAddress remoteAddress() {
        return getEndPoint().getRemoteSocketAddress();
    }

    /** Returns the requester that has the connection; null if there is none, or the connection is not ready yet. */
    @Nullable
    Requester requester() {
        return phase == Phase.USED ? requester : null;
    }

    /** Returns host and port as in the node's URL. */
    public String authority() {
        return pool.authority();
    }

    /** Returns whether an earlier request had the connection, so that the node may have closed it before this one. */
    public boolean isUsedBefore() {
        return usedBefore;
    }

    /** Returns the parser of the answers. */
    public ResponseParser parser() {
        return parser;
    }

    /**
     * Returns whether nothing has come since the last answer, even if the loop has not read it yet; otherwise closes
     * the connection, since the next request must not take those bytes for its own answer.
     */
    boolean isQuiet() {
        assert phase == Phase.IDLE;
        LoopEndPoint socket = LoopEndPoint.of(getEndPoint());
        if (socket != null && socket.hasUnread()) {
            close();
            return false;
        }
        return true;
    }

    /** Takes the connection out of its pool. */
    public void use(Requester newRequester) {
        assert phase == Phase.IDLE;
        phase = Phase.USED;
        requester = newRequester;
        newRequester.connected(this);
    }

    /** Returns the connection to its pool: request and answer are complete, and another request may follow. */
    public void release() {
        assert loop().isCurrent();
        if (phase != Phase.USED) {
            return;
        }
        phase = Phase.IDLE;
        requester = null;
        usedBefore = true;
        idleSinceNanos = System.nanoTime();
        if (!isFillInterested()) {
            fillInterested();
        }
        pool.release(this);
    }

    /** Hands the end point over to somebody else; the connection ends. */
    public EndPoint detach() {
        phase = Phase.CLOSED;
        requester = null;
        pool.forget(this, false);
        return getEndPoint();
    }

    /** Writes, now or at the end of the loop's turn; the callback may be called from within. */
    public void write(Callback callback, ByteBuffer... buffers) {
        getEndPoint().write(callback, buffers);
    }

    /** Reads once; returns the bytes read, 0 when there are none yet, -1 at the end or, with {@link #failure}, when it broke. */
    public int fill() {
        RetainableByteBuffer buffer = input;
        if (flowing && buffer != null && !buffer.hasRemaining() && pool.inputs().mayGrow(buffer)) {
            releaseInput();
            buffer = null;
        }
        if (buffer == null) {
            buffer = pool.inputs().acquire(flowing);
            input = buffer;
        }
        int filled;
        try {
            filled = getEndPoint().fill(buffer.getByteBuffer());
        } catch (IOException cause) {
            failure = cause;
            return -1;
        }
        flowing = filled > 0 && BufferUtil.space(buffer.getByteBuffer()) == 0;
        LoopEndPoint socket = filled < 0 ? LoopEndPoint.of(getEndPoint()) : null;
        if (socket != null && socket.isReset()) {
            // Not the end of a response that has no other end.
            failure = new IOException("The node reset the connection");
        }
        return filled;
    }

    /** Returns why reading failed; null if it did not. */
    public @Nullable Throwable failure() {
        return failure;
    }

    /** Returns the bytes that were read but not parsed yet. */
    public ByteBuffer input() {
        return input == null ? BufferUtil.EMPTY_BUFFER : input.getByteBuffer();
    }

    /** Hands over the input buffer, which the caller must release; null if there is none. */
    public @Nullable RetainableByteBuffer takeInput() {
        RetainableByteBuffer taken = input;
        input = null;
        parser.forget();
        return taken;
    }

    /** Gives back the empty input buffer. */
    public void releaseInput() {
        RetainableByteBuffer buffer = takeInput();
        if (buffer != null) {
            buffer.release();
        }
    }

    /** Waits for bytes; the requester is notified of them. */
    public void awaitReadable() {
        if (!isFillInterested()) {
            fillInterested();
        }
    }

    @Override
    public void onFillable() {
        Requester reader = requester;
        switch (phase) {
            case USED -> {
                if (reader != null) {
                    reader.readable();
                }
            }
            case IDLE -> readIdle();
            case SHAKING_HANDS -> advanceHandshake();
            case CLOSED -> {}
        }
    }

    /** Handles a pooled connection that became readable: the node has closed it, or it is a message of TLS. */
    private void readIdle() {
        int filled = fill();
        releaseInput();
        if (filled == 0) {
            fillInterested();
        } else {
            close();
        }
    }

    @Override
    public void onFillInterestedFailed(Throwable cause) {
        loop().run(() -> broken(cause));
    }

    private void broken(Throwable cause) {
        Requester reader = requester;
        switch (phase) {
            case USED -> {
                if (reader != null) {
                    reader.lost(cause);
                }
            }
            case IDLE -> close();
            case SHAKING_HANDS -> handshakeFailed(cause);
            case CLOSED -> {}
        }
    }

    @Override
    public boolean onIdleExpired(TimeoutException timeout) {
        return false; // The loop watches the deadlines.
    }

    void tick(long nowNanos) {
        Requester ticked = requester;
        switch (phase) {
            case USED -> {
                if (ticked != null) {
                    ticked.tick(nowNanos);
                }
            }
            case IDLE -> {
                if (nowNanos - idleSinceNanos > Upstreams.MAX_IDLE_NANOS) {
                    close();
                }
            }
            case SHAKING_HANDS -> {
                if (nowNanos - handshakeDeadlineNanos >= 0) {
                    handshakeFailed(new TimeoutException("The TLS handshake with the node took too long"));
                }
            }
            case CLOSED -> {}
        }
    }

    /** Closes the connection; its requester is not notified. Further calls do nothing. */
    @Override
    public void close() {
        if (phase != Phase.CLOSED) {
            boolean wasIdle = phase == Phase.IDLE;
            phase = Phase.CLOSED;
            requester = null;
            releaseInput();
            pool.forget(this, wasIdle);
            super.close();
        }
    }

    /** Called if somebody else closed the connection: the loop that stops, or TLS. */
    @Override
    public void onClose(@Nullable Throwable cause) {
        super.onClose(cause);
        loop().run(() -> {
            if (phase != Phase.CLOSED) {
                broken(cause != null ? cause : new EOFException("The connection was closed"));
                close();
            }
        });
    }
}
