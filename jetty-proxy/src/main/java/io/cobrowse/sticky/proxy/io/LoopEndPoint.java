package io.cobrowse.sticky.proxy.io;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;
import java.nio.channels.WritePendingException;
import java.util.Objects;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.io.EofException;
import org.eclipse.jetty.io.SocketChannelEndPoint;
import org.eclipse.jetty.util.BufferUtil;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.thread.Scheduler;
import org.jspecify.annotations.Nullable;

/**
 * A socket on an event loop. It distinguishes a reset from an end, writes several small buffers in one piece,
 * can wait with writes until everything that is ready has been read, and limits how much is read in one turn of the loop, so that a peer that sends without a pause does not hold up the
 * others.
 */
public class LoopEndPoint extends SocketChannelEndPoint {
    /** The limit on bytes read in one turn; a read in progress may exceed it. */
    private static final int MAX_BYTES_A_ROUND = 64 * 1024;

    private static final ByteBuffer[] NOTHING = {};

    private final EventLoop loop;
    private @Nullable InputStream unread;
    private boolean reset;
    private int round;
    private int bytesThisRound;
    private boolean deferring;
    private @Nullable Callback deferred;
    private ByteBuffer[] deferredBuffers = NOTHING;

    public LoopEndPoint(SocketChannel channel, EventLoop loop, SelectionKey key, Scheduler scheduler) {
        super(channel, loop, key, scheduler);
        this.loop = loop;
    }

    /** Returns the socket below {@code endPoint}; null if it is not one of the proxy's. */
    public static @Nullable LoopEndPoint of(EndPoint endPoint) {
        EndPoint layer = endPoint;
        while (layer instanceof EndPoint.Wrapper wrapper) {
            layer = wrapper.unwrap();
        }
        return layer instanceof LoopEndPoint socket ? socket : null;
    }

    /** Returns the loop that serves the socket. */
    public EventLoop loop() {
        return loop;
    }

    /** Returns whether the peer has reset the connection rather than ended it. */
    public boolean isReset() {
        return reset;
    }

    /** Returns whether the peer has sent bytes that nobody has read from the socket; costs one system call. */
    public boolean hasUnread() {
        try {
            if (unread == null) {
                unread = getChannel().socket().getInputStream();
            }
            return unread.available() > 0;
        } catch (IOException ended) {
            return false; // The next read will report this.
        }
    }

    /** Like Jetty's own, but distinguishes a reset from an end, and limits the bytes per turn. */
    @Override
    public int fill(ByteBuffer buffer) {
        if (isInputShutdown()) {
            return -1;
        }
        if (shareIsSpent()) {
            return 0;
        }
        int position = BufferUtil.flipToFill(buffer);
        int filled;
        try {
            filled = getChannel().read(buffer);
        } catch (IOException failure) {
            reset = true;
            filled = -1;
        } finally {
            BufferUtil.flipToFlush(buffer, position);
        }
        if (filled > 0) {
            bytesThisRound += filled;
            notIdle();
        } else if (filled < 0) {
            shutdownInput();
        }
        return filled;
    }

    private boolean shareIsSpent() {
        int now = loop.round();
        if (round != now) {
            round = now;
            bytesThisRound = 0;
        }
        return bytesThisRound >= MAX_BYTES_A_ROUND && loop.isCurrent();
    }

    /**
     * Chooses whether writes wait for the end of the loop's turn. Then the loop first reads everything that is ready,
     * and its peers find several requests or answers when they wake up. Must be off for a write that the loop itself
     * waits for.
     */
    public void deferWrites(boolean defer) {
        deferring = defer;
    }

    @Override
    public void write(Callback callback, ByteBuffer... buffers) {
        if (!deferring || !loop.isCurrent() || BufferUtil.remaining(buffers) == 0) {
            super.write(callback, buffers);
            return;
        }
        if (deferred != null) {
            throw new WritePendingException();
        }
        notIdle(); // Or a time-out that is due could still fail the write.
        deferred = callback;
        deferredBuffers = buffers;
        loop.writeAtTheEnd(this);
    }

    void writeDeferred() {
        Callback callback = Objects.requireNonNull(deferred);
        ByteBuffer[] buffers = deferredBuffers;
        deferred = null;
        deferredBuffers = NOTHING;
        super.write(callback, buffers);
    }

    /** Like Jetty's own, but makes one plain write where possible, which costs less than a gathering write. */
    @Override
    public boolean flush(ByteBuffer... buffers) throws IOException {
        if (buffers.length == 1) {
            write(buffers[0]);
            return !buffers[0].hasRemaining();
        }
        ByteBuffer joined = loop.isCurrent() ? loop.scratch() : BufferUtil.EMPTY_BUFFER;
        if (BufferUtil.remaining(buffers) > joined.capacity()) {
            return super.flush(buffers);
        }
        int length = 0;
        for (ByteBuffer buffer : buffers) {
            joined.put(length, buffer, buffer.position(), buffer.remaining());
            length += buffer.remaining();
        }
        int written = write(joined.limit(length));
        for (ByteBuffer buffer : buffers) {
            int taken = Math.min(written, buffer.remaining());
            buffer.position(buffer.position() + taken);
            written -= taken;
        }
        return !joined.hasRemaining();
    }

    private int write(ByteBuffer buffer) throws EofException {
        try {
            int written = getChannel().write(buffer);
            if (written > 0) {
                notIdle();
            }
            return written;
        } catch (IOException failure) {
            throw new EofException(failure);
        }
    }
}
