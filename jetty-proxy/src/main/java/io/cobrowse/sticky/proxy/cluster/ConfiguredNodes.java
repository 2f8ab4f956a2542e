package io.cobrowse.sticky.proxy.cluster;

import io.cobrowse.sticky.proxy.config.ProxyConfig;
import io.cobrowse.sticky.proxy.config.ProxyConfig.Limit;
import io.cobrowse.sticky.proxy.config.ProxyConfig.NodeConfig;
import io.cobrowse.sticky.routing.Node;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Converts the nodes of a configuration for the router and the limits. Stateless. */
final class ConfiguredNodes {
    private ConfiguredNodes() {}

    static List<Node> of(ProxyConfig config) {
        return config.nodes().stream().map(ConfiguredNodes::node).toList();
    }

    private static Node node(NodeConfig node) {
        Limit limit = node.limit();
        int maxActive = limit == null ? Node.UNLIMITED : limit.maxActive();
        return new Node(node.id(), node.cookies(), node.url(), node.weight(), node.backup(), maxActive);
    }

    /** Returns the limits by id, without nodes that have none. */
    static Map<String, Limit> limits(ProxyConfig config) {
        Map<String, Limit> limits = new HashMap<>();
        for (NodeConfig node : config.nodes()) {
            Limit limit = node.limit();
            if (limit != null) {
                limits.put(node.id(), limit);
            }
        }
        return limits;
    }
}
