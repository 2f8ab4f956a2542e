package io.cobrowse.sticky.proxy.exchange;

import io.cobrowse.sticky.proxy.message.RequestHead;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeoutException;
import org.eclipse.jetty.http.HttpException;
import org.eclipse.jetty.http.HttpField;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.HttpMethod;
import org.eclipse.jetty.http.HttpStatus;
import org.eclipse.jetty.http.Trailers;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.io.RetainableByteBuffer;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.util.BufferUtil;
import org.eclipse.jetty.util.IteratingCallback;
import org.eclipse.jetty.util.thread.Invocable;
import org.jspecify.annotations.Nullable;

/**
 * The flow of one request to a node, in one attempt: the head with the first piece of the body, then each further piece when
 * the one before it is written, so that nothing is read from the client that the node has not room for.
 */
final class RequestPump extends IteratingCallback {
    /** A client waits about as long for a 100 before it sends its body anyway; so do we for one that the node forgot. */
    private static final long EXPECT_NANOS = 1_000_000_000L;

    private static final ByteBuffer CRLF = readOnly("\r\n");
    private static final ByteBuffer LAST_CHUNK = readOnly("0\r\n\r\n");

    private final ProxyExchange exchange;
    private final UpstreamConnection connection;
    private final Request request;
    private final RequestHead.Framing framing;
    private final Runnable available = Invocable.from(InvocationType.NON_BLOCKING, this::available);
    private volatile long expectDeadlineNanos;
    private volatile long clientDeadlineNanos;
    private volatile boolean proceed;
    private volatile boolean done;
    private volatile boolean demanded;
    private @Nullable RetainableByteBuffer head;
    private Content.@Nullable Chunk chunk;
    private boolean headWritten;
    private volatile boolean lastBegun;
    private long remaining;
    // Guarded by this.
    private boolean stopped;
    private @Nullable Runnable onStop;

    RequestPump(ProxyExchange exchange, UpstreamConnection connection) {
        this.exchange = exchange;
        this.connection = connection;
        this.request = exchange.request();
        this.framing = exchange.framing();
        this.remaining = exchange.contentLength();
        this.proceed = !exchange.expectsContinue();
    }

    /** Returns whether this is a HEAD request, whose response has no body. */
    boolean head() {
        return HttpMethod.HEAD.is(request.getMethod());
    }

    /** Returns whether the request has been written to its last byte. */
    boolean done() {
        return done;
    }

    /** Returns whether the last byte has at least been handed to the socket, so that {@link #done} is about to follow. */
    boolean lastBegun() {
        return lastBegun;
    }

    /** The node asked for the body, or will not ask. */
    void proceed() {
        if (!proceed) {
            proceed = true;
            iterate();
        }
    }

    private void available() {
        demanded = false;
        clientDeadlineNanos = 0;
        iterate();
    }

    void sweep(long nowNanos) {
        long deadlineNanos = expectDeadlineNanos;
        if (!proceed && UpstreamConnection.passed(deadlineNanos, nowNanos)) {
            proceed();
        }
        if (UpstreamConnection.passed(clientDeadlineNanos, nowNanos)) {
            clientDeadlineNanos = 0;
            exchange.bodyFailed(new TimeoutException("The client sent nothing for too long"));
        }
    }

    @Override
    protected Action process() {
        try {
            return advance();
        } catch (IOException | RuntimeException failure) {
            // Not the node's, which would be left waiting for the rest of a request until its time is up.
            exchange.broken(failure);
            return Action.IDLE;
        }
    }

    private Action advance() throws IOException {
        if (!headWritten) {
            return writeHead();
        }
        if (lastBegun) {
            done = true;
            connection.sent();
            return Action.SUCCEEDED;
        }
        if (!proceed) {
            expectDeadlineNanos = System.nanoTime() + EXPECT_NANOS;
            return Action.IDLE;
        }
        if (demanded) {
            // Woken by something else; the demand is still to be answered, and must not be made twice.
            return Action.IDLE;
        }
        Content.Chunk read = exchange.readBody();
        if (read == null) {
            connection.sending(false);
            demanded = true;
            clientDeadlineNanos = exchange.http2() ? connection.clientDeadline() : 0;
            request.demand(available);
            return Action.IDLE;
        }
        if (Content.Chunk.isFailure(read)) {
            exchange.bodyFailed(read.getFailure());
            return Action.IDLE;
        }
        return writeBody(read, null);
    }

    private Action writeHead() throws IOException {
        headWritten = true;
        RetainableByteBuffer encoded = exchange.encodeHead();
        head = encoded;
        boolean body = framing == RequestHead.Framing.LENGTH || framing == RequestHead.Framing.CHUNKED;
        Content.Chunk first = body && proceed ? exchange.readBody() : null;
        if (first != null && !Content.Chunk.isFailure(first)) {
            return writeBody(first, encoded.getByteBuffer());
        }
        if (first != null) {
            exchange.bodyFailed(first.getFailure());
            return Action.IDLE;
        }
        lastBegun = !body;
        write(encoded.getByteBuffer());
        return Action.SCHEDULED;
    }

    private Action writeBody(Content.Chunk read, @Nullable ByteBuffer headBytes) throws IOException {
        chunk = read;
        ByteBuffer before = headBytes == null ? BufferUtil.EMPTY_BUFFER : headBytes;
        ByteBuffer content = read.getByteBuffer();
        int length = content.remaining();
        lastBegun = read.isLast();
        if (framing == RequestHead.Framing.LENGTH) {
            remaining -= length;
            if (remaining < 0 || (lastBegun && remaining > 0)) {
                // HTTP/2 leaves the check to the receiver; a node must never read body as the next request.
                exchange.bodyFailed(new HttpException.RuntimeException(
                        HttpStatus.BAD_REQUEST_400, "The body is not as long as Content-Length says"));
                return Action.IDLE;
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
        return Action.SCHEDULED;
    }

    private void write(ByteBuffer... buffers) {
        connection.sending(true);
        connection.getEndPoint().write(this, buffers);
    }

    private static ByteBuffer chunkSize(int length) {
        return BufferUtil.toBuffer(Integer.toHexString(length) + "\r\n", StandardCharsets.US_ASCII);
    }

    private static ByteBuffer lastChunk(Content.Chunk read) {
        if (!(read instanceof Trailers trailers) || trailers.getTrailers().size() == 0) {
            return LAST_CHUNK.slice();
        }
        StringBuilder text = new StringBuilder("0\r\n");
        HttpFields fields = trailers.getTrailers();
        for (HttpField field : fields) {
            text.append(field.getName()).append(": ").append(field.getValue()).append("\r\n");
        }
        return BufferUtil.toBuffer(text.append("\r\n").toString(), StandardCharsets.ISO_8859_1);
    }

    @Override
    protected void onSuccess() {
        connection.sending(false);
        release();
    }

    /** Writing failed: the node may have answered before it stopped reading, so the response decides. */
    @Override
    protected void onFailure(Throwable cause) {
        connection.sendFailed();
    }

    @Override
    protected void onCompleteFailure(Throwable cause) {
        release();
        Runnable task;
        synchronized (this) {
            stopped = true;
            task = onStop;
        }
        if (task != null) {
            task.run();
        }
    }

    /**
     * Runs the task when nothing is read from the client any more: now, or when the read that is under way has returned. To
     * be called when all is read, or behind {@link #abort}.
     */
    void whenStopped(Runnable task) {
        if (lastBegun || !waitsFor(task)) {
            task.run();
        }
    }

    private synchronized boolean waitsFor(Runnable task) {
        if (!stopped) {
            onStop = task;
        }
        return !stopped;
    }

    @Override
    public InvocationType getInvocationType() {
        return InvocationType.NON_BLOCKING;
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
