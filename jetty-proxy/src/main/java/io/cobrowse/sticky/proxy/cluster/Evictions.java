package io.cobrowse.sticky.proxy.cluster;

import io.cobrowse.sticky.proxy.tunnel.Tunnels;
import io.cobrowse.sticky.proxy.upstream.Upstreams;
import io.cobrowse.sticky.routing.Node;
import io.cobrowse.sticky.routing.NodeState;
import io.cobrowse.sticky.routing.NodeTable;
import io.cobrowse.sticky.routing.Router;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.ToIntFunction;

/**
 * Ends what is under way at a node that is out of service: requests that wait for its answer are answered, and its tunnels
 * are closed; all at once when it is down, and at a pace when it is in maintenance, so that the clients that come back do
 * not all come at once. Thread-safe.
 */
public final class Evictions {
    private final Router router;
    private final Upstreams upstreams;
    private final Tunnels tunnels;
    private final ToIntFunction<Node> perSecond;
    /** What is going on at nodes in maintenance, by id. Guarded by this. */
    private final Map<String, Paced> paced = new HashMap<>();

    private record Paced(CompletableFuture<Void> requests, CompletableFuture<Void> tunnels) {
        boolean isDone() {
            return requests.isDone() && tunnels.isDone();
        }

        void cancel() {
            requests.cancel(false);
            tunnels.cancel(false);
        }
    }

    /**
     * @param perSecond how many tunnels, and as many requests, of a node in maintenance are ended a second, at least 1
     */
    public Evictions(Router router, Upstreams upstreams, Tunnels tunnels, ToIntFunction<Node> perSecond) {
        this.router = router;
        this.upstreams = upstreams;
        this.tunnels = tunnels;
        this.perSecond = perSecond;
    }

    /** Does what the node's state now asks for; what is going on for a state that is over stops. */
    public synchronized void apply(Node node) {
        NodeTable table = router.table();
        Node now = table.node(node.id());
        NodeState state = now == null || !now.url().equals(node.url()) ? NodeState.READY : table.state(now);
        Paced current = paced.get(node.id());
        if (state == NodeState.MAINT) {
            if (current == null || current.isDone()) {
                int pace = perSecond.applyAsInt(node);
                paced.put(node.id(), new Paced(upstreams.closeParked(node, pace), tunnels.close(node, pace)));
            }
            return;
        }
        if (current != null) {
            current.cancel();
            paced.remove(node.id());
        }
        if (state == NodeState.DOWN) {
            upstreams.closeWaiting(node);
            tunnels.close(node);
        }
    }
}
