package io.cobrowse.sticky.proxy.config;

import io.cobrowse.sticky.proxy.config.ProxyConfig.Limit;
import io.cobrowse.sticky.proxy.config.ProxyConfig.NodeConfig;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Reads the nodes, or how they are discovered. Not thread-safe. */
final class NodeReader {
    private final Report report;
    private final Map<String, String> nodeIds = new HashMap<>();
    private final Map<String, String> cookieValues = new HashMap<>();

    NodeReader(Report report) {
        this.report = report;
    }

    /** Reads the list of nodes; empty if they are discovered. */
    List<NodeConfig> nodes(Section root) {
        List<NodeConfig> nodes = new ArrayList<>();
        for (Section section : root.sections("nodes")) {
            try (section) {
                String id = section.require("id", Formats.NAME);
                List<String> cookies = cookies(section, id);
                URI url = section.require("url", Formats.NODE_URL);
                int weight = section.get("weight", Formats.WEIGHT, 1);
                boolean backup = section.get("backup", Formats.BOOLEAN, false);
                Limit limit = limit(section);
                if (id != null && url != null) {
                    nodes.add(new NodeConfig(id, cookies, url, weight, backup, limit));
                }
            }
        }
        if (!root.has("nodes") && !root.has("discovery")) {
            root.missing("nodes", "a list of at least 1, or discovery");
        }
        return nodes;
    }

    /** Reads how nodes are discovered; null if they are listed. */
    @Nullable
    Discovery discovery(Section root) {
        if (!root.has("discovery")) {
            return null;
        }
        if (root.has("nodes")) {
            report.error(root.line("discovery"), root.path("discovery"), "is set", "not together with nodes");
        }
        try (Section section = root.section("discovery")) {
            boolean dns = section.has("dns");
            boolean kubernetes = section.has("kubernetes");
            if (dns == kubernetes) {
                report.error(
                        root.line("discovery"),
                        root.path("discovery"),
                        dns ? "has both" : "has neither",
                        "either dns or kubernetes");
            }
            return dns ? dns(section) : kubernetes ? kubernetes(section) : null;
        }
    }

    private static @Nullable Discovery dns(Section discovery) {
        try (Section section = discovery.section("dns")) {
            String name = section.require("name", Formats.DNS_NAME);
            Duration interval = section.get("interval", Formats.LOOK_UP, Discovery.Dns.DEFAULT_INTERVAL);
            return name == null ? null : new Discovery.Dns(name, interval);
        }
    }

    private static @Nullable Discovery kubernetes(Section discovery) {
        try (Section section = discovery.section("kubernetes")) {
            String service = section.require("service", Formats.DNS_LABEL);
            String namespace = section.find("namespace", Formats.DNS_LABEL);
            int port = section.get("port", Formats.PORT, 0);
            return service == null ? null : new Discovery.Kubernetes(service, namespace, port);
        }
    }

    private static @Nullable Limit limit(Section node) {
        Integer maxActive = node.find("max-active", Formats.MAX_ACTIVE);
        int queue = node.get("queue", Formats.QUEUE, Limit.DEFAULT_QUEUE);
        Duration queueTimeout = node.get("queue-timeout", Formats.TIMEOUT, Limit.DEFAULT_QUEUE_TIMEOUT);
        if (!node.has("max-active") && (node.has("queue") || node.has("queue-timeout"))) {
            node.missing("max-active", "required with queue and queue-timeout, " + Formats.MAX_ACTIVE.allowed());
        }
        return maxActive == null ? null : new Limit(maxActive, queue, queueTimeout);
    }

    private List<String> cookies(Section node, @Nullable String id) {
        boolean uniqueId = id != null && node.claim(nodeIds, id, "id");
        List<String> cookies = node.oneOrMore("cookie", Formats.NAME);
        cookies.forEach(cookie -> node.claim(cookieValues, cookie, "cookie"));
        if (id == null || node.has("cookie")) {
            return cookies;
        }
        if (uniqueId) { // Otherwise one mistake would be reported twice.
            node.claim(cookieValues, id, "cookie");
        }
        return List.of(id);
    }
}
