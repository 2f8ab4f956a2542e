package io.cobrowse.sticky.proxy.tunnel;

import io.cobrowse.sticky.proxy.io.PacedClose;
import io.cobrowse.sticky.routing.Node;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.eclipse.jetty.io.ByteBufferPool;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.util.component.AbstractLifeCycle;
import org.eclipse.jetty.util.thread.Scheduler;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * All open tunnels. Closes those that are quiet for too long, and on demand those of a node or all of them, at a
 * pace, so that the clients do not all reconnect at once. Thread-safe.
 */
public final class Tunnels extends AbstractLifeCycle {
    private static final Logger LOG = LoggerFactory.getLogger(Tunnels.class);
    private static final long MAX_SWEEP_MILLIS = 1_000;

    private final Scheduler scheduler;
    private final Executor executor;
    private final ByteBufferPool buffers;
    private volatile long idleNanos;
    /** The open tunnels, each with the action for its close. */
    private final Map<Tunnel, Consumer<Tunnel>> open = new ConcurrentHashMap<>();

    private Scheduler.@Nullable Task sweep;

    public Tunnels(Scheduler scheduler, Executor executor, ByteBufferPool buffers, Duration idle) {
        this.scheduler = scheduler;
        this.executor = executor;
        this.buffers = buffers;
        this.idleNanos = idle.toNanos();
    }

    /** Sets the time without a byte after which a tunnel is closed. */
    public void setIdle(Duration idle) {
        idleNanos = idle.toNanos();
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
        open.keySet().forEach(Tunnel::close);
    }

    private void scheduleSweep() {
        long millis = Math.max(1, Math.min(MAX_SWEEP_MILLIS, TimeUnit.NANOSECONDS.toMillis(idleNanos) / 10));
        sweep = scheduler.schedule(this::sweep, millis, TimeUnit.MILLISECONDS);
    }

    private void sweep() {
        try {
            long limit = System.nanoTime() - idleNanos;
            for (Tunnel tunnel : open.keySet()) {
                if (tunnel.idleSince(limit)) {
                    tunnel.close();
                }
            }
        } catch (RuntimeException failure) {
            LOG.error("Closing idle tunnels failed", failure);
        } finally {
            if (isRunning() || isStarting()) {
                scheduleSweep();
            }
        }
    }

    /**
     * Creates a tunnel between a client and its node, and counts it.
     *
     * @param onClose called once, when the tunnel is closed
     */
    public Tunnel open(Node node, EndPoint client, EndPoint upstream, Consumer<Tunnel> onClose) {
        Tunnel tunnel = new Tunnel(this, node, client, upstream, executor, buffers);
        node.beginTunnel();
        open.put(tunnel, onClose);
        return tunnel;
    }

    void closed(Tunnel tunnel) {
        Consumer<Tunnel> onClose = open.remove(tunnel);
        if (onClose != null) {
            tunnel.node().endTunnel();
            onClose.accept(tunnel);
        }
    }

    /** Returns the number of open tunnels. */
    public int count() {
        return open.size();
    }

    /** Closes the open tunnels of a node at once. */
    public void close(Node node) {
        of(node).forEach(Tunnel::close);
    }

    /**
     * Closes the open tunnels of a node.
     *
     * @param perSecond how many a second, at least 1
     * @return completes when the last one is closed; cancel it to leave the rest open
     */
    public CompletableFuture<Void> close(Node node, int perSecond) {
        return PacedClose.start(scheduler, of(node), Tunnel::close, perSecond);
    }

    /**
     * Closes all open tunnels.
     *
     * @param perSecond how many a second, at least 1
     * @return completes when the last one is closed; cancel it to leave the rest open
     */
    public CompletableFuture<Void> closeAll(int perSecond) {
        return PacedClose.start(scheduler, List.copyOf(open.keySet()), Tunnel::close, perSecond);
    }

    /**
     * Returns the tunnels of a node, identified by id and URL, since a new snapshot may have another object for the
     * same node.
     */
    public List<Tunnel> of(Node node) {
        return open.keySet().stream()
                .filter(tunnel -> tunnel.node().sameAs(node))
                .toList();
    }
}
