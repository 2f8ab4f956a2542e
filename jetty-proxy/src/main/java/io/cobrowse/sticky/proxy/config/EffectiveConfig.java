package io.cobrowse.sticky.proxy.config;

import io.cobrowse.sticky.filter.CorsErrors;
import io.cobrowse.sticky.proxy.config.ProxyConfig.AccessLog;
import io.cobrowse.sticky.proxy.config.ProxyConfig.Admin;
import io.cobrowse.sticky.proxy.config.ProxyConfig.Audit;
import io.cobrowse.sticky.proxy.config.ProxyConfig.Health;
import io.cobrowse.sticky.proxy.config.ProxyConfig.Limit;
import io.cobrowse.sticky.proxy.config.ProxyConfig.Listener;
import io.cobrowse.sticky.proxy.config.ProxyConfig.NodeConfig;
import io.cobrowse.sticky.proxy.config.ProxyConfig.StatusRange;
import io.cobrowse.sticky.proxy.config.ProxyConfig.Timeouts;
import io.cobrowse.sticky.proxy.config.Tls.Certificate;
import io.cobrowse.sticky.routing.Stickiness;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.api.Dump;
import org.snakeyaml.engine.v2.api.DumpSettings;
import org.snakeyaml.engine.v2.common.FlowStyle;

/** Writes a configuration as a complete file, including defaults. Immutable. */
public final class EffectiveConfig {
    private final UnaryOperator<String> secrets;

    /** Creates a writer that replaces each secret with the result of the function. */
    private EffectiveConfig(UnaryOperator<String> secrets) {
        this.secrets = secrets;
    }

    /**
     * Returns a YAML document that {@link ConfigReader} reads as an equal configuration, except that each secret is
     * {@code ***}. Features that are off are left out.
     */
    public static String toYaml(ProxyConfig config) {
        DumpSettings settings = DumpSettings.builder()
                .setDefaultFlowStyle(FlowStyle.BLOCK)
                .setIndicatorIndent(2)
                .setIndentWithIndicator(true)
                .setSplitLines(false)
                .setDereferenceAliases(true)
                .build();
        return new Dump(settings).dumpToString(new EffectiveConfig(secret -> Report.MASK).values(config));
    }

    /** Returns a tree that {@link ConfigReader} reads as an equal configuration, with its secrets. */
    static Tree toTree(ProxyConfig config) {
        return Tree.of(new EffectiveConfig(secret -> secret).values(config));
    }

    private Map<String, Object> values(ProxyConfig config) {
        Map<String, Object> root = new LinkedHashMap<>();
        putUnlessEmpty(
                root,
                "listeners",
                config.listeners().stream().map(this::listener).toList());
        // A file always has an admin listener; this one claims no port.
        root.put("admin", config.admin() == null ? Map.of("address", "127.0.0.1:0") : admin(config.admin()));
        root.put("stickiness", stickiness(config.stickiness()));
        root.put(
                "any-node",
                config.stickiness().anyNode().stream()
                        .map(request -> request.method() + " " + request.path())
                        .toList());
        root.put("cors", cors(config.cors()));
        putUnlessEmpty(
                root,
                "set-cookie",
                config.setCookie().stream().map(EffectiveConfig::setCookie).toList());
        root.put("balance", Format.kebab(config.balance()));
        Discovery discovery = config.discovery();
        if (discovery == null) {
            root.put("nodes", config.nodes().stream().map(EffectiveConfig::node).toList());
        } else {
            root.put("discovery", discovery(discovery));
        }
        root.put("health", health(config.health()));
        root.put("timeouts", timeouts(config.timeouts()));
        root.put("tunnels", Map.of("close-per-second", config.tunnels().closePerSecond()));
        root.put("upstream-tls", upstreamTls(config.upstreamTls()));
        root.put("access-log", accessLog(config.observation().accessLog()));
        root.put("metrics", Map.of("enabled", config.observation().metrics()));
        root.put("audit", audit(config.observation().audit()));
        return root;
    }

    private Map<String, Object> listener(Listener listener) {
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("name", listener.name());
        map.put("address", listener.address().toString());
        Tls tls = listener.tls();
        if (tls != null) {
            map.put("tls", tls(tls));
        }
        putUnlessEmpty(map, "allow", listener.allow());
        putUnlessEmpty(map, "deny", listener.deny());
        map.put("trusted-peers", listener.trustedPeers());
        putUnlessEmpty(map, "request-headers", fieldRules(listener.requestHeaders()));
        putUnlessEmpty(map, "response-headers", fieldRules(listener.responseHeaders()));
        if (listener.redirectToHttps() != 0) {
            map.put("redirect-to-https", listener.redirectToHttps());
        }
        map.put("proxy-protocol", listener.proxyProtocol());
        map.put("limits", limits(listener.limits()));
        return map;
    }

    private static Map<String, Object> fieldRules(FieldRules rules) {
        Map<String, Object> map = new LinkedHashMap<>();
        putUnlessEmpty(map, "remove", rules.remove());
        putUnlessEmpty(map, "set", rules.set());
        putUnlessEmpty(map, "add", rules.add());
        return map;
    }

    private static Map<String, Object> setCookie(SetCookieRule rule) {
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("name", rule.name());
        rule.changes()
                .forEach((attribute, value) -> map.put(Format.kebab(attribute), value.isEmpty() ? "true" : value));
        return map;
    }

    private static Object cors(CorsErrors cors) {
        List<String> texts = cors.texts();
        return Map.of("errors", texts.size() == 1 ? texts.get(0) : texts);
    }

    private Map<String, Object> tls(Tls tls) {
        Map<String, Object> map = new LinkedHashMap<>();
        if (tls.certificates().size() == 1) {
            map.putAll(certificate(tls.certificates().get(0)));
        } else {
            map.put(
                    "certificate",
                    tls.certificates().stream().map(this::certificate).toList());
        }
        map.put("min-version", tls.minVersion().text());
        if (tls.clientCa() != null) {
            map.put("client-ca", tls.clientCa());
            map.put("client-auth", tls.clientRequired() ? "required" : "optional");
        }
        return map;
    }

    private Map<String, Object> certificate(Certificate certificate) {
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("certificate", certificate.certificate());
        map.put("private-key", certificate.privateKey());
        putIfSet(map, "key-password", secret(certificate.keyPassword()));
        return map;
    }

    private static Map<String, Object> limits(Limits limits) {
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("connections", limits.connections());
        map.put("connections-per-client", limits.connectionsPerClient());
        map.put("requests-per-client", limits.requestsPerClient());
        map.put("head-timeout", DurationText.of(limits.headTimeout()));
        map.put("body-rate", limits.bodyRate());
        map.put("header-bytes", SizeText.of(limits.headerBytes()));
        map.put("target-bytes", SizeText.of(limits.targetBytes()));
        map.put("body-bytes", SizeText.of(limits.bodyBytes()));
        map.put("header-count", limits.headerCount());
        map.put("http2-streams", limits.http2Streams());
        map.put("http2-events", limits.http2Events());
        return map;
    }

    private Map<String, Object> upstreamTls(UpstreamTls tls) {
        Map<String, Object> map = new LinkedHashMap<>();
        putIfSet(map, "ca", tls.ca());
        Certificate certificate = tls.certificate();
        if (certificate != null) {
            map.putAll(certificate(certificate));
        }
        map.put("verify-host", tls.verifyHost());
        return map;
    }

    private Map<String, Object> admin(Admin admin) {
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("address", admin.address().toString());
        putIfSet(map, "token", secret(admin.token()));
        return map;
    }

    private static Map<String, Object> stickiness(Stickiness stickiness) {
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("cookie", stickiness.cookie());
        map.put("query-parameter", stickiness.queryParameter());
        putIfSet(map, "header", stickiness.header());
        map.put("route-suffix", stickiness.routeSuffix());
        map.put("on-node-down", Format.kebab(stickiness.onNodeDown()));
        map.put("on-unknown-node", Format.kebab(stickiness.onUnknownNode()));
        map.put(
                "session-start",
                stickiness.sessionStart().stream()
                        .map(start -> start.method() + " " + start.path())
                        .toList());
        map.put("cookie-path", stickiness.cookiePath());
        putIfSet(map, "cookie-domain", stickiness.cookieDomain());
        putIfSet(map, "cookie-attributes", stickiness.cookieAttributes());
        map.put("expose-route", stickiness.exposeRoute());
        map.put("referer", stickiness.referer());
        return map;
    }

    private static Map<String, Object> node(NodeConfig node) {
        Map<String, Object> map = new LinkedHashMap<>();
        List<String> cookies = node.cookies();
        map.put("id", node.id());
        map.put("cookie", cookies.size() == 1 ? cookies.get(0) : cookies);
        map.put("url", node.url().toString());
        map.put("weight", node.weight());
        map.put("backup", node.backup());
        Limit limit = node.limit();
        if (limit != null) {
            map.put("max-active", limit.maxActive());
            map.put("queue", limit.queue());
            map.put("queue-timeout", DurationText.of(limit.queueTimeout()));
        }
        return map;
    }

    private static Map<String, Object> discovery(Discovery discovery) {
        Map<String, Object> map = new LinkedHashMap<>();
        if (discovery instanceof Discovery.Dns dns) {
            map.put("name", dns.name());
            map.put("interval", DurationText.of(dns.interval()));
            return Map.of("dns", map);
        }
        Discovery.Kubernetes kubernetes = (Discovery.Kubernetes) discovery;
        map.put("service", kubernetes.service());
        putIfSet(map, "namespace", kubernetes.namespace());
        if (kubernetes.port() != 0) {
            map.put("port", kubernetes.port());
        }
        return Map.of("kubernetes", map);
    }

    private static Map<String, Object> health(Health health) {
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("path", health.path());
        map.put("interval", DurationText.of(health.interval()));
        map.put("timeout", DurationText.of(health.timeout()));
        map.put("rise", health.rise());
        map.put("fall", health.fall());
        List<String> expect =
                health.expect().stream().map(StatusRange::toString).toList();
        map.put("expect", expect.size() == 1 ? expect.get(0) : expect);
        map.put("drain-on-404", health.drainOn404());
        map.put("observe", health.observe());
        map.put("slow-start", DurationText.of(health.slowStart()));
        return map;
    }

    private static Map<String, Object> timeouts(Timeouts timeouts) {
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("connect", DurationText.of(timeouts.connect()));
        map.put("response", DurationText.of(timeouts.response()));
        map.put("idle", DurationText.of(timeouts.idle()));
        map.put("tunnel-idle", DurationText.of(timeouts.tunnelIdle()));
        map.put("drain", DurationText.of(timeouts.drain()));
        return map;
    }

    private static void putUnlessEmpty(Map<String, Object> map, String key, List<?> values) {
        if (!values.isEmpty()) {
            map.put(key, values);
        }
    }

    private static void putUnlessEmpty(Map<String, Object> map, String key, Map<String, ?> values) {
        if (!values.isEmpty()) {
            map.put(key, values);
        }
    }

    private static Map<String, Object> accessLog(AccessLog log) {
        Map<String, Object> map = new LinkedHashMap<>();
        putIfSet(map, "file", log.file());
        map.put("format", Format.kebab(log.format()));
        map.put("max-size", SizeText.of(log.maxBytes()));
        map.put("files", log.files());
        map.put("secrets", log.secrets());
        return map;
    }

    private static Map<String, Object> audit(Audit audit) {
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("enabled", audit.enabled());
        map.put("sessions", audit.sessions());
        return map;
    }

    private @Nullable String secret(@Nullable String value) {
        return value == null ? null : secrets.apply(value);
    }

    private static void putIfSet(Map<String, Object> map, String key, @Nullable String value) {
        if (value != null) {
            map.put(key, value);
        }
    }
}
