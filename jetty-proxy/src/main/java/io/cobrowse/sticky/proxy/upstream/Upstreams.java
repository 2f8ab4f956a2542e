package io.cobrowse.sticky.proxy.upstream;

import io.cobrowse.sticky.proxy.config.ProxyConfig.Limit;
import io.cobrowse.sticky.proxy.config.ProxyConfig.Timeouts;
import io.cobrowse.sticky.proxy.io.EventLoop;
import io.cobrowse.sticky.routing.Node;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.eclipse.jetty.io.ByteBufferPool;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.util.thread.Scheduler;
import org.jspecify.annotations.Nullable;

/**
 * The connections to all nodes: one {@linkplain LoopUpstreams part} per event loop, and what the loops share.
 * Thread-safe: calls that concern a loop's part are posted to that loop.
 */
public final class Upstreams {
    /** Most connections to one node. */
    static final int MAX_CONNECTIONS = 32_768;
    /** Most bytes of a response's head: its fields may total 32 KiB. */
    static final int MAX_HEAD_BYTES = 36 * 1024;

    /** Below the 30 s after which a Jetty, and so a Co-browse node, closes an idle connection itself. */
    static final long MAX_IDLE_NANOS = TimeUnit.SECONDS.toNanos(15);

    /** Longer than getting a connection may take. */
    static final long FORGET_NANOS = TimeUnit.MINUTES.toNanos(5);

    private final UpstreamConnector connector;
    private final NodeResolver resolver;
    private final int maxConnections;
    private final Predicate<URI> current;
    private final RetryBudget retries = new RetryBudget(System.nanoTime());
    private final Map<EventLoop, LoopUpstreams> loops = new ConcurrentHashMap<>();
    private final Map<URI, AtomicInteger> counts = new ConcurrentHashMap<>();
    private final Map<String, NodePlaces> places = new ConcurrentHashMap<>();
    private volatile long responseNanos;
    private volatile long idleNanos;

    /**
     * Creates the connections; the caller starts and stops the connector.
     *
     * @param resolver resolves the host names of nodes
     * @param current whether there is a node at a URL now; connections to other URLs are dropped once they are unused
     * @param timeouts how long a node may stay silent, and how long a client may send or read nothing while the
     *     exchange waits for it
     */
    public Upstreams(UpstreamConnector connector, NodeResolver resolver, Predicate<URI> current, Timeouts timeouts) {
        this(connector, resolver, current, timeouts, MAX_CONNECTIONS);
    }

    /** For tests, which cannot open {@value #MAX_CONNECTIONS} connections. */
    Upstreams(
            UpstreamConnector connector,
            NodeResolver resolver,
            Predicate<URI> current,
            Timeouts timeouts,
            int maxConnections) {
        this.maxConnections = maxConnections;
        this.connector = connector;
        this.resolver = resolver;
        this.current = current;
        setTimeouts(timeouts);
    }

    /** Sets the time-outs; exchanges that already wait keep their deadlines. */
    public void setTimeouts(Timeouts timeouts) {
        responseNanos = timeouts.response().toNanos();
        idleNanos = timeouts.idle().toNanos();
    }

    /** Returns the deadline of a node that is silent from now on, in nanoseconds; never 0. */
    public long responseDeadline() {
        return (System.nanoTime() + responseNanos) | 1;
    }

    /** Returns the deadline of a client that stalls from now on, in nanoseconds; never 0. */
    public long clientDeadline() {
        return (System.nanoTime() + idleNanos) | 1;
    }

    /**
     * Returns the loop that serves a client's request: that of its connection, or one of ours if the connection has
     * none.
     */
    public EventLoop loop(EndPoint client) {
        EventLoop own = EventLoop.of(client);
        return own != null ? own : connector.chooseLoop();
    }

    /** Returns the connections for the requests of a loop. */
    public Connections of(EventLoop loop) {
        LoopUpstreams known = loops.get(loop);
        if (known != null) {
            return known;
        }
        loops.keySet().removeIf(each -> !each.isRunning());
        LoopUpstreams created = new LoopUpstreams(this, loop);
        LoopUpstreams before = loops.putIfAbsent(loop, created);
        if (before != null) {
            return before;
        }
        loop.watch(created);
        return created;
    }

    /** Does the work that is due and concerns no loop in particular. */
    void tick(long nowNanos) {
        retries.tick(nowNanos);
        if (!places.isEmpty()) {
            places.values().forEach(each -> each.tick(nowNanos));
        }
    }

    /** Returns how many connections all loops together may have to one node. */
    int maxConnections() {
        return maxConnections;
    }

    boolean isCurrent(URI url) {
        return current.test(url);
    }

    AtomicInteger count(URI url) {
        return counts.computeIfAbsent(url, unknown -> new AtomicInteger());
    }

    /** Closes an idle connection of another loop to a node, and reports on {@code asking} whether there was one. */
    void closeIdleElsewhere(URI url, EventLoop asking, Consumer<Boolean> answer) {
        closeIdle(url, List.copyOf(loops.values()).iterator(), asking, answer);
    }

    private static void closeIdle(URI url, Iterator<LoopUpstreams> left, EventLoop asking, Consumer<Boolean> answer) {
        if (!left.hasNext()) {
            asking.execute(() -> answer.accept(false));
            return;
        }
        LoopUpstreams next = left.next();
        next.loop().run(() -> {
            ConnectionPool pool = next.known(url);
            if (pool != null && pool.closeOneIdle()) {
                asking.execute(() -> answer.accept(true));
            } else {
                closeIdle(url, left, asking, answer);
            }
        });
    }

    /** Returns the places at a node; null if it has no limit. */
    public @Nullable NodePlaces places(Node node) {
        return places.isEmpty() ? null : places.get(node.id());
    }

    /** Sets the limits of nodes (max-active), by id; nodes that are left out have no limit. */
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

    /** Returns the number of polls parked at a node; asks the loops, and waits for their answers. */
    public int parkedPolls(Node node) {
        int parked = 0;
        for (LoopUpstreams each : loops.values()) {
            if (each.loop().isRunning()) {
                AtomicInteger found = new AtomicInteger();
                each.loop().runAndWait(() -> found.set(each.parked(node)));
                parked += found.get();
            }
        }
        return parked;
    }

    /** Returns the number of connections to a node, idle and in use. */
    public int connections(Node node) {
        AtomicInteger count = counts.get(node.url());
        return count == null ? 0 : count.get();
    }

    public RetryBudget retries() {
        return retries;
    }

    NodeResolver resolver() {
        return resolver;
    }

    UpstreamConnector connector() {
        return connector;
    }

    public ByteBufferPool buffers() {
        return connector.getByteBufferPool();
    }

    /**
     * Answers the requests that wait for a node's answer as R10 says, and closes the connections that are not in use;
     * responses that have begun continue.
     */
    public void closeWaiting(Node node) {
        evictQueue(node);
        for (LoopUpstreams each : loops.values()) {
            each.loop()
                    .execute(() -> each.closeIdle(node).stream()
                            .filter(Requester::isWaiting)
                            .forEach(Requester::evict));
        }
    }

    private void evictQueue(Node node) {
        NodePlaces atNode = places(node);
        if (atNode != null) {
            atNode.evict();
        }
    }

    /**
     * Like {@link #closeWaiting}, but leaves requests that have a connection alone. Most will end by themselves;
     * those that are meant to wait for long, such as CometD's polls, are returned to the caller, who may end them at
     * a pace.
     *
     * @return what ends each of them
     */
    public CompletableFuture<List<Runnable>> leaveParked(Node node) {
        evictQueue(node);
        List<CompletableFuture<List<Requester>>> found = new ArrayList<>();
        for (LoopUpstreams each : loops.values()) {
            CompletableFuture<List<Requester>> parked = new CompletableFuture<>();
            found.add(parked);
            each.loop()
                    .execute(() -> parked.complete(each.closeIdle(node).stream()
                            .filter(Requester::isParked)
                            .toList()));
        }
        return CompletableFuture.allOf(found.toArray(CompletableFuture[]::new))
                .thenApply(all -> found.stream()
                        .flatMap(each -> each.join().stream())
                        .<Runnable>map(requester -> () -> evictParked(requester))
                        .toList());
    }

    /** Returns the scheduler for ending requests at a pace. */
    public Scheduler scheduler() {
        return connector.getScheduler();
    }

    /** Ends a parked request, unless it has been answered before its turn. */
    private static void evictParked(Requester requester) {
        requester.loop().execute(() -> {
            if (requester.isParked()) {
                requester.evict();
            }
        });
    }
}
