package io.cobrowse.sticky.proxy.cluster;

import io.cobrowse.sticky.proxy.config.ProxyConfig.Health;
import io.cobrowse.sticky.proxy.exchange.AttemptListener;
import io.cobrowse.sticky.proxy.exchange.Outcome;
import io.cobrowse.sticky.proxy.exchange.OutcomeListener;
import io.cobrowse.sticky.routing.Node;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.eclipse.jetty.client.HttpClient;
import org.eclipse.jetty.http.HttpStatus;
import org.jspecify.annotations.Nullable;

/**
 * Checks every node of a router with a {@code GET} of the health path on a connection of its own, first at once and
 * then at an interval. Each node is checked independently, so a node that hangs delays no other check.
 *
 * <p>Failed requests count too; see {@link #failed}. Thread-safe; never blocks.
 */
public final class HealthChecks implements AttemptListener, OutcomeListener {
    private final HttpClient client;
    private final NodeStates states;
    private volatile Health health;
    private final Map<String, NodeCheck> checks = new ConcurrentHashMap<>();
    private boolean running;

    /**
     * Creates the checks, which are not started.
     *
     * @param client sends the checks; must be started, and must not follow redirects
     */
    public HealthChecks(HttpClient client, NodeStates states, Health health) {
        this.client = client;
        this.states = states;
        this.health = health;
        states.setSlowStart(new SlowStart(client.getScheduler(), states, () -> this.health.slowStart()));
    }

    /** Returns the current settings. */
    Health health() {
        return health;
    }

    /** Starts checking the nodes of the router. */
    public synchronized void start() {
        running = true;
        update(health);
    }

    /** Stops checking. What checks have found so far stays. */
    public synchronized void stop() {
        running = false;
        checks.values().forEach(NodeCheck::stop);
        checks.clear();
    }

    /** Applies these settings and the current nodes of the router; nodes that remain keep what checks have found. */
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

    /** Counts a failed check, and starts the next check at once unless one is in progress; at most ten a second. */
    @Override
    public void failed(Node node, Throwable cause) {
        NodeCheck check = check(node);
        if (check != null) {
            check.requestFailed(cause);
        }
    }

    /**
     * Counts a failed check after {@code observe} errors in a row, unless that is 0. Errors are 5xx responses and
     * time-outs.
     */
    @Override
    public void ended(Outcome outcome) {
        if (health.observe() == 0 || outcome.route() == null) {
            return;
        }
        Node node = outcome.route().node();
        if (node != null && outcome.answerFields() != null) {
            observed(node, outcome.status() >= HttpStatus.INTERNAL_SERVER_ERROR_500);
        } else if (node != null && outcome.end() == Outcome.End.UPSTREAM_TIMEOUT) {
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
