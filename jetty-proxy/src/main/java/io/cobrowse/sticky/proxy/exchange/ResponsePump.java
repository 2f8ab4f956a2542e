package io.cobrowse.sticky.proxy.exchange;

import io.cobrowse.sticky.proxy.message.ResponseHead;
import io.cobrowse.sticky.proxy.message.ResponseParser;
import io.cobrowse.sticky.proxy.message.TrailerFields;
import io.cobrowse.sticky.proxy.upstream.UpstreamConnection;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.concurrent.TimeoutException;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.HttpStatus;
import org.eclipse.jetty.io.RetainableByteBuffer;
import org.eclipse.jetty.util.BufferUtil;
import org.jspecify.annotations.Nullable;

/**
 * The flow of one answer to the client: it parses what has been read, writes it, and reads more only when that write
 * is done. So the bytes of an answer are held in one input buffer, and nothing is read that the client has no room
 * for. Small chunks that are available together are written together.
 */
final class ResponsePump extends Pump {
    /** The limit on interim answers; a node that sends more is broken. */
    private static final int MAX_INTERIMS = 16;

    private static final int SMALL_BYTES = 1024;
    private static final int JOINED_BYTES = 8 * 1024;

    private final Exchange exchange;
    private final UpstreamConnection connection;
    private final ResponseParser parser;
    private final ResponseHead head;
    private @Nullable Throwable lost;
    private @Nullable RetainableByteBuffer joined;
    private @Nullable RetainableByteBuffer last;
    private boolean writesJoined;
    private boolean begun;
    private boolean interimPassed;
    private boolean headWritten;
    private boolean ends;
    private int interims;
    private long bodyBytes;
    private long receiveDeadlineNanos;
    private long clientDeadlineNanos;

    ResponsePump(Exchange exchange, UpstreamConnection connection) {
        super(exchange.loop());
        this.exchange = exchange;
        this.connection = connection;
        this.parser = connection.parser();
        this.head = parser.head();
        parser.answersHead(exchange.client.isHead());
    }

    /** Returns whether the node has begun to answer. */
    boolean begun() {
        return begun || interimPassed;
    }

    /** Returns whether nothing of the final answer has arrived yet. */
    boolean isWaiting() {
        return !begun;
    }

    long bodyBytes() {
        return bodyBytes;
    }

    /** Starts the node's time, since the request has been sent. */
    void requestSent() {
        if (!begun) {
            receiveDeadlineNanos = exchange.upstreams().responseDeadline();
        }
        if (parser.complete()) {
            iterate(); // The protocol may be switched now.
        }
    }

    /** Handles the loss of the connection. */
    void lost(Throwable cause) {
        if (lost == null) {
            lost = cause;
        }
        iterate();
    }

    void tick(long nowNanos) {
        if (passed(clientDeadlineNanos, nowNanos)) {
            clientDeadlineNanos = 0;
            exchange.clientFailed(new TimeoutException("The client read nothing for too long"));
        } else if (passed(receiveDeadlineNanos, nowNanos)) {
            receiveDeadlineNanos = 0;
            exchange.lost(nodeTimedOut());
        }
    }

    /** Stops reading and writing. */
    void abort() {
        stop();
        if (!isWriting()) {
            releaseJoined();
        } else if (!ends) {
            // The buffer with the bytes that are being written.
            last = connection.takeInput();
        }
    }

    @Override
    void advance() {
        boolean dry = parse();
        Throwable failure = parser.failure() != null ? parser.failure() : lost;
        if (failure != null) {
            exchange.upstreamFailed(failure);
        } else if (head.upgraded() && parser.complete()) {
            exchange.switchProtocols(head);
        } else if (parser.headParsed() && joinHeld() && !dry) {
            iterate(); // There may be more to join.
        } else if (parser.headParsed() && isDue(dry)) {
            write();
        } else if (dry) {
            read();
        } else {
            iterate();
        }
    }

    /** Parses until there is something to act on; returns true if more bytes are needed. */
    private boolean parse() {
        while (true) {
            boolean dry = parser.advance(connection.input());
            if (!parser.interimParsed() || head.upgraded()) {
                return dry;
            }
            interim();
            if (lost != null) {
                return false;
            }
        }
    }

    private void interim() {
        interimPassed = true;
        // The next message is the answer, for which the node has time from the last byte of the request on.
        begun = connection.input().hasRemaining();
        boolean proceed = head.status() == HttpStatus.CONTINUE_100;
        exchange.client.interim(head);
        parser.reset(exchange.client.isHead());
        if (++interims > MAX_INTERIMS) {
            lost = new IOException("The node sent more than " + MAX_INTERIMS + " interim answers");
        } else if (proceed) {
            exchange.state().proceed();
        }
    }

    /** Joins a small piece with those before it, or keeps it for those after it; returns whether it did. */
    private boolean joinHeld() {
        ByteBuffer held = parser.held();
        if (held == null || held.remaining() >= SMALL_BYTES || (joined == null && parser.last())) {
            return false;
        }
        RetainableByteBuffer to = joined;
        if (to == null) {
            to = exchange.upstreams().buffers().acquire(JOINED_BYTES, true);
            joined = to;
        }
        if (BufferUtil.space(to.getByteBuffer()) < held.remaining()) {
            return false;
        }
        BufferUtil.append(to.getByteBuffer(), held);
        parser.written();
        return true;
    }

    private boolean isDue(boolean dry) {
        return parser.held() != null || parser.complete() || (dry && (!headWritten || joined != null));
    }

    /** Writes the joined pieces, or the piece that is held back, to the client. */
    private void write() {
        writesJoined = joined != null;
        ByteBuffer content = joined != null ? joined.getByteBuffer() : ClientSide.orEmpty(parser.held());
        boolean end = writesJoined ? parser.complete() && parser.held() == null : parser.last();
        if (!headWritten) {
            exchange.outcome.answered();
            end &= exchange.client.commit(head);
        }
        bodyBytes += content.remaining();
        exchange.outcome.answerBody(content);
        receiveDeadlineNanos = 0;
        if (end) {
            finish(content);
        } else {
            clientDeadlineNanos = exchange.client.http2() ? exchange.upstreams().clientDeadline() : 0;
            writing();
            exchange.client.write(content, this);
        }
    }

    /**
     * Ends the answer, which has been read completely. The last content is sent from its own buffer, so that the
     * connection can serve the next exchange at once, which the client may start as soon as it has that content.
     */
    private void finish(ByteBuffer content) {
        HttpFields trailers = TrailerFields.passable(head.trailers());
        boolean reusable = parser.persistent()
                && !connection.input().hasRemaining()
                && exchange.client.handshake() == null; // A node that refused one may read on in any way.
        last = connection.takeInput();
        if (reusable) {
            parser.reset(false);
        }
        ends = true;
        exchange.answered(reusable);
        writing();
        exchange.client.writeLast(content, trailers, this);
    }

    private void read() {
        int filled = connection.fill();
        if (filled > 0) {
            begun = true;
            receiveDeadlineNanos = 0;
            iterate();
        } else if (filled == 0) {
            connection.releaseInput();
            receiveDeadlineNanos = begun || exchange.state().isRequestSent()
                    ? exchange.upstreams().responseDeadline()
                    : 0;
            connection.awaitReadable();
        } else {
            Throwable failure = connection.failure();
            if (failure != null) {
                lost = failure;
            }
            parser.atEnd();
            iterate();
        }
    }

    @Override
    void crashed(Throwable failure) {
        exchange.broken(failure);
    }

    @Override
    void written() {
        clientDeadlineNanos = 0;
        headWritten = true;
        if (ends) {
            stop();
            releaseLast();
            exchange.ended();
        } else if (isStopped()) {
            releaseLast();
        } else if (writesJoined) {
            releaseJoined();
        } else {
            parser.written();
        }
    }

    @Override
    void writeFailed(Throwable cause) {
        releaseLast();
        exchange.clientFailed(cause);
    }

    private void releaseLast() {
        releaseJoined();
        RetainableByteBuffer buffer = last;
        last = null;
        if (buffer != null) {
            buffer.release();
        }
    }

    private void releaseJoined() {
        RetainableByteBuffer buffer = joined;
        joined = null;
        if (buffer != null) {
            buffer.release();
        }
    }
}
