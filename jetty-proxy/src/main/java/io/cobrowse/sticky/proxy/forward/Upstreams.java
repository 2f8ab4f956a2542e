package io.cobrowse.sticky.proxy.forward;

import io.cobrowse.sticky.proxy.config.ProxyConfig.Timeouts;
import io.cobrowse.sticky.proxy.tunnel.PacedClose;
import io.cobrowse.sticky.proxy.tunnel.Tunnels;
import io.cobrowse.sticky.routing.Node;
import java.net.URI;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import org.eclipse.jetty.io.ByteBufferPool;
import org.eclipse.jetty.io.ClientConnector;
import org.eclipse.jetty.util.component.AbstractLifeCycle;
import org.eclipse.jetty.util.thread.Scheduler;
import org.jspecify.annotations.Nullable;

/**
 * The connections to all nodes, and the one timer that watches their deadlines. Thread-safe.
 *
 * <p>Deadlines are checked every {@value #SWEEP_MILLIS} ms instead of each having a timer of its own: an exchange then only
 * writes down its deadline, and ten thousand parked polls cost one look each.
 */
public final class Upstreams extends AbstractLifeCycle {
    /** Most connections to one node. */
    static final int MAX_CONNECTIONS = 32_768;
    /** Most bytes of a response's head: its fields may total 32 KiB. */
    static final int MAX_HEAD_BYTES = 36 * 1024;

    static final int INPUT_BUFFER_BYTES = 16 * 1024;
    /** Below the 30 s after which a Jetty, and so a Co-browse node, closes an idle connection itself. */
    static final long MAX_IDLE_NANOS = TimeUnit.SECONDS.toNanos(15);

    private static final long SWEEP_MILLIS = 100;

    private final ClientConnector connector;
    private volatile long responseNanos;
    private volatile long idleNanos;
    private final Tunnels tunnels;
    private final Map<URI, UpstreamPool> pools = new ConcurrentHashMap<>();
    private volatile BiConsumer<Node, Throwable> failureListener = (node, cause) -> {};
    private Scheduler.@Nullable Task sweep;

    /**
     * Creates the connections' keeper; the connector's life is the caller's to manage.
     *
     * @param tunnels what a request for a WebSocket ends up in
     * @param timeouts how long a node may stay silent, and how long a client may send or read nothing while that is all
     *     there is to do
     */
    public Upstreams(ClientConnector connector, Tunnels tunnels, Timeouts timeouts) {
        this.connector = connector;
        this.tunnels = tunnels;
        this.responseNanos = timeouts.response().toNanos();
        this.idleNanos = timeouts.idle().toNanos();
    }

    /** Sets the time-outs; what waits already keeps its deadline. */
    public void setTimeouts(Timeouts timeouts) {
        responseNanos = timeouts.response().toNanos();
        idleNanos = timeouts.idle().toNanos();
    }

    @Override
    protected void doStart() {
        scheduleSweep();
    }

    @Override
    protected void doStop() {
        Scheduler.Task task = sweep;
        if (task != null) {
            task.cancel();
        }
    }

    private void scheduleSweep() {
        sweep = connector.getScheduler().schedule(this::sweep, SWEEP_MILLIS, TimeUnit.MILLISECONDS);
    }

    private void sweep() {
        long nowNanos = System.nanoTime();
        pools.values().forEach(pool -> pool.sweep(nowNanos));
        if (isRunning() || isStarting()) {
            scheduleSweep();
        }
    }

    UpstreamPool pool(Node node) {
        URI url = node.url();
        UpstreamPool pool = pools.get(url);
        return pool != null ? pool : pools.computeIfAbsent(url, key -> new UpstreamPool(this, key));
    }

    Tunnels tunnels() {
        return tunnels;
    }

    ClientConnector connector() {
        return connector;
    }

    ByteBufferPool buffers() {
        return connector.getByteBufferPool();
    }

    long idleNanos() {
        return idleNanos;
    }

    long responseNanos() {
        return responseNanos;
    }

    /** Sets who is told of a node that refused a connection, or cut one off before it began to answer, and why. */
    public void onFailure(BiConsumer<Node, Throwable> listener) {
        failureListener = listener;
    }

    void failed(Node node, Throwable cause) {
        failureListener.accept(node, cause);
    }

    /**
     * Answers the requests that wait for a node's answer as R10 says, drops the connections that are not in use, and leaves
     * responses that have begun alone.
     */
    public void closeWaiting(Node node) {
        UpstreamPool pool = pools.get(node.url());
        if (pool != null) {
            pool.closeIdle();
            pool.connections(UpstreamConnection::waiting).forEach(UpstreamConnection::evict);
        }
    }

    /**
     * As {@link #closeWaiting}, but at a pace, and only for requests that are meant to wait for long, such as CometD's polls:
     * others will end by themselves.
     *
     * @param perSecond how many a second, at least 1
     * @return completes when the last one is answered; to be cancelled to leave the rest alone
     */
    public CompletableFuture<Void> closeParked(Node node, int perSecond) {
        UpstreamPool pool = pools.get(node.url());
        if (pool == null) {
            return CompletableFuture.completedFuture(null);
        }
        pool.closeIdle();
        return PacedClose.start(
                connector.getScheduler(),
                pool.connections(UpstreamConnection::parked),
                UpstreamConnection::evict,
                perSecond);
    }

    /** Returns the number of connections to a node, idle and in use. */
    public int connections(Node node) {
        UpstreamPool pool = pools.get(node.url());
        return pool == null ? 0 : pool.size();
    }
}
