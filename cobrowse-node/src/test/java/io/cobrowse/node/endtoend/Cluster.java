package io.cobrowse.node.endtoend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.cobrowse.node.CobrowseNode;
import io.cobrowse.node.NodeStats;
import io.cobrowse.sticky.proxy.StickyProxyServer;
import io.cobrowse.sticky.proxy.StickyProxyServerBuilder;
import io.cobrowse.sticky.proxy.config.Limits;
import io.cobrowse.sticky.proxy.config.ProxyConfig.Address;
import io.cobrowse.sticky.proxy.config.ProxyConfig.Health;
import io.cobrowse.sticky.proxy.config.ProxyConfig.Listener;
import io.cobrowse.sticky.proxy.config.ProxyConfig.Timeouts;
import io.cobrowse.sticky.routing.Node;
import io.cobrowse.sticky.routing.RoutingCounters;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.ToLongFunction;
import java.util.function.UnaryOperator;

/**
 * Three reference nodes behind a proxy, on free ports. Node {@code i} has the name {@code node-i} and the URL id
 * {@code i}, as in the demo.
 */
final class Cluster implements AutoCloseable {
    static final int NODES = 3;

    private static final Listener LISTENER =
            new Listener("public", new Address("127.0.0.1", 0), null, List.of(), List.of());

    private final List<CobrowseNode> nodes = new ArrayList<>();
    private final StickyProxyServer proxy;

    private Cluster(Listener listener, UnaryOperator<CobrowseNode.Builder> nodeOptions, Function<CobrowseNode, URI> way)
            throws IOException {
        for (int i = 1; i <= NODES; i++) {
            nodes.add(nodeOptions
                    .apply(CobrowseNode.builder().name("node-" + i))
                    .build()
                    .start());
        }
        Timeouts defaults = Timeouts.DEFAULTS;
        StickyProxyServerBuilder builder = StickyProxyServer.builder()
                // All clients of a crowd come from one address here.
                .listen(listener.withLimits(Limits.DEFAULTS.withConnectionsPerClient(0)))
                .admin("127.0.0.1", 0)
                // A busy machine must not take a node out; what a lost node means is for other tests.
                .health(new Health(Health.DEFAULTS.path(), Duration.ofMinutes(5), Duration.ofMinutes(1), 2, 3))
                .timeouts(new Timeouts(
                        Duration.ofSeconds(10),
                        defaults.response(),
                        defaults.idle(),
                        defaults.tunnelIdle(),
                        Duration.ofSeconds(1)));
        for (int i = 1; i <= NODES; i++) {
            builder.node("" + i, "node-" + i, way.apply(nodes.get(i - 1)).toString());
        }
        proxy = builder.build().start();
        for (int i = 1; i <= NODES; i++) {
            CobrowseNode node = nodes.get(i - 1);
            node.setPeers(nodes.stream()
                    .filter(other -> other != node)
                    .map(CobrowseNode::uri)
                    .toList());
            node.setServerUrl(serverUrl(i));
        }
    }

    /** Returns the URL that names node {@code number}. */
    URI serverUrl(int number) {
        return URI.create(uri() + "?co-browse-node-id=" + number);
    }

    /** Starts a cluster whose proxy listens in clear text. */
    static Cluster start() throws IOException {
        return start(LISTENER);
    }

    /** Starts a cluster whose proxy listens like this; the listener is named {@code public}. */
    static Cluster start(Listener listener) throws IOException {
        return new Cluster(listener, UnaryOperator.identity(), CobrowseNode::uri);
    }

    /** Starts a cluster of such nodes; the proxy reaches each of them at the URL from {@code way}. */
    static Cluster start(UnaryOperator<CobrowseNode.Builder> nodeOptions, Function<CobrowseNode, URI> way)
            throws IOException {
        return new Cluster(LISTENER, nodeOptions, way);
    }

    /** Returns the proxy's URL for clients. */
    URI uri() {
        return proxy.uri("public");
    }

    StickyProxyServer proxy() {
        return proxy;
    }

    /** Stops a node for good. */
    void stop(String name) {
        nodes.stream().filter(node -> node.name().equals(name)).forEach(CobrowseNode::close);
    }

    List<String> names() {
        return nodes.stream().map(CobrowseNode::name).toList();
    }

    /** Returns a node as the proxy sees it. */
    Node target(String name) {
        return proxy.router().table().nodes().stream()
                .filter(node -> node.cookies().contains(name))
                .findFirst()
                .orElseThrow();
    }

    RoutingCounters counters() {
        return proxy.router().counters();
    }

    List<NodeStats> stats() {
        return nodes.stream().map(CobrowseNode::stats).toList();
    }

    long total(ToLongFunction<NodeStats> count) {
        return stats().stream().mapToLong(count).sum();
    }

    /** Asserts that no request and no CometD message has reached a node that it does not belong to. */
    void assertNothingStrayed() {
        assertNothingStrayed(node -> true);
    }

    /** Like the other method, for some of the nodes. */
    void assertNothingStrayed(Predicate<NodeStats> which) {
        assertThat(stats()).filteredOn(which).allSatisfy(node -> {
            assertThat(node.foreign()).as("foreign requests of %s", node.name()).isZero();
            assertThat(node.unknownClients402())
                    .as("unknown clients of %s", node.name())
                    .isZero();
        });
        RoutingCounters counters = counters();
        assertThat(List.of(counters.unknownIds(), counters.unknownCookies(), counters.nodeDown(), counters.noNode()))
                .as("unknown ids, unknown cookies, nodes down, no node")
                .containsOnly(0L);
    }

    /** Waits until no session is left on a node, and no request and no tunnel in the proxy. */
    void awaitNothingLeft() {
        await().atMost(Duration.ofSeconds(20)).untilAsserted(() -> {
            assertThat(total(NodeStats::sessions)).as("sessions").isZero();
            assertThat(total(NodeStats::customers) + total(NodeStats::agents))
                    .as("users")
                    .isZero();
            assertThat(proxy.inFlight()).as("requests in flight").isZero();
            assertThat(proxy.tunnels().count()).as("tunnels").isZero();
            assertThat(proxy.router().table().nodes())
                    .allSatisfy(node ->
                            assertThat(node.active()).as("active on %s", node).isZero());
        });
    }

    @Override
    public void close() {
        proxy.close();
        nodes.forEach(CobrowseNode::close);
    }
}
