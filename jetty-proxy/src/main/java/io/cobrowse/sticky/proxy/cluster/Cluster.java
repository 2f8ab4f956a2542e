package io.cobrowse.sticky.proxy.cluster;

import io.cobrowse.sticky.filter.RoutingAnswers;
import io.cobrowse.sticky.proxy.cluster.discovery.FoundNode;
import io.cobrowse.sticky.proxy.cluster.discovery.NodeSource;
import io.cobrowse.sticky.proxy.config.Discovery;
import io.cobrowse.sticky.proxy.config.ProxyConfig;
import io.cobrowse.sticky.proxy.config.ProxyConfig.Health;
import io.cobrowse.sticky.proxy.config.ProxyConfig.NodeConfig;
import io.cobrowse.sticky.proxy.exchange.Exchanges;
import io.cobrowse.sticky.proxy.tunnel.Tunnels;
import io.cobrowse.sticky.proxy.upstream.Upstreams;
import io.cobrowse.sticky.routing.Node;
import io.cobrowse.sticky.routing.NodeTable;
import io.cobrowse.sticky.routing.Router;
import java.util.List;
import java.util.Objects;
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
    /** With the nodes that were found last, where they are found. */
    private ProxyConfig config;

    private @Nullable NodeSource source;
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
     * Returns a router for a configuration, with all nodes ready, and no node where they are found.
     *
     * @throws IllegalArgumentException when the nodes are none, or two share an id or a cookie value
     */
    public static Router newRouter(ProxyConfig config) {
        NodeTable table = config.discovery() == null ? NodeTable.of(ConfiguredNodes.of(config)) : NodeTable.EMPTY;
        return new Router(config.stickiness(), config.balance(), table);
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
        find(config.discovery());
    }

    /** Begins to look for nodes, where they are found. */
    private void find(@Nullable Discovery discovery) {
        if (discovery != null) {
            NodeSource looking = NodeSource.of(discovery);
            source = looking;
            looking.start(found -> found(looking, found));
        }
    }

    private synchronized void found(NodeSource by, List<FoundNode> found) {
        if (by != source) {
            return; // It was closed meanwhile.
        }
        replaceNodes(config.withNodes(found.stream()
                .map(node -> new NodeConfig(node.id(), List.of(node.id()), node.url(), node.weight(), node.backup()))
                .toList()));
        for (FoundNode each : found) {
            Node node = router.table().node(each.id());
            if (node != null) {
                states.setLeaving(node, each.draining());
            }
        }
    }

    private void stopFinding() {
        NodeSource looking = source;
        source = null;
        if (looking != null) {
            looking.close();
        }
    }

    private synchronized int closePerSecond() {
        return config.tunnels().closePerSecond();
    }

    /** Stops the checks, and looking for nodes; states stay as they are. */
    public synchronized void stop() {
        stopFinding();
        HealthChecks started = checks;
        if (started != null) {
            started.stop();
        }
    }

    /**
     * Goes by the nodes, limits, checks and stickiness of another configuration from now on. Where its nodes are found, those that are
     * known stay until it has found some.
     *
     * @throws IllegalArgumentException when the nodes are none, or two share an id or a cookie value; nothing changes then
     */
    public synchronized void apply(ProxyConfig next) {
        Discovery discovery = next.discovery();
        boolean otherSource = !Objects.equals(discovery, config.discovery());
        replaceNodes(discovery == null ? next : next.withNodes(config.nodes()));
        answers.setRetryAfter(retryAfterSeconds(next.health()));
        if (otherSource && checks != null) {
            stopFinding();
            find(discovery);
        }
    }

    private void replaceNodes(ProxyConfig next) {
        states.replace(next.stickiness(), next.balance(), ConfiguredNodes.of(next));
        config = next;
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
