package io.cobrowse.sticky.proxy.upstream;

import io.cobrowse.sticky.proxy.io.EventLoop;
import io.cobrowse.sticky.proxy.io.KnownFields;
import io.cobrowse.sticky.routing.Node;
import java.net.URI;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The connections of one loop, to all nodes. Belongs to its loop. */
final class LoopUpstreams implements Connections, EventLoop.Ticking {
    private final Upstreams upstreams;
    private final EventLoop loop;
    private final InputBuffers inputs;
    private final KnownFields knownFields = new KnownFields();
    private final Map<URI, ConnectionPool> pools = new HashMap<>();

    LoopUpstreams(Upstreams upstreams, EventLoop loop) {
        this.upstreams = upstreams;
        this.loop = loop;
        this.inputs = new InputBuffers(upstreams.buffers());
    }

    EventLoop loop() {
        return loop;
    }

    @Override
    public void acquire(Requester requester) {
        pool(requester.node()).acquire(requester);
    }

    @Override
    public void connect(Requester requester) {
        pool(requester.node()).connect(requester);
    }

    private ConnectionPool pool(Node node) {
        assert loop.isCurrent();
        URI url = node.url();
        ConnectionPool pool = pools.get(url);
        if (pool == null) {
            pool = new ConnectionPool(upstreams, loop, inputs, knownFields, url);
            pools.put(url, pool);
        }
        return pool;
    }

    @Nullable
    ConnectionPool known(URI url) {
        return pools.get(url);
    }

    @Override
    public void tick(long nowNanos) {
        upstreams.tick(nowNanos);
        // A copy, since a tick may send requests to other nodes.
        List.copyOf(pools.values()).forEach(pool -> pool.tick(nowNanos));
        pools.entrySet()
                .removeIf(entry -> entry.getValue().isForgotten(nowNanos) && !upstreams.isCurrent(entry.getKey()));
    }

    /** Returns the number of requests that are parked at a node. */
    int parked(Node node) {
        ConnectionPool pool = known(node.url());
        int parked = 0;
        if (pool != null) {
            for (Requester requester : pool.requesters()) {
                parked += requester.isParked() && requester.node().sameAs(node) ? 1 : 0;
            }
        }
        return parked;
    }

    /** Closes the idle connections to a node; returns the requesters of the others. */
    List<Requester> closeIdle(Node node) {
        ConnectionPool pool = known(node.url());
        if (pool == null) {
            return List.of();
        }
        pool.closeIdle();
        return pool.requesters().stream()
                .filter(requester -> requester.node().sameAs(node))
                .toList();
    }
}
