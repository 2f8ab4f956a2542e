package io.cobrowse.sticky.proxy.exchange;

import io.cobrowse.sticky.proxy.config.ProxyConfig.Limit;
import io.cobrowse.sticky.proxy.config.ProxyConfig.Timeouts;
import io.cobrowse.sticky.proxy.tunnel.PacedClose;
import io.cobrowse.sticky.proxy.tunnel.Tunnels;
import io.cobrowse.sticky.routing.Node;
import java.net.URI;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
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

    /** Longer than getting a connection may take. */
    static final long FORGET_NANOS = TimeUnit.MINUTES.toNanos(5);

    private static final long SWEEP_MILLIS = 100;

    private final ClientConnector connector;
    private volatile long responseNanos;
    private volatile long idleNanos;
    private final Tunnels tunnels;
    private final Map<URI, UpstreamPool> pools = new ConcurrentHashMap<>();
    private final Map<String, NodePlaces> places = new ConcurrentHashMap<>();
    private final NodeResolver resolver;
    private final Predicate<URI> current;
    private final RetryBudget retries = new RetryBudget(System.nanoTime());
    private volatile OutcomeListener outcomes = outcome -> {};
    private volatile NodeObserver observer = NodeObserver.NONE;
    private Scheduler.@Nullable Task sweep;

    /**
     * Creates the connections' keeper; the connector's life is the caller's to manage.
     *
     * @param resolver finds the addresses of nodes
     * @param current whether there is a node at a URL now; the connections of others are forgotten once they are unused
     * @param tunnels what a request for a WebSocket ends up in
     * @param timeouts how long a node may stay silent, and how long a client may send or read nothing while that is all
     *     there is to do
     */
    public Upstreams(
            ClientConnector connector,
            NodeResolver resolver,
            Predicate<URI> current,
            Tunnels tunnels,
            Timeouts timeouts) {
        this.connector = connector;
        this.resolver = resolver;
        this.current = current;
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
        pools.values().removeIf(pool -> pool.isForgotten(nowNanos) && !current.test(pool.url()));
        places.values().forEach(each -> each.sweep(nowNanos));
        retries.tick(nowNanos);
        if (isRunning() || isStarting()) {
            scheduleSweep();
        }
    }

    UpstreamPool pool(Node node) {
        URI url = node.url();
        UpstreamPool pool = pools.get(url);
        return pool != null ? pool : pools.computeIfAbsent(url, key -> new UpstreamPool(this, key));
    }

    /** Returns the places at a node; null where it has no limit. */
    @Nullable
    NodePlaces places(Node node) {
        return places.isEmpty() ? null : places.get(node.id());
    }

    /** Sets how much nodes may have to do at a time, by id; nodes that are left out have no limit. */
    public void setLimits(Map<String, Limit> limits) {
        places.entrySet().removeIf(entry -> {
            boolean gone = !limits.containsKey(entry.getKey());
            if (gone) {
                entry.getValue().setLimit(new Limit(Node.UNLIMITED, 0, Duration.ZERO));
            }
            return gone;
        });
        limits.forEach((id, limit) -> {
            NodePlaces known = places.putIfAbsent(id, new NodePlaces(limit));
            if (known != null) {
                known.setLimit(limit);
            }
        });
    }

    /** Returns the number of requests that wait for a place at a node. */
    public int waiting(Node node) {
        NodePlaces atNode = places(node);
        return atNode == null ? 0 : atNode.waiting();
    }

    /** Returns the number of requests that are meant to wait for a node's answer, and do. */
    public int parkedPolls(Node node) {
        UpstreamPool pool = pools.get(node.url());
        return pool == null
                ? 0
                : pool.connections(connection -> connection.parkedAt(node)).size();
    }

    /** Sets who is told of requests that have ended. */
    public void setOutcomes(OutcomeListener outcomes) {
        this.outcomes = outcomes;
    }

    OutcomeListener outcomes() {
        return outcomes;
    }

    RetryBudget retries() {
        return retries;
    }

    NodeResolver resolver() {
        return resolver;
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

    /** Sets who is told how requests fare. */
    public void setObserver(NodeObserver observer) {
        this.observer = observer;
    }

    NodeObserver observer() {
        return observer;
    }

    /**
     * Answers the requests that wait for a node's answer as R10 says, drops the connections that are not in use, and leaves
     * responses that have begun alone.
     */
    public void closeWaiting(Node node) {
        evictQueue(node);
        UpstreamPool pool = pools.get(node.url());
        if (pool != null) {
            pool.closeIdle();
            pool.connections(connection -> connection.waitsFor(node)).forEach(UpstreamConnection::evict);
        }
    }

    private void evictQueue(Node node) {
        NodePlaces atNode = places(node);
        if (atNode != null) {
            atNode.evict();
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
        evictQueue(node);
        UpstreamPool pool = pools.get(node.url());
        if (pool == null) {
            return CompletableFuture.completedFuture(null);
        }
        pool.closeIdle();
        return PacedClose.start(
                connector.getScheduler(),
                pool.connections(connection -> connection.parkedAt(node)),
                UpstreamConnection::evict,
                perSecond);
    }

    /** Returns the number of connections to a node, idle and in use. */
    public int connections(Node node) {
        UpstreamPool pool = pools.get(node.url());
        return pool == null ? 0 : pool.size();
    }
}
