package io.cobrowse.sticky.proxy.exchange;

import io.cobrowse.sticky.proxy.io.WatchedEndPoint;
import io.cobrowse.sticky.proxy.message.ResponseHead;
import io.cobrowse.sticky.proxy.message.ResponseParser;
import io.cobrowse.sticky.routing.Node;
import java.io.EOFException;
import java.io.IOException;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.HttpStatus;
import org.eclipse.jetty.io.AbstractConnection;
import org.eclipse.jetty.io.ByteBufferPool;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.io.RetainableByteBuffer;
import org.eclipse.jetty.io.ssl.SslConnection;
import org.eclipse.jetty.io.ssl.SslHandshakeListener;
import org.eclipse.jetty.util.BufferUtil;
import org.eclipse.jetty.util.IteratingCallback;
import org.jspecify.annotations.Nullable;

/**
 * An HTTP/1.1 connection to a node, and the flow of a response through it to the client.
 *
 * <p>One exchange owns the connection at a time. The response is pumped by an iterating callback: parse what has been read,
 * write it to the client, and only when that write has completed read more. So the bytes of a response live in one input
 * buffer, nothing is read that the client has not room for, and everything that happens to the response, its failures
 * included, happens within the pump and so one after the other. While the pump is idle, read interest is registered: with
 * an owner it waits for response bytes, without one for the node to close.
 */
final class UpstreamConnection extends AbstractConnection.NonBlocking {
    /** Owner of a connection that waits in its pool. */
    private static final Object IDLE = "idle";
    /** Owner of a pooled connection whose wake-up is being looked into. */
    private static final Object READING = "reading";
    /** Owner of a connection that is no more. */
    private static final Object CLOSED = "closed";

    private final UpstreamPool pool;
    private final ByteBufferPool buffers;
    private final ResponseParser response;
    private final Pump pump = new Pump();
    private final AtomicReference<Object> owner;
    private final ResponseHead head;

    // Written by other threads than the pump's.
    private volatile @Nullable RequestPump requestPump;
    private volatile @Nullable Throwable closeCause;
    private volatile long sendDeadlineNanos;
    private volatile long receiveDeadlineNanos;
    private volatile long clientDeadlineNanos;
    private volatile boolean started;
    private volatile boolean sendFailed;
    private volatile boolean upgradeWaits;
    private volatile boolean handshaking;
    private volatile boolean handshaken;
    private final AtomicInteger undone = new AtomicInteger(2);
    private volatile long idleSinceNanos;
    private volatile boolean used;

    // The pump's own.
    private @Nullable RetainableByteBuffer input;
    private boolean interimPassed;
    private boolean headWritten;
    private boolean writing;

    UpstreamConnection(EndPoint endPoint, Executor executor, UpstreamPool pool, ProxyExchange owner) {
        super(endPoint, executor);
        this.pool = pool;
        this.buffers = pool.buffers();
        this.owner = new AtomicReference<>(owner);
        this.response = new ResponseParser(pool.maxResponseHeadBytes());
        this.head = response.head();
    }

    @Override
    public void onOpen() {
        super.onOpen();
        if (getEndPoint() instanceof SslConnection.SslEndPoint tls) {
            shakeHands(tls);
        } else {
            fillInterested();
            opened();
        }
    }

    /** Has TLS agreed on before the exchange gets the connection, so that a failure is one to connect. */
    private void shakeHands(SslConnection.SslEndPoint tls) {
        handshaking = true;
        receiveDeadlineNanos = pool.handshakeDeadline();
        tls.getSslConnection().addHandshakeListener(new SslHandshakeListener() {
            @Override
            public void handshakeSucceeded(Event event) {
                // Called from within a read; writing has to wait until that is done.
                handshaken = true;
            }
        });
        try {
            tls.flush(BufferUtil.EMPTY_BUFFER);
        } catch (IOException failure) {
            closeCause = failure;
        }
        pump.iterate();
    }

    private void opened() {
        if (owner.get() instanceof ProxyExchange exchange) {
            exchange.connected(this);
        }
    }

    SocketAddress remoteAddress() {
        return getEndPoint().getRemoteSocketAddress();
    }

    /** Returns whether an earlier exchange had the connection, so that the node may have closed it before this one. */
    boolean isUsed() {
        return used;
    }

    boolean isClosed() {
        return owner.get() == CLOSED;
    }

    /** Takes the connection out of the pool for {@code exchange}; false when the node is about to have closed it. */
    boolean acquire(ProxyExchange exchange) {
        return owner.compareAndSet(IDLE, exchange);
    }

    /** Starts sending the request of the owner. */
    void send(RequestPump request) {
        response.answersHead(request.head());
        requestPump = request;
        if (isClosed()) {
            // Given up a moment ago by somebody who did not see the request yet.
            request.abort(new IOException("The exchange ended"));
            return;
        }
        if (closeCause != null) {
            pump.iterate();
        }
        request.iterate();
    }

    /** Gives the exchange up, unless the connection serves another one by now; nothing of it is heard any more. */
    void abort(ProxyExchange exchange, Throwable cause) {
        if (closeFor(exchange, cause)) {
            pump.abort(cause);
        }
    }

    /** Takes the connection from the exchange and closes it; false when the exchange does not own it any more. */
    private boolean closeFor(ProxyExchange exchange, Throwable cause) {
        if (!owner.compareAndSet(exchange, CLOSED)) {
            return false;
        }
        RequestPump request = requestPump;
        if (request != null) {
            request.abort(cause);
        }
        close();
        return true;
    }

    @Override
    public void onClose(@Nullable Throwable cause) {
        super.onClose(cause);
        pool.closed(this);
    }

    @Override
    public void onFillable() {
        pump.iterate();
    }

    @Override
    public void onFillInterestedFailed(Throwable cause) {
        closedBy(cause);
        pump.iterate();
    }

    /** Notes why the connection is closed; what follows from its being closed is not why. */
    private void closedBy(Throwable cause) {
        if (closeCause == null) {
            closeCause = cause;
        }
    }

    @Override
    public boolean onIdleExpired(TimeoutException timeout) {
        return false; // Deadlines are the pool's to watch.
    }

    // Deadlines, of which the pool's sweeper is told.

    void sending(boolean pending) {
        sendDeadlineNanos = pending ? pool.deadline() : 0;
    }

    /** The request is out, last byte included. */
    void sent() {
        sendDeadlineNanos = 0;
        if (!started) {
            receiveDeadlineNanos = pool.deadline();
        }
        halfDone();
        if (upgradeWaits) {
            pump.iterate();
        }
    }

    /** The request will not be sent to its end, because writing it failed: what the node has to say is still heard. */
    void sendFailed() {
        sendFailed = true;
        sent();
    }

    /** Closes the connection when a deadline has passed; run by the pool's sweeper. */
    void sweep(long nowNanos, long maxIdleNanos) {
        Object current = owner.get();
        if (current == IDLE) {
            if (nowNanos - idleSinceNanos > maxIdleNanos) {
                closeIdle();
            }
        } else if (current instanceof ProxyExchange exchange) {
            if (passed(clientDeadlineNanos, nowNanos)) {
                clientDeadlineNanos = 0;
                exchange.clientFailed(new TimeoutException("The client read nothing for too long"));
            } else if (passed(sendDeadlineNanos, nowNanos) || passed(receiveDeadlineNanos, nowNanos)) {
                sendDeadlineNanos = 0;
                receiveDeadlineNanos = 0;
                closedBy(new TimeoutException("The node sent nothing for too long"));
                close();
                pump.iterate();
            } else {
                RequestPump request = requestPump;
                if (request != null) {
                    request.sweep(nowNanos);
                }
            }
        }
    }

    long clientDeadline() {
        return pool.clientDeadline();
    }

    /** Returns whether a request to the node waits for the first byte of its answer here. */
    boolean waitsFor(Node node) {
        return owner.get() instanceof ProxyExchange exchange && !started && exchange.isTo(node);
    }

    /** Returns whether a request to the node waits that is meant to wait for long. */
    boolean parkedAt(Node node) {
        return waitsFor(node) && owner.get() instanceof ProxyExchange exchange && exchange.parked(requestPump);
    }

    /** The node is out of service: has the waiting request answered without it. */
    void evict() {
        if (owner.get() instanceof ProxyExchange && !started) {
            closedBy(new NodeUnavailableException());
            close();
            pump.iterate();
        }
    }

    /** Closes the connection if it waits in its pool. */
    void closeIdle() {
        if (owner.compareAndSet(IDLE, CLOSED)) {
            close();
        }
    }

    static boolean passed(long deadlineNanos, long nowNanos) {
        return deadlineNanos != 0 && nowNanos - deadlineNanos >= 0;
    }

    /** Reads, parses and writes; see the class comment. */
    private final class Pump extends IteratingCallback {
        @Override
        protected Action process() {
            if (writing) {
                written();
            }
            Object current = owner.get();
            if (current instanceof ProxyExchange exchange) {
                return pump(exchange) ? Action.SCHEDULED : Action.IDLE;
            }
            if (current == IDLE) {
                readIdle();
            }
            return Action.IDLE;
        }

        @Override
        public InvocationType getInvocationType() {
            return InvocationType.NON_BLOCKING;
        }

        /** Writing to the client failed, or processing did, or the exchange was given up. */
        @Override
        protected void onFailure(Throwable cause) {
            if (owner.get() instanceof ProxyExchange exchange && closeFor(exchange, cause)) {
                exchange.clientFailed(cause);
            }
        }

        @Override
        protected void onCompleteFailure(Throwable cause) {
            releaseInput();
        }
    }

    /** Goes as far as it can; returns whether a write to the client is under way. */
    private boolean pump(ProxyExchange exchange) {
        if (handshaking) {
            advanceHandshake(exchange);
            return false;
        }
        if (requestPump == null) {
            // Woken between being acquired and sending: the new owner is to hear what there is to read.
            if (closeCause == null) {
                fillInterested();
            }
            return false;
        }
        while (true) {
            boolean dry = parse(exchange);
            Throwable failure = response.failure() != null ? response.failure() : closeCause;
            if (failure != null) {
                fail(exchange, failure);
                return false;
            }
            if (head.upgraded() && response.complete()) {
                if (readyToUpgrade()) {
                    upgrade(exchange);
                }
                return false;
            }
            if (response.headParsed() && (response.held() != null || response.complete() || (dry && !headWritten))) {
                return write(exchange);
            }
            int filled = fill();
            if (filled == 0) {
                releaseInput();
                RequestPump request = requestPump;
                receiveDeadlineNanos = started || (request != null && request.done()) ? pool.deadline() : 0;
                fillInterested();
                return false;
            }
            if (filled < 0) {
                response.atEnd();
            }
        }
    }

    private void advanceHandshake(ProxyExchange exchange) {
        int filled = closeCause == null ? fill() : -1;
        releaseInput();
        started = false;
        if (filled >= 0) {
            boolean succeeded = handshaken;
            if (succeeded) {
                handshaking = false;
                receiveDeadlineNanos = 0;
            }
            fillInterested();
            if (succeeded) {
                opened();
            }
        } else if (owner.compareAndSet(exchange, CLOSED)) {
            close();
            Throwable cause = closeCause;
            exchange.connectFailed(
                    cause != null ? cause : new EOFException("The node closed during the TLS handshake"));
        }
    }

    /** Parses until there is something to act on; returns true when more bytes are needed. */
    private boolean parse(ProxyExchange exchange) {
        while (true) {
            boolean dry = response.advance(input == null ? BufferUtil.EMPTY_BUFFER : input.getByteBuffer());
            if (!response.interimParsed()) {
                return dry;
            }
            interim(exchange);
            if (response.complete()) {
                return false; // The protocol is switched.
            }
        }
    }

    private void interim(ProxyExchange exchange) {
        if (head.status() == HttpStatus.SWITCHING_PROTOCOLS_101) {
            return;
        }
        exchange.interim(head);
        interimPassed = true;
        // What comes next is the answer, for which the node has time from the last byte of the request on.
        started = input != null && input.hasRemaining();
        if (head.status() == HttpStatus.CONTINUE_100) {
            RequestPump request = requestPump;
            if (request != null) {
                request.proceed();
            }
        }
        resetMessage();
    }

    private void resetMessage() {
        RequestPump request = requestPump;
        response.reset(request != null && request.head());
    }

    /**
     * Returns whether the write of the request has returned, which the answer may overtake, and until which the end point
     * takes no other; if not, the pump goes on when it has.
     */
    private boolean readyToUpgrade() {
        upgradeWaits = true; // First, lest the return comes between the look and the wait.
        RequestPump request = requestPump;
        return request == null || request.done() || sendFailed;
    }

    /** The node has switched protocols: the end point leaves this connection for a tunnel, with what was read too far. */
    private void upgrade(ProxyExchange exchange) {
        ByteBuffer early = input == null ? BufferUtil.EMPTY_BUFFER : BufferUtil.copy(input.getByteBuffer());
        releaseInput();
        if (owner.compareAndSet(exchange, CLOSED)) {
            requestPump = null;
            if (!exchange.upgraded(head, getEndPoint(), early)) {
                close();
            }
        }
    }

    /** Reads once; returns the bytes read, 0 when there are none yet, -1 at the end or, with its cause noted, on failure. */
    private int fill() {
        RetainableByteBuffer buffer = input;
        if (buffer == null) {
            buffer = buffers.acquire(pool.inputBufferBytes(), true);
            input = buffer;
        }
        int filled;
        try {
            filled = getEndPoint().fill(buffer.getByteBuffer());
        } catch (IOException failure) {
            closedBy(failure);
            return -1;
        }
        if (filled < 0 && wasReset()) {
            // Not the end of a response that has no other.
            closedBy(new IOException("The node reset the connection"));
        }
        if (filled > 0) {
            started = true;
            receiveDeadlineNanos = 0;
        }
        return filled;
    }

    private boolean wasReset() {
        WatchedEndPoint socket = WatchedEndPoint.of(getEndPoint());
        return socket != null && socket.isReset();
    }

    /** Writes to the client; returns whether the pump goes on when that is done, which it does not behind the last write. */
    private boolean write(ProxyExchange exchange) {
        ByteBuffer held = response.held();
        ByteBuffer content = held == null ? BufferUtil.EMPTY_BUFFER : held;
        boolean last = response.last();
        if (!headWritten) {
            last &= exchange.commit(head, last);
        }
        if (last) {
            finish(exchange, content);
            return false;
        }
        writing = true;
        receiveDeadlineNanos = 0;
        clientDeadlineNanos = exchange.http2() ? pool.clientDeadline() : 0;
        exchange.write(content, pump);
        return true;
    }

    private void written() {
        writing = false;
        clientDeadlineNanos = 0;
        headWritten = true;
        response.written();
    }

    /**
     * The response is here to its last byte. The last content leaves with its buffer, so that the connection can serve the
     * next exchange at once, which the client may start as soon as it has that content.
     */
    private void finish(ProxyExchange exchange, ByteBuffer content) {
        RetainableByteBuffer buffer = input;
        input = null;
        response.forget();
        HttpFields trailers = head.trailers();
        RequestPump request = requestPump;
        boolean reusable = request != null
                && request.lastBegun()
                && response.persistent()
                && (buffer == null || !buffer.hasRemaining());
        if (reusable) {
            resetMessage();
            headWritten = false;
            interimPassed = false;
            started = false;
            receiveDeadlineNanos = 0;
            halfDone();
        } else {
            closeFor(exchange, new EOFException("The node answered before the request was sent"));
        }
        exchange.writeLast(content, buffer, trailers);
    }

    /** One of request and response is done; with the other, which may be either, the connection goes back to its pool. */
    private void halfDone() {
        if (undone.decrementAndGet() == 0) {
            Object current = owner.get();
            requestPump = null;
            undone.set(2);
            receiveDeadlineNanos = 0;
            idleSinceNanos = System.nanoTime();
            used = true;
            if (sendFailed) {
                owner.set(CLOSED);
                close();
            } else if (current != CLOSED && owner.compareAndSet(current, IDLE)) {
                fillInterested();
                pool.release(this);
            }
        }
    }

    private void fail(ProxyExchange exchange, Throwable cause) {
        releaseInput();
        RequestPump request = requestPump;
        if (closeFor(exchange, cause)) {
            exchange.upstreamFailed(cause, started || interimPassed, request);
        }
    }

    /** A pooled connection became readable: the node has closed it, or TLS had something to say. */
    private void readIdle() {
        if (!owner.compareAndSet(IDLE, READING)) {
            pump.iterate();
            return;
        }
        int filled = closeCause != null ? -1 : fill();
        releaseInput();
        if (filled == 0) {
            started = false;
            owner.set(IDLE);
            fillInterested();
        } else {
            owner.set(CLOSED);
            close();
        }
    }

    private void releaseInput() {
        RetainableByteBuffer buffer = input;
        input = null;
        response.forget();
        if (buffer != null) {
            buffer.release();
        }
    }
}
