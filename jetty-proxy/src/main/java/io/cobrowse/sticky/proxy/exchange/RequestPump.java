package io.cobrowse.sticky.proxy.exchange;

import io.cobrowse.sticky.proxy.message.RequestHead;
import io.cobrowse.sticky.proxy.message.RequestHead.Framing;
import io.cobrowse.sticky.proxy.message.TrailerFields;
import io.cobrowse.sticky.proxy.upstream.UpstreamConnection;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeoutException;
import org.eclipse.jetty.http.HttpException;
import org.eclipse.jetty.http.HttpStatus;
import org.eclipse.jetty.http.Trailers;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.io.RetainableByteBuffer;
import org.eclipse.jetty.util.BufferUtil;
import org.eclipse.jetty.util.thread.Invocable;
import org.jspecify.annotations.Nullable;

/**
 * The flow of one request to a node, in one attempt: the head with the first piece of the body, then each further
 * piece once the previous one is written. So nothing is read from the client that the node has no room for.
 */
final class RequestPump extends Pump {
    /**
     * How long to wait for a 100 that the node may have forgotten. Clients wait about as long before they send their
     * body anyway.
     */
    private static final long EXPECT_NANOS = 1_000_000_000L;

    private static final ByteBuffer CRLF = readOnly("\r\n");
    private static final ByteBuffer LAST_CHUNK = readOnly("0\r\n\r\n");

    private final Exchange exchange;
    private final UpstreamConnection connection;
    private final JoinedBody body;
    private final Framing framing;
    private @Nullable RetainableByteBuffer head;
    private Content.@Nullable Chunk chunk;
    private boolean headWritten;
    private boolean proceed;
    private boolean demanded;
    private boolean lastBegun;
    private boolean done;
    private boolean broken;
    private boolean releases;
    private long remaining;
    private long bodyBytes;
    private long sendDeadlineNanos;
    private long expectDeadlineNanos;
    private long clientDeadlineNanos;

    RequestPump(Exchange exchange, UpstreamConnection connection) {
        super(exchange.loop());
        this.exchange = exchange;
        this.connection = connection;
        RequestBody source = exchange.client.body();
        this.body = new JoinedBody(source, exchange.upstreams().buffers());
        this.framing = source.framing();
        this.remaining = source.contentLength();
        this.proceed = !source.expectsContinue();
    }

    /** Returns whether the request has been written to its last byte. */
    boolean done() {
        return done;
    }

    /**
     * Returns whether the last byte has at least been handed to the socket, so that {@link #done} will soon be true.
     */
    boolean lastBegun() {
        return lastBegun && !broken;
    }

    /** Returns whether no more of the request will be written. */
    boolean settled() {
        return done || broken;
    }

    /** Returns how many bytes of the body have been sent. */
    long bodyBytes() {
        return bodyBytes;
    }

    /** Notes that the node has asked for the body, or will not ask. */
    void proceed() {
        if (!proceed) {
            proceed = true;
            iterate();
        }
    }

    /**
     * Returns the connection to its pool, now or when the last write of the request is done; to be called when the
     * answer is complete.
     */
    void releaseConnection() {
        if (done) {
            connection.release();
        } else {
            releases = true;
        }
    }

    /** Stops sending, and stops reading from the client. */
    void abort() {
        stop();
        if (!isWriting()) {
            release();
        }
        body.release();
    }

    void tick(long nowNanos) {
        if (!proceed && passed(expectDeadlineNanos, nowNanos)) {
            proceed();
        }
        if (passed(sendDeadlineNanos, nowNanos)) {
            exchange.lost(nodeTimedOut());
        } else if (passed(clientDeadlineNanos, nowNanos)) {
            clientDeadlineNanos = 0;
            exchange.bodyFailed(new TimeoutException("The client sent nothing for too long"));
        }
    }

    @Override
    void advance() {
        if (!headWritten) {
            writeHead();
        } else if (lastBegun) {
            done = true;
            stop();
            if (releases) {
                connection.release();
            } else {
                exchange.state().requestSent();
            }
        } else if (!proceed) {
            expectDeadlineNanos = System.nanoTime() + EXPECT_NANOS;
        } else if (!demanded) {
            // Otherwise this was woken by something else: the demand is still open, and must not be repeated.
            writeNext(BufferUtil.EMPTY_BUFFER);
        }
    }

    private void writeHead() {
        headWritten = true;
        RetainableByteBuffer encoded = RequestHead.encode(
                exchange.upstreams().buffers(),
                exchange.client.request(),
                framing,
                exchange.client.handshake(),
                connection.authority());
        head = encoded;
        if ((framing != Framing.LENGTH && framing != Framing.CHUNKED)
                || !proceed
                || !writeNext(encoded.getByteBuffer())) {
            lastBegun = framing != Framing.LENGTH && framing != Framing.CHUNKED;
            write(encoded.getByteBuffer());
        }
    }

    /** Writes the next piece of the body after {@code before}; returns false if nothing has been written. */
    private boolean writeNext(ByteBuffer before) {
        Content.Chunk read = body.read();
        if (read == null) {
            if (!before.hasRemaining()) {
                demand();
            }
            return false;
        }
        if (Content.Chunk.isFailure(read)) {
            exchange.bodyFailed(read.getFailure());
            return true;
        }
        writeChunk(read, before);
        return true;
    }

    private void demand() {
        demanded = true;
        clientDeadlineNanos = exchange.client.http2() ? exchange.upstreams().clientDeadline() : 0;
        exchange.client
                .request()
                .demand(Invocable.from(
                        InvocationType.NON_BLOCKING, () -> exchange.loop().run(this::available)));
    }

    private void available() {
        demanded = false;
        clientDeadlineNanos = 0;
        iterate();
    }

    private void writeChunk(Content.Chunk read, ByteBuffer before) {
        chunk = read;
        ByteBuffer content = read.getByteBuffer();
        int length = content.remaining();
        lastBegun = read.isLast();
        bodyBytes += length;
        exchange.outcome.requestBody(content);
        if (framing == Framing.LENGTH) {
            remaining -= length;
            if (remaining < 0 || (lastBegun && remaining > 0)) {
                // HTTP/2 leaves this check to the receiver; a node must never read a body as the next request.
                exchange.bodyFailed(new HttpException.RuntimeException(
                        HttpStatus.BAD_REQUEST_400, "The body is not as long as Content-Length says"));
                return;
            }
            write(before, content);
        } else if (length == 0) {
            write(before, lastBegun ? lastChunk(read) : BufferUtil.EMPTY_BUFFER);
        } else {
            write(
                    before,
                    chunkSize(length),
                    content,
                    CRLF.slice(),
                    lastBegun ? lastChunk(read) : BufferUtil.EMPTY_BUFFER);
        }
    }

    private void write(ByteBuffer... buffers) {
        sendDeadlineNanos = exchange.upstreams().responseDeadline();
        writing();
        connection.write(this, buffers);
    }

    private static ByteBuffer chunkSize(int length) {
        return BufferUtil.toBuffer(Integer.toHexString(length) + "\r\n", StandardCharsets.US_ASCII);
    }

    private static ByteBuffer lastChunk(Content.Chunk read) {
        return read instanceof Trailers trailers && trailers.getTrailers().size() > 0
                ? TrailerFields.lastChunk(trailers.getTrailers())
                : LAST_CHUNK.slice();
    }

    @Override
    void crashed(Throwable failure) {
        exchange.broken(failure);
    }

    @Override
    void written() {
        sendDeadlineNanos = 0;
        release();
    }

    /** Stops sending. The node may have answered before it stopped reading, so the response decides. */
    @Override
    void writeFailed(Throwable cause) {
        boolean heard = !isStopped();
        stop();
        release();
        sendDeadlineNanos = 0;
        broken = true;
        if (releases) {
            connection.close();
        } else if (heard) {
            body.release();
            exchange.state().requestSent();
        }
    }

    private void release() {
        RetainableByteBuffer encoded = head;
        head = null;
        if (encoded != null) {
            encoded.release();
        }
        Content.Chunk written = chunk;
        chunk = null;
        if (written != null) {
            written.release();
        }
    }

    private static ByteBuffer readOnly(String text) {
        return BufferUtil.toBuffer(text, StandardCharsets.US_ASCII).asReadOnlyBuffer();
    }
}
