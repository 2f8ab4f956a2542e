package io.cobrowse.sticky.proxy.tunnel;

import io.cobrowse.sticky.proxy.io.LoopEndPoint;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Objects;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeoutException;
import org.eclipse.jetty.http2.HTTP2Stream;
import org.eclipse.jetty.io.AbstractConnection;
import org.eclipse.jetty.io.ByteBufferPool;
import org.eclipse.jetty.io.Connection;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.io.RetainableByteBuffer;
import org.eclipse.jetty.util.BufferUtil;
import org.eclipse.jetty.util.IteratingCallback;
import org.jspecify.annotations.Nullable;

/**
 * One end of a tunnel, and the flow of bytes from it to the other end: it reads once, writes that, and reads again
 * when the write is done. So a slow reader can hold only one buffer per direction, and a quiet end holds none.
 */
final class TunnelEnd extends AbstractConnection.NonBlocking implements Connection.UpgradeTo {
    private static final int BUFFER_BYTES = 16 * 1024;

    private final io.cobrowse.sticky.proxy.tunnel.Tunnel tunnel; // Not Jetty's nested type with the same name.
    private final ByteBufferPool buffers;
    private final Pump pump = new Pump();
    private @Nullable TunnelEnd other;
    private @Nullable ByteBuffer early;
    private @Nullable RetainableByteBuffer buffer;
    private boolean drained;
    private volatile long bytes;
    private volatile boolean ended;

    TunnelEnd(
            io.cobrowse.sticky.proxy.tunnel.Tunnel tunnel,
            EndPoint endPoint,
            Executor executor,
            ByteBufferPool buffers) {
        super(endPoint, executor);
        this.tunnel = tunnel;
        this.buffers = buffers;
    }

    void connect(TunnelEnd other) {
        this.other = other;
    }

    /** Takes the bytes that were read before the tunnel existed. */
    @Override
    public void onUpgradeTo(@Nullable ByteBuffer bytes) {
        if (BufferUtil.hasContent(bytes)) {
            early = BufferUtil.copy(bytes);
        }
    }

    @Override
    public void onOpen() {
        super.onOpen();
        getEndPoint().setIdleTimeout(0); // The tunnels' own timer watches both ends together.
        if (getEndPoint() instanceof LoopEndPoint socket) {
            socket.deferWrites(true);
        }
        if (this == tunnel.client()) {
            // The node's end point exists already; the client's arrives when the answer to the handshake is written.
            tunnel.start();
        }
    }

    void start() {
        pump.iterate();
    }

    boolean ended() {
        return ended;
    }

    /** Returns how many bytes have come from this end. */
    long bytes() {
        return bytes;
    }

    void discard() {
        pump.abort(new IOException("The tunnel was closed"));
        // An HTTP/2 stream cannot be closed before it is taken over; it is closed then.
        if (getEndPoint().getConnection() != null) {
            getEndPoint().close();
        }
    }

    @Override
    public void onFillable() {
        pump.iterate();
    }

    @Override
    public void onFillInterestedFailed(Throwable cause) {
        tunnel.close();
    }

    @Override
    public boolean onIdleExpired(TimeoutException timeout) {
        return false;
    }

    @Override
    public void onClose(@Nullable Throwable cause) {
        super.onClose(cause);
        tunnel.close();
    }

    /** Returns whether the peer of this end has reset the connection, or the HTTP/2 stream. */
    boolean wasReset() {
        if (getEndPoint().getTransport() instanceof HTTP2Stream stream) {
            return stream.isResetOrFailed();
        }
        LoopEndPoint socket = LoopEndPoint.of(getEndPoint());
        return socket != null && socket.isReset();
    }

    private final class Pump extends IteratingCallback {
        @Override
        protected Action process() throws IOException {
            ByteBuffer first = early;
            if (first != null) {
                early = null;
                return write(first);
            }
            if (drained) {
                // The last read emptied the socket, so reading again is useless until it is readable.
                drained = false;
                return await();
            }
            RetainableByteBuffer in = buffers.acquire(BUFFER_BYTES, true);
            buffer = in;
            int filled = getEndPoint().fill(in.getByteBuffer());
            if (filled > 0) {
                drained = in.hasRemaining() && BufferUtil.space(in.getByteBuffer()) > 0;
                return write(in.getByteBuffer());
            }
            release();
            if (filled == 0) {
                return await();
            }
            ended = true;
            tunnel.ended(TunnelEnd.this, wasReset());
            return Action.IDLE;
        }

        @SuppressWarnings("NonAtomicVolatileUpdate") // Only this thread writes it.
        private Action write(ByteBuffer read) {
            tunnel.active();
            bytes += read.remaining();
            Objects.requireNonNull(other).getEndPoint().write(this, read);
            return Action.SCHEDULED;
        }

        private Action await() {
            fillInterested();
            return Action.IDLE;
        }

        @Override
        protected void onSuccess() {
            release();
        }

        @Override
        protected void onFailure(Throwable cause) {
            tunnel.close();
        }

        @Override
        protected void onCompleteFailure(Throwable cause) {
            release();
        }

        private void release() {
            RetainableByteBuffer read = buffer;
            buffer = null;
            if (read != null) {
                read.release();
            }
        }

        @Override
        public InvocationType getInvocationType() {
            return InvocationType.NON_BLOCKING;
        }
    }
}
