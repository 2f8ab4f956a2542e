package io.cobrowse.sticky.proxy.listener;

import java.nio.ByteBuffer;
import java.util.Arrays;
import org.eclipse.jetty.http2.frames.DataFrame;

/**
 * The data of one body over HTTP/2 that has arrived but was not read yet. Small pieces are joined here while the
 * reader is busy with others, so that a client that sends single bytes does not cost an object for each. Belongs to
 * the loop of its connection.
 */
final class Inbox {
    private static final int SMALL_BYTES = 1024;
    private static final int FIRST_BYTES = 512;
    private static final int JOINED_BYTES = 8 * 1024;

    private final int stream;
    private final boolean paced;
    private byte[] joined = {};
    private int length;
    private int padding;
    private int unread;
    private long bytes;

    // The observed pace of the client.
    private long lastNanos;
    private long waitedNanos;
    private long sinceBytes;

    /**
     * @param paced whether the client must send at a certain pace; false for tunnels, whose clients send only when they
     *     have something to say
     */
    Inbox(int stream, boolean paced, long nowNanos) {
        this.stream = stream;
        this.paced = paced;
        this.lastNanos = nowNanos;
    }

    /** Notes that a piece has arrived. */
    void came(int length) {
        bytes += length;
    }

    /** Joins a small piece with the waiting ones while the reader has others to read; returns whether it did. */
    boolean join(DataFrame frame) {
        int more = frame.remaining();
        if (unread == 0 || frame.isEndStream() || more >= SMALL_BYTES || length + more > JOINED_BYTES) {
            return false;
        }
        if (length + more > joined.length) {
            joined = Arrays.copyOf(joined, Math.max(FIRST_BYTES, Math.min(JOINED_BYTES, 2 * (length + more))));
        }
        frame.getByteBuffer().get(joined, length, more);
        length += more;
        padding += frame.padding();
        return true;
    }

    boolean hasJoined() {
        return length + padding > 0;
    }

    /** Returns the joined pieces, and forgets them. */
    DataFrame takeJoined() {
        DataFrame frame = new DataFrame(stream, ByteBuffer.wrap(joined, 0, length), false, padding);
        joined = new byte[0];
        length = 0;
        padding = 0;
        return frame;
    }

    /** Notes that a piece is passed to the reader. */
    void given() {
        unread++;
    }

    /** Notes that the reader has read a piece; returns whether it may get the joined pieces. */
    boolean read() {
        unread--;
        return unread == 0 && hasJoined();
    }

    /**
     * Returns whether the client sends too slowly. Only the time in which the proxy waits for it counts.
     *
     * @param rate the required rate in bytes a second
     */
    boolean isSlow(int rate, long graceNanos, long nowNanos) {
        if (unread == 0) {
            waitedNanos += nowNanos - lastNanos;
        }
        lastNanos = nowNanos;
        if (!paced || waitedNanos < graceNanos || bytes - sinceBytes >= waitedNanos / 1e9 * rate) {
            return false;
        }
        waitedNanos = 0;
        sinceBytes = bytes;
        return true;
    }
}
