package io.cobrowse.sticky.proxy.cluster;

import io.cobrowse.sticky.proxy.io.PacedClose;
import io.cobrowse.sticky.proxy.tunnel.Tunnel;
import io.cobrowse.sticky.proxy.tunnel.Tunnels;
import io.cobrowse.sticky.proxy.upstream.Upstreams;
import io.cobrowse.sticky.routing.Node;
import io.cobrowse.sticky.routing.NodeState;
import io.cobrowse.sticky.routing.NodeTable;
import io.cobrowse.sticky.routing.Router;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.ToIntFunction;
import org.jspecify.annotations.Nullable;

/**
 * Ends requests and tunnels at a node that is out of service: waiting requests are answered, and tunnels are closed.
 * When the node is down, all end at once. When it is in maintenance, polls and tunnels together end at a limited pace,
 * so that their clients do not all return at once. Thread-safe.
 */
public final class Evictions {
    private final Router router;
    private final Upstreams upstreams;
    private final Tunnels tunnels;
    private final ToIntFunction<Node> perSecond;
    /** The evictions in progress at nodes in maintenance, by id. Guarded by this. */
    private final Map<String, Paced> paced = new HashMap<>();

    private record Paced(int perSecond, CompletableFuture<Void> done) {}

    /**
     * Creates the evictions.
     *
     * @param perSecond how many polls and tunnels, together, of a node in maintenance are ended a second; at least 1
     */
    public Evictions(Router router, Upstreams upstreams, Tunnels tunnels, ToIntFunction<Node> perSecond) {
        this.router = router;
        this.upstreams = upstreams;
        this.tunnels = tunnels;
        this.perSecond = perSecond;
    }

    /** Does what the current state of the node requires, and stops what a previous state required. */
    public synchronized void apply(Node node) {
        NodeTable table = router.table();
        Node now = table.node(node.id());
        NodeState state = now == null || !now.url().equals(node.url()) ? NodeState.READY : table.state(now);
        Paced current = paced.get(node.id());
        if (state == NodeState.MAINT) {
            int pace = perSecond.applyAsInt(node);
            if (current == null || current.done.isDone() || current.perSecond != pace) {
                stop(current);
                paced.put(node.id(), new Paced(pace, endPollsAndTunnels(node, pace)));
            }
            return;
        }
        stop(current);
        paced.remove(node.id());
        if (state == NodeState.DOWN) {
            upstreams.closeWaiting(node);
            tunnels.close(node);
        }
    }

    private static void stop(@Nullable Paced current) {
        if (current != null) {
            current.done.cancel(false);
        }
    }

    private CompletableFuture<Void> endPollsAndTunnels(Node node, int pace) {
        CompletableFuture<Void> done = new CompletableFuture<>();
        CompletableFuture<Void> unused = upstreams
                .leaveParked(node)
                .thenAccept(polls -> PacedClose.start(
                        upstreams.scheduler(), inTurn(polls, tunnels.of(node)), Runnable::run, pace, done));
        return done;
    }

    /** Alternates between polls and tunnels, so that neither wait for all of the other. */
    private static List<Runnable> inTurn(List<Runnable> polls, List<Tunnel> tunnels) {
        List<Runnable> ends = new ArrayList<>();
        for (int i = 0; i < Math.max(polls.size(), tunnels.size()); i++) {
            if (i < polls.size()) {
                ends.add(polls.get(i));
            }
            if (i < tunnels.size()) {
                ends.add(tunnels.get(i)::close);
            }
        }
        return ends;
    }
}
