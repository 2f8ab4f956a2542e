package io.cobrowse.sticky.proxy.config;

import io.cobrowse.sticky.filter.CorsErrors;
import io.cobrowse.sticky.proxy.config.ProxyConfig.AccessLog;
import io.cobrowse.sticky.proxy.config.ProxyConfig.Address;
import io.cobrowse.sticky.proxy.config.ProxyConfig.Admin;
import io.cobrowse.sticky.proxy.config.ProxyConfig.Audit;
import io.cobrowse.sticky.proxy.config.ProxyConfig.Health;
import io.cobrowse.sticky.proxy.config.ProxyConfig.Listener;
import io.cobrowse.sticky.proxy.config.ProxyConfig.LogFormat;
import io.cobrowse.sticky.proxy.config.ProxyConfig.Observation;
import io.cobrowse.sticky.proxy.config.ProxyConfig.Timeouts;
import io.cobrowse.sticky.proxy.config.ProxyConfig.Tunnels;
import io.cobrowse.sticky.proxy.config.SetCookieRule.Attribute;
import io.cobrowse.sticky.routing.Balance;
import io.cobrowse.sticky.routing.Stickiness;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Reads the YAML configuration file of a proxy. All errors are reported at once. Not thread-safe, but each call of
 * {@link #read} is independent.
 */
public final class ConfigReader {
    /** A valid configuration, and warnings for the operator, one line each. */
    public record Result(ProxyConfig config, List<String> warnings) {
        public Result {
            warnings = List.copyOf(warnings);
        }
    }

    private final Report report;
    private final Path directory;
    private final ListenerReader guarded;
    private final NodeReader nodes;
    private final Map<String, String> listenerNames = new HashMap<>();
    private final Map<String, String> addresses = new HashMap<>();

    private ConfigReader(Report report, Path directory) {
        this.report = report;
        this.directory = directory;
        this.guarded = new ListenerReader(report, directory);
        this.nodes = new NodeReader(report);
    }

    /**
     * Reads and validates a UTF-8 file of at most 1 MiB, and the files that it names, relative to its own directory.
     *
     * @param environment returns the value of an environment variable, or null if it is not set, such as
     *     {@code System::getenv}
     * @throws ConfigException with every error, if the file cannot be read or is invalid
     */
    public static Result read(Path file, Function<String, @Nullable String> environment) throws ConfigException {
        Path directory = file.toAbsolutePath().normalize().resolveSibling("");
        return read("", YamlFile.read(file), new Report(file.toString()), directory, environment);
    }

    /**
     * Reads and validates values from another source, under the keys of the file: maps, collections, and scalars. Files
     * are relative to the working directory.
     *
     * @param path the prefix of each key in messages
     * @throws ConfigException with every error
     */
    public static Result read(String path, Map<String, ?> values) throws ConfigException {
        return read(path, Tree.of(values), new Report(null), Path.of("").toAbsolutePath(), null);
    }

    /**
     * Validates a configuration built in code by the rules of the file.
     *
     * @throws IllegalArgumentException with every error, one line each
     */
    public static void check(ProxyConfig config) {
        try {
            Result unused = read(
                    "",
                    EffectiveConfig.toTree(config),
                    new Report(null),
                    Path.of("").toAbsolutePath(),
                    null);
        } catch (ConfigException wrong) {
            throw new IllegalArgumentException(wrong.getMessage(), wrong);
        }
    }

    private static Result read(
            String path,
            Tree tree,
            Report report,
            Path directory,
            @Nullable Function<String, @Nullable String> environment)
            throws ConfigException {
        ProxyConfig config;
        try (Section root = Section.root(path, tree, report, environment)) {
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
                nodes.nodes(root),
                nodes.discovery(root),
                health(root),
                timeouts(root),
                tunnels(root),
                cors(root),
                setCookie(root),
                guarded.upstreamTls(root),
                observation(root));
    }

    private List<Listener> listeners(Section root) {
        List<Listener> listeners = new ArrayList<>();
        for (Section section : root.sections("listeners")) {
            try (section) {
                String name = section.require("name", Formats.NAME);
                Address address = section.require("address", Formats.ADDRESS);
                Tls tls = guarded.tls(section, address == null ? null : address.host());
                List<String> allow = section.list("allow", Formats.ALLOWED_PATH, 1, List.of());
                List<String> deny = section.list("deny", Formats.ALLOWED_PATH, 1, List.of());
                List<String> trustedPeers = section.list("trusted-peers", Formats.PEER, 0, List.of());
                FieldRules requestHeaders = fieldRules(section, "request-headers");
                FieldRules responseHeaders = fieldRules(section, "response-headers");
                int redirectToHttps = section.get("redirect-to-https", Formats.PORT, 0);
                boolean proxyProtocol = section.get("proxy-protocol", Formats.BOOLEAN, false);
                Limits limits = guarded.limits(section);
                if (redirectToHttps != 0 && section.has("tls")) {
                    report.error(
                            section.line("tls"), section.path("tls"), "is set", "not together with redirect-to-https");
                }
                if (proxyProtocol && trustedPeers.isEmpty()) {
                    section.missing("trusted-peers", "required with proxy-protocol, a list of at least 1");
                }
                if (name != null) {
                    section.claim(listenerNames, name, "name");
                }
                if (address != null) {
                    claimAddress(address, section);
                }
                if (name != null && address != null) {
                    listeners.add(new Listener(
                            name,
                            address,
                            tls,
                            allow,
                            deny,
                            trustedPeers,
                            requestHeaders,
                            responseHeaders,
                            redirectToHttps,
                            proxyProtocol,
                            limits));
                }
            }
        }
        return root.has("listeners") ? listeners : List.of(Listener.DEFAULT);
    }

    private static FieldRules fieldRules(Section listener, String key) {
        try (Section section = listener.section(key)) {
            return new FieldRules(
                    section.list("remove", Formats.CHANGED_FIELD, 1, List.of()),
                    section.texts("set", Formats.CHANGED_FIELD, Formats.FIELD_VALUE),
                    section.texts("add", Formats.CHANGED_FIELD, Formats.FIELD_VALUE));
        }
    }

    private static CorsErrors cors(Section root) {
        try (Section section = root.section("cors")) {
            List<String> errors = section.oneOrMore("errors", Formats.CORS_ERRORS);
            if (errors.size() > 1 && !errors.stream().allMatch(CorsErrors::isOrigin)) {
                section.wrong("errors", String.join(", ", errors), CorsErrors.ALLOWED);
                return CorsErrors.REFLECT;
            }
            return errors.isEmpty() ? CorsErrors.REFLECT : CorsErrors.of(errors);
        }
    }

    private static List<SetCookieRule> setCookie(Section root) {
        List<SetCookieRule> rules = new ArrayList<>();
        for (Section section : root.sections("set-cookie")) {
            try (section) {
                String name = section.require("name", Formats.FIELD_NAME);
                Map<Attribute, String> changes = new EnumMap<>(Attribute.class);
                for (Attribute attribute : Attribute.values()) {
                    String change = section.find(Format.kebab(attribute), Formats.cookieAttribute(attribute));
                    if (change != null) {
                        changes.put(attribute, change);
                    }
                }
                if (name != null) {
                    rules.add(new SetCookieRule(name, changes));
                }
            }
        }
        return rules;
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
                    section.get("expose-route", Formats.BOOLEAN, defaults.exposeRoute()),
                    section.get("referer", Formats.BOOLEAN, defaults.referer()),
                    root.list("any-node", Formats.ANY_NODE, 0, defaults.anyNode()));
        }
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
            section.claim(addresses, address.toString().toLowerCase(Locale.ROOT), "address");
        }
    }
}
