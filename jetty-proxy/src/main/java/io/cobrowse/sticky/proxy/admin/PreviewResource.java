package io.cobrowse.sticky.proxy.admin;

import com.fasterxml.jackson.core.JsonProcessingException;
import io.cobrowse.sticky.proxy.config.ConfigException;
import io.cobrowse.sticky.proxy.config.ConfigReader;
import io.cobrowse.sticky.proxy.config.EffectiveConfig;
import io.cobrowse.sticky.proxy.config.ProxyConfig;
import io.cobrowse.sticky.proxy.config.ProxyConfig.NodeConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.jspecify.annotations.Nullable;

/**
 * Serves {@code POST /api/preview}: what a reload would change, and which clients it would affect. The file is read
 * with an empty environment, so that it cannot reveal variables of this process. Thread-safe.
 */
final class PreviewResource implements Request.Handler {
    private static final int MAX_BODY_BYTES = 1 << 20;
    /** Matches the name of the temporary file that the text is read from. */
    private static final Pattern TEMPORARY = Pattern.compile("\\S*preview[0-9]+\\.yaml");

    private final NodeViews views;
    private final Supplier<ProxyConfig> config;

    PreviewResource(NodeViews views, Supplier<ProxyConfig> config) {
        this.views = views;
        this.config = config;
    }

    /** A node that the reload would add. */
    record Added(String id, String url) {}

    /** A node that the reload would remove, and what is open on it. */
    record Removed(String id, String url, int activeRequests, int parkedPolls, int activeTunnels, int sessionsSeen) {}

    /**
     * What a reload would change.
     *
     * @param changed ids of nodes whose settings change
     * @param sections keys whose changes take effect at once
     * @param restart keys whose changes need a restart
     */
    record Preview(
            List<Added> added,
            List<Removed> removed,
            List<String> changed,
            List<String> sections,
            List<String> restart) {}

    @Override
    public boolean handle(Request request, Response response, Callback callback) {
        if (!Request.getPathInContext(request).equals("/api/preview")) {
            return false;
        }
        Json.post(MAX_BODY_BYTES, request, response, callback, body -> answer(body, response, callback));
        return true;
    }

    private void answer(byte[] body, Response response, Callback callback) throws JsonProcessingException {
        try {
            String yaml = Json.MAPPER.readTree(body).path("config").asText();
            Json.send(compare(masked(config.get()), masked(read(yaml))), response, callback);
        } catch (ConfigException bad) {
            AdminHandler.problem(
                    400,
                    "bad-configuration",
                    TEMPORARY.matcher(String.join("\n", bad.errors())).replaceAll("preview"),
                    response,
                    callback);
        } catch (IOException failure) {
            AdminHandler.problem(
                    400, "bad-request", "Allowed is {\"config\":\"the text of the file\"}.", response, callback);
        }
    }

    private static ProxyConfig read(String yaml) throws ConfigException, IOException {
        Path file = Files.createTempFile("preview", ".yaml");
        try {
            Files.writeString(file, yaml);
            return ConfigReader.read(file, name -> null).config();
        } finally {
            Files.delete(file);
        }
    }

    /** Masks the secrets, so that they are not compared: a file that {@code check} has printed has none. */
    private static ProxyConfig masked(ProxyConfig config) throws ConfigException, IOException {
        return read(EffectiveConfig.toYaml(config));
    }

    private Preview compare(ProxyConfig before, ProxyConfig after) {
        List<Added> added = new ArrayList<>();
        List<String> changed = new ArrayList<>();
        List<NodeConfig> nodesBefore = before.discovery() == null ? before.nodes() : views.found();
        // Where nodes are to be found, those that are known stay until some are.
        List<NodeConfig> nodesAfter = after.discovery() == null ? after.nodes() : nodesBefore;
        for (NodeConfig node : nodesAfter) {
            NodeConfig old = find(nodesBefore, node);
            if (old == null) {
                added.add(new Added(node.id(), node.url().toString()));
            } else if (!old.equals(node)) {
                changed.add(node.id());
            }
        }
        List<Removed> removed = nodesBefore.stream()
                .filter(node -> find(nodesAfter, node) == null)
                .map(this::removed)
                .toList();
        List<String> restart = new ArrayList<>();
        addIf(restart, "admin", before.admin(), after.admin());
        return new Preview(added, removed, changed, sections(before, after), restart);
    }

    private static List<String> sections(ProxyConfig before, ProxyConfig after) {
        List<String> sections = new ArrayList<>();
        addIf(sections, "listeners", before.listeners(), after.listeners());
        addIf(sections, "stickiness or any-node", before.stickiness(), after.stickiness());
        addIf(sections, "cors", before.cors(), after.cors());
        addIf(sections, "set-cookie", before.setCookie(), after.setCookie());
        addIf(sections, "balance", before.balance(), after.balance());
        addIf(sections, "discovery", before.discovery(), after.discovery());
        addIf(sections, "health", before.health(), after.health());
        addIf(sections, "timeouts", before.timeouts(), after.timeouts());
        addIf(sections, "tunnels", before.tunnels(), after.tunnels());
        addIf(sections, "upstream-tls", before.upstreamTls(), after.upstreamTls());
        addIf(
                sections,
                "access-log",
                before.observation().accessLog(),
                after.observation().accessLog());
        addIf(
                sections,
                "metrics",
                before.observation().metrics(),
                after.observation().metrics());
        addIf(
                sections,
                "audit",
                before.observation().audit(),
                after.observation().audit());
        return sections;
    }

    private static void addIf(List<String> names, String name, @Nullable Object before, @Nullable Object after) {
        if (!Objects.equals(before, after)) {
            names.add(name);
        }
    }

    /** A node with another URL is another node. */
    private static @Nullable NodeConfig find(List<NodeConfig> nodes, NodeConfig node) {
        return nodes.stream()
                .filter(each -> each.id().equals(node.id()) && each.url().equals(node.url()))
                .findFirst()
                .orElse(null);
    }

    private Removed removed(NodeConfig node) {
        NodeView view = views.find(node.id());
        return view == null
                ? new Removed(node.id(), node.url().toString(), 0, 0, 0, 0)
                : new Removed(
                        view.id(),
                        view.url(),
                        view.activeRequests(),
                        view.parkedPolls(),
                        view.activeTunnels(),
                        view.sessionsSeen());
    }
}
