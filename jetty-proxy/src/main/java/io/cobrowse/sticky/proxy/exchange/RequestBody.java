package io.cobrowse.sticky.proxy.exchange;

import io.cobrowse.sticky.proxy.message.RequestHead;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpVersion;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.server.Request;
import org.jspecify.annotations.Nullable;

/** The body of a request: whether there is one, how it is to be delimited toward the node, and its pieces. */
final class RequestBody {
    private final Request request;
    private RequestHead.Framing framing = RequestHead.Framing.NONE;
    private long contentLength;
    private boolean expectsContinue;
    private Content.@Nullable Chunk firstChunk;

    RequestBody(Request request) {
        this.request = request;
    }

    /** Finds out whether there is a body and how long it is; returns the reason if it cannot be read, or null. */
    @Nullable
    Throwable open() {
        HttpFields fields = request.getHeaders();
        contentLength = fields.getLongField(HttpHeader.CONTENT_LENGTH);
        boolean http2 = request.getConnectionMetaData().getHttpVersion() == HttpVersion.HTTP_2;
        boolean mayHaveBody = http2 || contentLength > 0 || fields.contains(HttpHeader.TRANSFER_ENCODING);
        if (!mayHaveBody) {
            return null;
        }
        expectsContinue = fields.contains(HttpHeader.EXPECT, "100-continue");
        Content.Chunk first = expectsContinue ? null : request.read();
        if (first != null && Content.Chunk.isFailure(first)) {
            return first.getFailure();
        }
        if (first != null && first.isLast() && first.isEmpty() && contentLength <= 0 && http2) {
            first.release();
            framing = contentLength < 0 && impliesBody() ? RequestHead.Framing.EMPTY : RequestHead.Framing.NONE;
            return null;
        }
        firstChunk = first;
        framing = contentLength >= 0 ? RequestHead.Framing.LENGTH : RequestHead.Framing.CHUNKED;
        return null;
    }

    private boolean impliesBody() {
        return switch (request.getMethod()) {
            case "POST", "PUT", "PATCH" -> true;
            default -> false;
        };
    }

    RequestHead.Framing framing() {
        return framing;
    }

    /** Returns the number of bytes, if the framing is {@link RequestHead.Framing#LENGTH}. */
    long contentLength() {
        return contentLength;
    }

    /** Returns whether the client waits for a 100 before it sends the body. */
    boolean expectsContinue() {
        return expectsContinue;
    }

    /** Returns the next piece; null if there is none yet. */
    Content.@Nullable Chunk read() {
        Content.Chunk first = takeFirstChunk();
        return first != null ? first : request.read();
    }

    /** Releases what has been read but not been taken. */
    void release() {
        Content.Chunk first = takeFirstChunk();
        if (first != null) {
            first.release();
        }
    }

    private Content.@Nullable Chunk takeFirstChunk() {
        Content.Chunk first = firstChunk;
        firstChunk = null;
        return first;
    }
}
