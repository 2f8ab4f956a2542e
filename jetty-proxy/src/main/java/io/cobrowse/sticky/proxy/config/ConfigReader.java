package io.cobrowse.sticky.proxy.config;

import io.cobrowse.sticky.proxy.config.ProxyConfig.AccessLog;
import io.cobrowse.sticky.proxy.config.ProxyConfig.Address;
import io.cobrowse.sticky.proxy.config.ProxyConfig.Admin;
import io.cobrowse.sticky.proxy.config.ProxyConfig.Audit;
import io.cobrowse.sticky.proxy.config.ProxyConfig.Health;
import io.cobrowse.sticky.proxy.config.ProxyConfig.Limit;
import io.cobrowse.sticky.proxy.config.ProxyConfig.Listener;
import io.cobrowse.sticky.proxy.config.ProxyConfig.LogFormat;
import io.cobrowse.sticky.proxy.config.ProxyConfig.NodeConfig;
import io.cobrowse.sticky.proxy.config.ProxyConfig.Observation;
import io.cobrowse.sticky.proxy.config.ProxyConfig.Timeouts;
import io.cobrowse.sticky.proxy.config.ProxyConfig.Tls;
import io.cobrowse.sticky.proxy.config.ProxyConfig.Tunnels;
import io.cobrowse.sticky.proxy.listener.PemIdentity;
import io.cobrowse.sticky.routing.Balance;
import io.cobrowse.sticky.routing.Stickiness;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Reads the YAML configuration file of a proxy. Everything that is wrong is reported at once. Not thread-safe; each
 * call of {@link #read} is independent.
 */
public final class ConfigReader {
    /** A valid configuration, and what an operator should know about it, one line each. */
    public record Result(ProxyConfig config, List<String> warnings) {
        public Result {
            warnings = List.copyOf(warnings);
        }
    }

    private final Report report;
    private final Path directory;
    private final Map<String, String> listenerNames = new HashMap<>();
    private final Map<String, String> addresses = new HashMap<>();
    private final Map<String, String> nodeIds = new HashMap<>();
    private final Map<String, String> cookieValues = new HashMap<>();

    private ConfigReader(Report report, Path directory) {
        this.report = report;
        this.directory = directory;
    }

    /**
     * Reads and validates a file of UTF-8, 1 MiB at most, and the files that it names, relative to its own directory.
     *
     * @param environment the value of an environment variable, or null where it is not set, as {@code System::getenv}
     * @throws ConfigException with every error, where the file cannot be read or is not valid
     */
    public static Result read(Path file, Function<String, @Nullable String> environment) throws ConfigException {
        Report report = new Report(file.toString());
        Path directory = file.toAbsolutePath().normalize().resolveSibling("");
        ProxyConfig config;
        try (Section root = Section.root(YamlFile.read(file), report, environment)) {
            config = new ConfigReader(report, directory).config(root);
        }
        report.throwIfErrors();
        return new Result(config, report.warnings());
    }

    private ProxyConfig config(Section root) {
        return new ProxyConfig(
                listeners(root),
                admin(root),
                stickiness(root),
                root.get("balance", Format.oneOf(Balance.class), Balance.ROUND_ROBIN),
                nodes(root),
                health(root),
                timeouts(root),
                tunnels(root),
                observation(root));
    }

    private List<Listener> listeners(Section root) {
        List<Listener> listeners = new ArrayList<>();
        for (Section section : root.sections("listeners")) {
            try (section) {
                String name = section.require("name", Formats.NAME);
                Address address = section.require("address", Formats.ADDRESS);
                Tls tls = section.has("tls") ? tls(section) : null;
                List<String> allow = section.list("allow", Formats.ALLOWED_PATH, 1, List.of());
                List<String> trustedPeers = section.list("trusted-peers", Formats.PEER, 0, List.of());
                if (name != null) {
                    claim(listenerNames, name, section, "name");
                }
                if (address != null) {
                    claimAddress(address, section);
                }
                if (name != null && address != null) {
                    listeners.add(new Listener(name, address, tls, allow, trustedPeers));
                }
            }
        }
        return root.has("listeners") ? listeners : List.of(Listener.DEFAULT);
    }

    private @Nullable Tls tls(Section listener) {
        try (Section section = listener.section("tls")) {
            Path certificate = file(section, "certificate");
            Path privateKey = file(section, "private-key");
            if (certificate == null || privateKey == null) {
                return null;
            }
            try {
                PemIdentity.load(certificate, privateKey);
            } catch (IllegalArgumentException unusable) {
                report.error(
                        section.line("certificate"),
                        listener.path("tls"),
                        Report.quote(certificate + ", " + privateKey),
                        "a PEM certificate chain and its unencrypted PEM private key");
            }
            return new Tls(certificate.toString(), privateKey.toString());
        }
    }

    /** Returns the path of a file that can be read, or null. */
    private @Nullable Path file(Section section, String key) {
        String name = section.require(key, Formats.FILE);
        if (name == null) {
            return null;
        }
        Path file = directory.resolve(name);
        if (!Files.isRegularFile(file) || !Files.isReadable(file)) {
            report.error(
                    section.line(key), section.path(key), Report.quote(file.toString()), "a file that can be read");
            return null;
        }
        return file;
    }

    private Admin admin(Section root) {
        try (Section section = root.section("admin")) {
            Address address = section.get("address", Formats.ADDRESS, Admin.DEFAULTS.address());
            String token = section.find("token", Formats.BEARER_TOKEN);
            claimAddress(address, section);
            if (!section.has("token") && !Addresses.isLoopback(address.host())) {
                section.missing("token", "required, since " + address + " is not a loopback address");
            }
            if (Report.MASK.equals(token)) {
                report.warning(section.line("token"), "admin.token", "this is the mask that check prints, no secret");
            }
            return new Admin(address, token);
        }
    }

    private static Stickiness stickiness(Section root) {
        Stickiness defaults = Stickiness.DEFAULTS;
        try (Section section = root.section("stickiness")) {
            return new Stickiness(
                    section.get("cookie", Formats.FIELD_NAME, defaults.cookie()),
                    section.get("query-parameter", Formats.QUERY_PARAMETER, defaults.queryParameter()),
                    section.find("header", Formats.FIELD_NAME),
                    section.get("route-suffix", Formats.BOOLEAN, defaults.routeSuffix()),
                    section.get("on-node-down", Format.oneOf(Stickiness.OnNodeDown.class), defaults.onNodeDown()),
                    section.get(
                            "on-unknown-node", Format.oneOf(Stickiness.OnUnknownNode.class), defaults.onUnknownNode()),
                    section.list("session-start", Formats.SESSION_STARTS, 0, defaults.sessionStart()),
                    section.get("cookie-path", Formats.COOKIE_PATH, defaults.cookiePath()),
                    section.find("cookie-domain", Formats.COOKIE_DOMAIN),
                    section.find("cookie-attributes", Formats.COOKIE_ATTRIBUTES),
                    section.get("expose-route", Formats.BOOLEAN, defaults.exposeRoute()));
        }
    }

    private List<NodeConfig> nodes(Section root) {
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
        if (!root.has("nodes")) {
            root.missing("nodes", "a list of at least 1");
        }
        return nodes;
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
        boolean uniqueId = id != null && claim(nodeIds, id, node, "id");
        List<String> cookies = node.oneOrMore("cookie", Formats.NAME);
        cookies.forEach(cookie -> claim(cookieValues, cookie, node, "cookie"));
        if (id == null || node.has("cookie")) {
            return cookies;
        }
        if (uniqueId) { // Or one mistake would be reported twice.
            claim(cookieValues, id, node, "cookie");
        }
        return List.of(id);
    }

    private static Health health(Section root) {
        Health defaults = Health.DEFAULTS;
        try (Section section = root.section("health")) {
            return new Health(
                    section.get("path", Formats.HEALTH_PATH, defaults.path()),
                    section.get("interval", Formats.CHECK_DURATION, defaults.interval()),
                    section.get("timeout", Formats.CHECK_DURATION, defaults.timeout()),
                    section.get("rise", Formats.CHECKS, defaults.rise()),
                    section.get("fall", Formats.CHECKS, defaults.fall()),
                    section.has("expect") ? section.oneOrMore("expect", Formats.STATUS_RANGE) : defaults.expect(),
                    section.get("drain-on-404", Formats.BOOLEAN, defaults.drainOn404()),
                    section.get("observe", Formats.OBSERVE, defaults.observe()),
                    section.get("slow-start", Formats.SLOW_START, defaults.slowStart()));
        }
    }

    private static Timeouts timeouts(Section root) {
        Timeouts defaults = Timeouts.DEFAULTS;
        try (Section section = root.section("timeouts")) {
            return new Timeouts(
                    section.get("connect", Formats.TIMEOUT, defaults.connect()),
                    section.get("response", Formats.TIMEOUT, defaults.response()),
                    section.get("idle", Formats.TIMEOUT, defaults.idle()),
                    section.get("tunnel-idle", Formats.TIMEOUT, defaults.tunnelIdle()),
                    section.get("drain", Formats.TIMEOUT_OR_ZERO, defaults.drain()));
        }
    }

    private static Tunnels tunnels(Section root) {
        try (Section section = root.section("tunnels")) {
            return new Tunnels(section.get("close-per-second", Formats.PER_SECOND, Tunnels.DEFAULTS.closePerSecond()));
        }
    }

    private Observation observation(Section root) {
        return new Observation(accessLog(root), metrics(root), audit(root));
    }

    private AccessLog accessLog(Section root) {
        AccessLog defaults = AccessLog.DEFAULTS;
        try (Section section = root.section("access-log")) {
            String file = section.find("file", Formats.FILE);
            return new AccessLog(
                    file == null || file.equals("-")
                            ? file
                            : directory.resolve(file).toString(),
                    section.get("format", Format.oneOf(LogFormat.class), defaults.format()),
                    section.get("max-size", Formats.LOG_SIZE, defaults.maxBytes()),
                    section.get("files", Formats.LOG_FILES, defaults.files()),
                    section.get("secrets", Formats.BOOLEAN, defaults.secrets()));
        }
    }

    private static boolean metrics(Section root) {
        try (Section section = root.section("metrics")) {
            return section.get("enabled", Formats.BOOLEAN, true);
        }
    }

    private static Audit audit(Section root) {
        try (Section section = root.section("audit")) {
            return new Audit(
                    section.get("enabled", Formats.BOOLEAN, Audit.DEFAULTS.enabled()),
                    section.get("sessions", Formats.AUDIT_SESSIONS, Audit.DEFAULTS.sessions()));
        }
    }

    private void claimAddress(Address address, Section section) {
        if (address.port() != 0) {
            claim(addresses, address.toString().toLowerCase(Locale.ROOT), section, "address");
        }
    }

    /** Takes a value that only one may have; returns whether it was free. */
    private boolean claim(Map<String, String> owners, String value, Section section, String key) {
        int line = section.line(key);
        String owner = owners.putIfAbsent(value, section.path(key) + " on line " + line);
        if (owner != null) {
            report.error(line, section.path(key), Report.quote(value), "must be unique, and " + owner + " has it");
        }
        return owner == null;
    }
}
