package io.cobrowse.sticky.proxy.listener;

import org.eclipse.jetty.http.HttpException;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpStatus;
import org.eclipse.jetty.http.HttpVersion;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.server.Request;
import org.jspecify.annotations.Nullable;

/**
 * A request whose body has no declared length; it fails with 413 as soon as the body exceeds its listener's limit.
 */
final class LimitedBody extends Request.Wrapper {
    private final ListenerConnector listener;
    private long bytes;
    private Content.@Nullable Chunk failure;

    private LimitedBody(Request request, ListenerConnector listener) {
        super(request);
        this.listener = listener;
    }

    /**
     * Returns the request itself if its length is known, and therefore already checked, or if it is from another
     * connector.
     */
    static Request of(Request request, @Nullable ListenerConnector listener) {
        return listener == null || request.getLength() >= 0 || !mayHaveBody(request)
                ? request
                : new LimitedBody(request, listener);
    }

    /** Returns whether a request may have a body; over HTTP/2 this is known only when the body arrives. */
    private static boolean mayHaveBody(Request request) {
        return request.getConnectionMetaData().getHttpVersion() == HttpVersion.HTTP_2
                || request.getHeaders().contains(HttpHeader.TRANSFER_ENCODING);
    }

    @Override
    public Content.@Nullable Chunk read() {
        if (failure != null) {
            return failure;
        }
        Content.Chunk chunk = super.read();
        if (chunk == null || Content.Chunk.isFailure(chunk)) {
            return chunk;
        }
        bytes += chunk.remaining();
        if (bytes <= listener.limits().bodyBytes()) {
            return chunk;
        }
        chunk.release();
        listener.counters().limited(ListenerCounters.BODY_BYTES);
        failure = Content.Chunk.from(
                new HttpException.RuntimeException(HttpStatus.PAYLOAD_TOO_LARGE_413, "The body is too large"));
        return failure;
    }
}
