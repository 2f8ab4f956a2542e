package io.cobrowse.sticky.proxy.io;

import java.nio.ByteBuffer;
import org.eclipse.jetty.util.BufferUtil;
import org.jspecify.annotations.Nullable;

/** Bytes that were read from a socket before anybody asked for them. Not thread-safe. */
final class ReadAhead {
    static final int MAX_BYTES = 16 * 1024;
    private static final int FIRST_BYTES = 512;

    /** Reads from the socket, like {@link LoopEndPoint#fill}. */
    @FunctionalInterface
    interface Source {
        int fill(ByteBuffer buffer);
    }

    private @Nullable ByteBuffer held;

    boolean isEmpty() {
        return held == null;
    }

    boolean isFull() {
        return held != null && held.remaining() >= MAX_BYTES;
    }

    /**
     * Reads once, after the bytes that are already held. Returns the number of bytes; 0 if none arrived or there is no
     * room; -1 at the end.
     */
    int readFrom(Source source) {
        ByteBuffer before = held;
        int length = before == null ? 0 : before.remaining();
        if (length >= MAX_BYTES) {
            return 0;
        }
        ByteBuffer more = ByteBuffer.allocate(before == null ? FIRST_BYTES : MAX_BYTES - length);
        more.limit(0);
        int filled = source.fill(more);
        if (filled > 0) {
            ByteBuffer joined = ByteBuffer.allocate(length + filled);
            if (before != null) {
                joined.put(before);
            }
            held = joined.put(more).flip();
        }
        return filled;
    }

    /** Moves as many bytes as fit to the buffer. */
    int moveTo(ByteBuffer buffer) {
        ByteBuffer from = held;
        if (from == null) {
            return 0;
        }
        int position = BufferUtil.flipToFill(buffer);
        int moved = BufferUtil.put(from, buffer);
        BufferUtil.flipToFlush(buffer, position);
        if (!from.hasRemaining()) {
            held = null;
        }
        return moved;
    }
}
