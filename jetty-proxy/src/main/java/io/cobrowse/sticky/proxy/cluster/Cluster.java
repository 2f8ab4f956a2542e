package io.cobrowse.sticky.proxy.cluster;

import io.cobrowse.sticky.filter.RoutingAnswers;
import io.cobrowse.sticky.proxy.config.ProxyConfig;
import io.cobrowse.sticky.proxy.config.ProxyConfig.Health;
import io.cobrowse.sticky.proxy.exchange.Exchanges;
import io.cobrowse.sticky.proxy.tunnel.Tunnels;
import io.cobrowse.sticky.proxy.upstream.Upstreams;
import io.cobrowse.sticky.routing.Node;
import io.cobrowse.sticky.routing.NodeTable;
import io.cobrowse.sticky.routing.Router;
import org.eclipse.jetty.client.HttpClient;
import org.jspecify.annotations.Nullable;

/**
 * The nodes and their states: what a configuration says of them is applied as one change, by which nodes that stay keep their
 * states, checks and counts. Thread-safe.
 */
public final class Cluster {
    private final Router router;
    private final RoutingAnswers answers;
    private final NodeStates states;
    // Guarded by this.
    private ProxyConfig config;
    private @Nullable Upstreams upstreams;
    private @Nullable HealthChecks checks;

    /**
     * Makes a cluster that routes, but checks nothing before it is {@linkplain #start started}.
     *
     * @throws IllegalArgumentException when the nodes are none, or two share an id or a cookie value
     */
    public Cluster(ProxyConfig config) {
        this.config = config;
        this.router = newRouter(config);
        this.answers = new RoutingAnswers(router, retryAfterSeconds(config.health()));
        this.states = new NodeStates(router);
    }

    /**
     * Returns a router for a configuration, with all nodes ready.
     *
     * @throws IllegalArgumentException when the nodes are none, or two share an id or a cookie value
     */
    public static Router newRouter(ProxyConfig config) {
        return new Router(config.stickiness(), config.balance(), NodeTable.of(ConfiguredNodes.of(config)));
    }

    /**
     * Looks whether {@link #apply} would take a configuration.
     *
     * @throws IllegalArgumentException when the nodes are none, or two share an id or a cookie value
     */
    public static void check(ProxyConfig config) {
        NodeTable unused = NodeTable.of(ConfiguredNodes.of(config));
    }

    /** How long a node needs at the least to be seen up again. */
    private static int retryAfterSeconds(Health health) {
        long millis = health.interval().toMillis() * health.rise();
        return (int) Math.max(1, (millis + 999) / 1000);
    }

    /**
     * Starts the checks, and has what is under way at a node that is out of service ended; to be called before the first
     * request comes in.
     *
     * @param client sends the checks; has to be started, and not to follow redirects
     */
    public synchronized void start(HttpClient client, Upstreams newUpstreams, Tunnels tunnels, Exchanges exchanges) {
        upstreams = newUpstreams;
        Evictions evictions = new Evictions(router, newUpstreams, tunnels, node -> states.pace(node, closePerSecond()));
        states.onChange(node -> client.getExecutor().execute(() -> evictions.apply(node)));
        HealthChecks started = new HealthChecks(client, states, config.health());
        exchanges.setAttemptListener(started);
        exchanges.addListener(started);
        newUpstreams.setLimits(ConfiguredNodes.limits(config));
        started.start();
        checks = started;
    }

    private synchronized int closePerSecond() {
        return config.tunnels().closePerSecond();
    }

    /** Stops the checks; states stay as they are. */
    public synchronized void stop() {
        HealthChecks started = checks;
        if (started != null) {
            started.stop();
        }
    }

    /**
     * Goes by the nodes, limits, checks and stickiness of another configuration from now on.
     *
     * @throws IllegalArgumentException when the nodes are none, or two share an id or a cookie value; nothing changes then
     */
    public synchronized void apply(ProxyConfig next) {
        states.replace(next.stickiness(), next.balance(), ConfiguredNodes.of(next));
        config = next;
        answers.setRetryAfter(retryAfterSeconds(next.health()));
        if (upstreams != null) {
            upstreams.setLimits(ConfiguredNodes.limits(next));
        }
        if (checks != null) {
            checks.update(next.health());
        }
    }

    /** Returns the number of requests that wait for a place at a node. */
    public synchronized int waiting(Node node) {
        return upstreams == null ? 0 : upstreams.waiting(node);
    }

    public Router router() {
        return router;
    }

    public RoutingAnswers answers() {
        return answers;
    }

    public NodeStates states() {
        return states;
    }
}
