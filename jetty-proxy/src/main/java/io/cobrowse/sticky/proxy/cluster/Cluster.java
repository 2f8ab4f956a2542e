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
 * The nodes and their states. Applies the nodes of a configuration as one change; nodes that remain keep their states,
 * checks and counts. Thread-safe.
 */
public final class Cluster {
    private final Router router;
    private final RoutingAnswers answers;
    private final NodeStates states;
    // Guarded by this.
    /** Includes the nodes that were found last, if nodes are discovered. */
    private ProxyConfig config;

    private @Nullable NodeSource source;
    private @Nullable Upstreams upstreams;
    private @Nullable HealthChecks checks;

    /**
     * Creates a cluster that routes, but checks no node until it is {@linkplain #start started}.
     *
     * @throws IllegalArgumentException when there are no nodes, or two share an id or a cookie value
     */
    public Cluster(ProxyConfig config) {
        this.config = config;
        this.router = newRouter(config);
        this.answers = new RoutingAnswers(router, retryAfterSeconds(config.health()));
        this.states = new NodeStates(router);
    }

    /**
     * Returns a router for a configuration, with all nodes ready, or without nodes if they are discovered.
     *
     * @throws IllegalArgumentException when there are no nodes, or two share an id or a cookie value
     */
    public static Router newRouter(ProxyConfig config) {
        NodeTable table = config.discovery() == null ? NodeTable.of(ConfiguredNodes.of(config)) : NodeTable.EMPTY;
        return new Router(config.stickiness(), config.balance(), table);
    }

    /** Returns the shortest time that checks need to find a node up again. */
    private static int retryAfterSeconds(Health health) {
        long millis = health.interval().toMillis() * health.rise();
        return (int) Math.max(1, (millis + 999) / 1000);
    }

    /**
     * Starts the checks and the discovery of nodes. From now on, requests and tunnels are ended when their node goes
     * out of service. To be called before the first request arrives.
     *
     * @param client sends the checks; must be started, and must not follow redirects
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

    /** Starts the discovery of nodes, if it is configured. */
    private void find(@Nullable Discovery discovery) {
        if (discovery != null) {
            NodeSource looking = NodeSource.of(discovery);
            source = looking;
            looking.start(found -> found(looking, found));
        }
    }

    private synchronized void found(NodeSource by, List<FoundNode> found) {
        if (by != source) {
            return; // This source was closed meanwhile.
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

    /** Stops the checks and the discovery of nodes. States stay as they are. */
    public synchronized void stop() {
        stopFinding();
        HealthChecks started = checks;
        if (started != null) {
            started.stop();
        }
    }

    /**
     * Applies the nodes, limits, checks and stickiness of another configuration. If nodes are discovered, the known
     * ones stay until the source has found some.
     *
     * @throws IllegalArgumentException when there are no nodes, or two share an id or a cookie value; nothing changes
     *     then
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
