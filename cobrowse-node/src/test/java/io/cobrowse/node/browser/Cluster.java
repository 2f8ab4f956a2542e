package io.cobrowse.node.browser;

import io.cobrowse.node.CobrowseNode;
import io.cobrowse.sticky.proxy.StickyProxyServer;
import io.cobrowse.sticky.proxy.StickyProxyServerBuilder;
import io.cobrowse.sticky.proxy.TestIdentity;
import io.cobrowse.sticky.proxy.config.ProxyConfig.Address;
import io.cobrowse.sticky.proxy.config.ProxyConfig.Listener;
import io.cobrowse.sticky.proxy.config.Tls;
import io.cobrowse.sticky.routing.SessionStart;
import io.cobrowse.sticky.routing.Stickiness;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.NoSuchElementException;
import org.jspecify.annotations.Nullable;

/**
 * Three nodes and, in front of them, the proxy in clear text and over TLS, and once more behind a gate that refuses
 * WebSockets.
 */
final class Cluster implements AutoCloseable {
    private static final int NODES = 3;

    private final List<CobrowseNode> nodes = new ArrayList<>();
    private final StickyProxyServer proxy;
    private final WebSocketGate gate;

    private Cluster(TestIdentity identity) throws Exception {
        for (int i = 1; i <= NODES; i++) {
            nodes.add(CobrowseNode.builder().name("node-" + i).build().start());
        }
        for (CobrowseNode node : nodes) {
            node.setPeers(nodes.stream()
                    .filter(peer -> peer != node)
                    .map(CobrowseNode::uri)
                    .toList());
        }
        Tls tls =
                new Tls(identity.certificate().toString(), identity.privateKey().toString());
        StickyProxyServerBuilder builder = StickyProxyServer.builder()
                .admin("127.0.0.1", 0)
                .listen(listener("http", null))
                .listen(listener("https", tls));
        for (CobrowseNode node : nodes) {
            builder.node(id(node), node.name(), node.uri().toString());
        }
        proxy = builder.build().start();
        gate = WebSocketGate.start(nodes, identity);
    }

    /** Stickiness with a Partitioned attribute for the expired cookie, for pages that contain the proxy in a frame. */
    static Stickiness partitioned(boolean exposeRoute) {
        return new Stickiness(
                "gcbSessionServer",
                "co-browse-node-id",
                null,
                false,
                Stickiness.OnNodeDown.NOTIFY,
                Stickiness.OnUnknownNode.REJECT,
                SessionStart.DEFAULTS,
                "/",
                null,
                "SameSite=None; Secure; Partitioned",
                exposeRoute);
    }

    static Cluster start(Path directory) throws Exception {
        return new Cluster(TestIdentity.create(directory));
    }

    private static Listener listener(String name, @Nullable Tls tls) {
        return new Listener(name, new Address("127.0.0.1", 0), tls, List.of(), List.of());
    }

    /** Returns the id by which a node's server URL names it. */
    static String id(CobrowseNode node) {
        return node.name().substring("node-".length());
    }

    /**
     * Returns the proxy's address, from which the nodes' server URLs are built from then on.
     *
     * @param scheme {@code http} or {@code https}
     */
    URI origin(String scheme, boolean webSocket) {
        URI origin = webSocket ? proxy.uri(scheme) : gate.uri(scheme);
        for (CobrowseNode node : nodes) {
            node.setServerUrl(URI.create(origin + "?co-browse-node-id=" + id(node)));
        }
        return origin;
    }

    List<CobrowseNode> nodes() {
        return nodes;
    }

    CobrowseNode node(String name) {
        return nodes.stream()
                .filter(node -> node.name().equals(name))
                .findFirst()
                .orElseThrow(() -> new NoSuchElementException(name));
    }

    /** Returns the number of open WebSockets through the proxy. */
    int tunnels() {
        return proxy.tunnels().count();
    }

    @Override
    public void close() throws Exception {
        gate.close();
        nodes.forEach(CobrowseNode::close);
        proxy.close();
    }
}
