package io.cobrowse.sticky.proxy.tunnel;

import io.cobrowse.sticky.routing.Node;
import java.nio.ByteBuffer;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import org.eclipse.jetty.io.ByteBufferPool;
import org.eclipse.jetty.io.Connection;
import org.eclipse.jetty.io.EndPoint;

/**
 * Two end points whose bytes are passed to each other, unread, until one side resets, both have ended, or neither has
 * sent anything for too long. Thread-safe.
 *
 * <p>An end that finishes sending closes only that direction; the other direction continues until it ends as well.
 */
public final class Tunnel {
    private final Tunnels tunnels;
    private final Node node;
    private final TunnelEnd client;
    private final TunnelEnd upstream;
    private final AtomicBoolean closed = new AtomicBoolean();
    private volatile boolean opened;
    private volatile long lastActiveNanos = System.nanoTime();

    Tunnel(Tunnels tunnels, Node node, EndPoint client, EndPoint upstream, Executor executor, ByteBufferPool buffers) {
        this.tunnels = tunnels;
        this.node = node;
        this.client = new TunnelEnd(this, client, executor, buffers);
        this.upstream = new TunnelEnd(this, upstream, executor, buffers);
        this.client.connect(this.upstream);
        this.upstream.connect(this.client);
    }

    /** Returns the connection to which the client's end point must be upgraded; the tunnel works from then on. */
    public Connection client() {
        return client;
    }

    /** Takes over the node's end point, with the bytes that the node sent after its handshake. */
    public void takeUpstream(ByteBuffer early) {
        upstream.onUpgradeTo(early);
        upstream.getEndPoint().upgrade(upstream);
    }

    /** Returns how many bytes have come from the client. */
    public long bytesFromClient() {
        return client.bytes();
    }

    /** Returns how many bytes have come from the node. */
    public long bytesToClient() {
        return upstream.bytes();
    }

    /** Returns the node. */
    public Node node() {
        return node;
    }

    /** Starts the tunnel: the client's end has arrived, so both ends are there. */
    void start() {
        opened = true;
        if (closed.get()) {
            client.discard();
        } else {
            client.start();
            upstream.start();
        }
    }

    /**
     * Notes that the request for the tunnel is over. An HTTP/2 client may have reset its stream before it became the
     * client's end, which then never comes, or at the very moment, which Jetty does not report.
     */
    public void requested() {
        if (!opened || client.wasReset()) {
            close();
        }
    }

    /** Notes that bytes have moved. */
    void active() {
        lastActiveNanos = System.nanoTime();
    }

    boolean idleSince(long nanos) {
        return lastActiveNanos - nanos < 0;
    }

    /** Notes that an end will send no more. */
    void ended(TunnelEnd end, boolean reset) {
        TunnelEnd other = end == client ? upstream : client;
        if (reset || other.ended()) {
            close();
        } else {
            other.getEndPoint().shutdownOutput();
        }
    }

    /** Closes both ends. Further calls do nothing. */
    public void close() {
        if (closed.compareAndSet(false, true)) {
            tunnels.closed(this);
            client.discard();
            upstream.discard();
        }
    }
}
