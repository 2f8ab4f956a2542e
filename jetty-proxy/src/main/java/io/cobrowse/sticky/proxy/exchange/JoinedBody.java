package io.cobrowse.sticky.proxy.exchange;

import java.nio.ByteBuffer;
import org.eclipse.jetty.http.Trailers;
import org.eclipse.jetty.io.ByteBufferPool;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.io.RetainableByteBuffer;
import org.eclipse.jetty.util.BufferUtil;
import org.jspecify.annotations.Nullable;

/**
 * The body of a request as it is written to the node. Small pieces that are available together are joined into one,
 * so that a client that sends single bytes does not cost one write for each.
 */
final class JoinedBody {
    private static final int SMALL_BYTES = 1024;
    private static final int JOINED_BYTES = 8 * 1024;

    private final RequestBody body;
    private final ByteBufferPool buffers;
    private Content.@Nullable Chunk next;

    JoinedBody(RequestBody body, ByteBufferPool buffers) {
        this.body = body;
        this.buffers = buffers;
    }

    /** Returns the next piece, which the caller releases; null if there is none yet. */
    Content.@Nullable Chunk read() {
        Content.Chunk first = take();
        if (first == null || !isSmall(first)) {
            return first;
        }
        next = body.read();
        return next == null || !isSmall(next) ? first : join(first);
    }

    private Content.@Nullable Chunk take() {
        Content.Chunk taken = next;
        next = null;
        return taken != null ? taken : body.read();
    }

    /** Returns whether a piece may be joined. The last one is not, since it may have trailers. */
    private static boolean isSmall(Content.Chunk chunk) {
        return !Content.Chunk.isFailure(chunk)
                && !chunk.isLast()
                && !(chunk instanceof Trailers)
                && chunk.remaining() < SMALL_BYTES;
    }

    private Content.Chunk join(Content.Chunk first) {
        RetainableByteBuffer joined = buffers.acquire(JOINED_BYTES, false);
        ByteBuffer bytes = joined.getByteBuffer();
        int position = BufferUtil.flipToFill(bytes);
        Content.@Nullable Chunk small = first;
        while (small != null && isSmall(small) && small.remaining() <= bytes.remaining()) {
            bytes.put(small.getByteBuffer());
            small.release();
            small = take();
        }
        next = small;
        BufferUtil.flipToFlush(bytes, position);
        return Content.Chunk.asChunk(bytes, false, joined);
    }

    /** Releases what has been read but not been taken. */
    void release() {
        Content.Chunk unread = next;
        next = null;
        if (unread != null) {
            unread.release();
        }
        body.release();
    }
}
