package io.cobrowse.node.chaos;

import static org.awaitility.Awaitility.await;

import io.cobrowse.sticky.proxy.StickyProxyServer;
import io.cobrowse.sticky.proxy.StickyProxyServerBuilder;
import io.cobrowse.sticky.proxy.config.Limits;
import io.cobrowse.sticky.proxy.config.ProxyConfig;
import io.cobrowse.sticky.proxy.config.ProxyConfig.Address;
import io.cobrowse.sticky.proxy.config.ProxyConfig.Health;
import io.cobrowse.sticky.proxy.config.ProxyConfig.Listener;
import io.cobrowse.sticky.proxy.config.ProxyConfig.NodeConfig;
import io.cobrowse.sticky.proxy.config.ProxyConfig.Timeouts;
import io.cobrowse.sticky.routing.Node;
import io.cobrowse.sticky.routing.NodeState;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** Three reference nodes and a bad one, which is a backup, each in a process of its own, behind a proxy. */
final class ChaosCluster implements AutoCloseable {
    static final int NODES = 3;
    static final String BAD = "bad";
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final Map<String, NodeProcess> nodes = new LinkedHashMap<>();
    private final NodeConfig bad;
    private final StickyProxyServer proxy;

    private ChaosCluster(Health health) throws IOException {
        List<Integer> ports = NodeProcess.freePorts(NODES + 1);
        List<String> urls =
                ports.stream().map(port -> "http://127.0.0.1:" + port).toList();
        bad = new NodeConfig(BAD, List.of(BAD), URI.create(urls.get(NODES)), 1, true);
        Timeouts defaults = Timeouts.DEFAULTS;
        StickyProxyServerBuilder builder = StickyProxyServer.builder()
                .listen(new Listener("public", new Address("127.0.0.1", 0), null, List.of(), List.of())
                        .withLimits(Limits.DEFAULTS.withConnectionsPerClient(0)))
                .admin("127.0.0.1", 0)
                .health(health)
                .timeouts(new Timeouts(
                        defaults.connect(),
                        defaults.response(),
                        defaults.idle(),
                        defaults.tunnelIdle(),
                        Duration.ofSeconds(1)));
        for (int i = 1; i <= NODES; i++) {
            builder.node("" + i, name(i), urls.get(i - 1));
        }
        proxy = builder.node(bad).build().start();
        for (int i = 1; i <= NODES; i++) {
            String url = urls.get(i - 1);
            List<String> peers = urls.subList(0, NODES).stream()
                    .filter(other -> !other.equals(url))
                    .toList();
            URI serverUrl = URI.create(uri() + "?co-browse-node-id=" + i);
            nodes.put(
                    name(i),
                    NodeProcess.cobrowse(name(i), ports.get(i - 1), serverUrl, peers)
                            .start());
        }
        nodes.put(BAD, NodeProcess.bad(ports.get(NODES)).start());
    }

    /** Starts a cluster and waits until all nodes are checked and up. */
    static ChaosCluster start(Health health) throws IOException {
        ChaosCluster cluster = new ChaosCluster(health);
        try {
            cluster.names().forEach(cluster::awaitUp);
            return cluster;
        } catch (RuntimeException late) {
            cluster.close();
            throw late;
        }
    }

    static String name(int number) {
        return "node-" + number;
    }

    List<String> names() {
        return List.copyOf(nodes.keySet());
    }

    /** Returns the names of the nodes that get new sessions. */
    List<String> good() {
        return names().subList(0, NODES);
    }

    URI uri() {
        return proxy.uri("public");
    }

    StickyProxyServer proxy() {
        return proxy;
    }

    NodeProcess process(String name) {
        return nodes.get(name);
    }

    /** Returns a node as the proxy sees it. */
    Node node(String name) {
        return proxy.router().table().nodes().stream()
                .filter(node -> node.cookies().contains(name))
                .findFirst()
                .orElseThrow();
    }

    NodeState state(String name) {
        return proxy.router().table().state(node(name));
    }

    void awaitState(String name, NodeState state) {
        await().atMost(PATIENCE).pollInterval(Duration.ofMillis(5)).until(() -> state(name) == state);
    }

    /** Waits until a check has passed and the node is ready. */
    void awaitUp(String name) {
        await().atMost(PATIENCE)
                .until(() -> state(name) == NodeState.READY
                        && proxy.states().status(node(name)).counts().passedChecks() > 0);
    }

    /** Reloads the proxy, with the bad node or without it. */
    void reload(boolean withBad) {
        ProxyConfig now = proxy.config();
        Stream<NodeConfig> others =
                now.nodes().stream().filter(node -> !node.id().equals(BAD));
        List<NodeConfig> next = new ArrayList<>(others.toList());
        if (withBad) {
            next.add(bad);
        }
        List<String> later = proxy.reload(now.withNodes(next));
        if (!later.isEmpty()) {
            throw new IllegalStateException("not reloaded: " + later);
        }
    }

    @Override
    public void close() {
        proxy.close();
        nodes.values().forEach(NodeProcess::close);
    }
}
