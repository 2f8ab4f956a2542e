package io.cobrowse.sticky.proxy.cluster;

import io.cobrowse.sticky.proxy.config.ProxyConfig.Health;
import io.cobrowse.sticky.proxy.exchange.NodeObserver;
import io.cobrowse.sticky.routing.Node;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.eclipse.jetty.client.HttpClient;
import org.eclipse.jetty.http.HttpStatus;
import org.jspecify.annotations.Nullable;

/**
 * Checks every node of a router: a {@code GET} of the health path over a connection of its own, at once and then at an
 * interval. The nodes are checked independently, so that one that hangs delays no other.
 *
 * <p>Requests that fail count too, {@link #failed} says how. Thread-safe; never blocks.
 */
public final class HealthChecks implements NodeObserver {
    private final HttpClient client;
    private final NodeStates states;
    private volatile Health health;
    private final Map<String, NodeCheck> checks = new ConcurrentHashMap<>();
    private boolean running;

    /**
     * Makes the checks, which are not started.
     *
     * @param client sends the checks; has to be started, and not to follow redirects
     */
    public HealthChecks(HttpClient client, NodeStates states, Health health) {
        this.client = client;
        this.states = states;
        this.health = health;
        states.setSlowStart(new SlowStart(client.getScheduler(), states, () -> this.health.slowStart()));
    }

    /** Returns the settings that checks go by now. */
    Health health() {
        return health;
    }

    /** Starts checking the nodes of the router. */
    public synchronized void start() {
        running = true;
        update(health);
    }

    /** Stops checking; what checks have found so far stays. */
    public synchronized void stop() {
        running = false;
        checks.values().forEach(NodeCheck::stop);
        checks.clear();
    }

    /** Goes by these settings and the nodes of the router as they are now; nodes that stay keep what checks have found. */
    public synchronized void update(Health newHealth) {
        boolean changed = !newHealth.equals(health);
        health = newHealth;
        if (!running) {
            return;
        }
        List<Node> nodes = states.router().table().nodes();
        Map<String, NodeCheck> gone = new HashMap<>(checks);
        for (Node node : nodes) {
            NodeCheck known = gone.get(node.id());
            if (known != null && known.node().sameAs(node)) {
                gone.remove(node.id());
            }
        }
        gone.forEach((id, check) -> {
            checks.remove(id);
            check.stop();
        });
        for (Node node : nodes) {
            NodeCheck known = checks.get(node.id());
            if (known == null) {
                NodeCheck check = new NodeCheck(client, states, this, node);
                checks.put(node.id(), check);
                check.start();
            } else if (changed) {
                known.reschedule();
            }
        }
    }

    /**
     * Counts as one failed check and has the next one begin at once, if none is under way, and at most ten a second.
     */
    @Override
    public void failed(Node node, Throwable cause) {
        NodeCheck check = check(node);
        if (check != null) {
            check.requestFailed(cause);
        }
    }

    /** Where {@code observe} says so, errors in a row count as one failed check. */
    @Override
    public void answered(Node node, int status) {
        if (health.observe() > 0) {
            observed(node, status >= HttpStatus.INTERNAL_SERVER_ERROR_500);
        }
    }

    /** Where {@code observe} says so, errors in a row count as one failed check. */
    @Override
    public void timedOut(Node node) {
        if (health.observe() > 0) {
            observed(node, true);
        }
    }

    private void observed(Node node, boolean error) {
        NodeCheck check = check(node);
        if (check != null) {
            check.observed(error);
        }
    }

    private @Nullable NodeCheck check(Node node) {
        NodeCheck check = checks.get(node.id());
        return check != null && check.node().sameAs(node) ? check : null;
    }
}
