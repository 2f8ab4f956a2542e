package io.cobrowse.sticky.proxy.config;

import io.cobrowse.sticky.filter.CorsErrors;
import io.cobrowse.sticky.routing.Balance;
import io.cobrowse.sticky.routing.Stickiness;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The effective configuration of a proxy, validated once. Immutable.
 *
 * @param listeners the public listeners
 * @param admin the admin listener; null for none
 * @param nodes the configured nodes; empty if they are discovered
 * @param discovery how nodes are discovered; null if they are configured
 */
public record ProxyConfig(
        List<Listener> listeners,
        @Nullable Admin admin,
        Stickiness stickiness,
        Balance balance,
        List<NodeConfig> nodes,
        @Nullable Discovery discovery,
        Health health,
        Timeouts timeouts,
        Tunnels tunnels,
        CorsErrors cors,
        List<SetCookieRule> setCookie,
        UpstreamTls upstreamTls,
        Observation observation) {

    public ProxyConfig {
        listeners = List.copyOf(listeners);
        nodes = List.copyOf(nodes);
        setCookie = List.copyOf(setCookie);
    }

    /**
     * Creates a configuration with which pages of every origin may read the proxy's own answers, and cookies stay
     * unchanged.
     */
    public ProxyConfig(
            List<Listener> listeners,
            Admin admin,
            Stickiness stickiness,
            Balance balance,
            List<NodeConfig> nodes,
            Health health,
            Timeouts timeouts,
            Tunnels tunnels) {
        this(
                listeners,
                admin,
                stickiness,
                balance,
                nodes,
                null,
                health,
                timeouts,
                tunnels,
                CorsErrors.REFLECT,
                List.of(),
                UpstreamTls.DEFAULTS,
                Observation.DEFAULTS);
    }

    /** Returns the files that this configuration names, and that a running proxy reads again when they change. */
    public List<Path> files() {
        List<String> files = new ArrayList<>();
        for (Listener listener : listeners) {
            if (listener.tls() != null) {
                files.addAll(listener.tls().files());
            }
        }
        files.addAll(upstreamTls.files());
        return files.stream().map(Path::of).toList();
    }

    /** Returns this configuration with other listeners. */
    public ProxyConfig withListeners(List<Listener> otherListeners) {
        return with(otherListeners, admin, nodes);
    }

    /** Returns this configuration with another admin listener. */
    public ProxyConfig withAdmin(@Nullable Admin otherAdmin) {
        return with(listeners, otherAdmin, nodes);
    }

    /** Returns this configuration with other nodes. */
    public ProxyConfig withNodes(List<NodeConfig> otherNodes) {
        return with(listeners, admin, otherNodes);
    }

    private ProxyConfig with(List<Listener> otherListeners, @Nullable Admin otherAdmin, List<NodeConfig> otherNodes) {
        return new ProxyConfig(
                otherListeners,
                otherAdmin,
                stickiness,
                balance,
                otherNodes,
                discovery,
                health,
                timeouts,
                tunnels,
                cors,
                setCookie,
                upstreamTls,
                observation);
    }

    /**
     * An address to listen on.
     *
     * @param host a name or a numeric address, IPv6 without brackets
     * @param port 0 to 65535; 0 takes a free port
     */
    public record Address(String host, int port) {
        @Override
        public String toString() {
            return (host.indexOf(':') >= 0 ? "[" + host + "]" : host) + ":" + port;
        }
    }

    /**
     * A public listener.
     *
     * @param allow patterns of the paths that it serves ({@code /a/**}, {@code /a/b}); empty serves all
     * @param deny patterns of paths that it does not serve, whatever {@code allow} says
     * @param trustedPeers addresses or CIDR blocks of peers whose forwarding fields are kept
     * @param requestHeaders changes to the fields of requests on their way to nodes
     * @param responseHeaders changes to the fields of responses
     * @param redirectToHttps the port of the https URLs to which all requests are redirected; 0 for no redirects
     * @param proxyProtocol whether each connection must begin with a header of the PROXY protocol
     * @param limits the limits on what its clients may use
     */
    public record Listener(
            String name,
            Address address,
            @Nullable Tls tls,
            List<String> allow,
            List<String> deny,
            List<String> trustedPeers,
            FieldRules requestHeaders,
            FieldRules responseHeaders,
            int redirectToHttps,
            boolean proxyProtocol,
            Limits limits) {
        /** The only listener if none is configured. */
        public static final Listener DEFAULT =
                new Listener("public", new Address("0.0.0.0", 8080), null, List.of(), List.of());

        public Listener {
            allow = List.copyOf(allow);
            deny = List.copyOf(deny);
            trustedPeers = List.copyOf(trustedPeers);
        }

        /** Creates a listener with the default limits, which changes no fields. */
        public Listener(
                String name, Address address, @Nullable Tls tls, List<String> allow, List<String> trustedPeers) {
            this(
                    name,
                    address,
                    tls,
                    allow,
                    List.of(),
                    trustedPeers,
                    FieldRules.NONE,
                    FieldRules.NONE,
                    0,
                    false,
                    Limits.DEFAULTS);
        }

        /** Returns this listener at another address. */
        public Listener withAddress(Address other) {
            return new Listener(
                    name,
                    other,
                    tls,
                    allow,
                    deny,
                    trustedPeers,
                    requestHeaders,
                    responseHeaders,
                    redirectToHttps,
                    proxyProtocol,
                    limits);
        }

        /** Returns this listener with other limits. */
        public Listener withLimits(Limits others) {
            return new Listener(
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
                    others);
        }
    }

    /** The admin listener; a token is required on any address except loopback. */
    public record Admin(Address address, @Nullable String token) {
        public static final Admin DEFAULTS = new Admin(new Address("127.0.0.1", 8081), null);

        /** Returns the text without the token. */
        @Override
        public String toString() {
            return "Admin[address=" + address + ", token=" + (token == null ? null : Report.MASK) + "]";
        }
    }

    /**
     * A node.
     *
     * @param id the value of the query parameter
     * @param cookies the values of the cookie, at least one
     * @param url {@code http} or {@code https}, without a path
     * @param weight 1 to 256
     * @param backup whether it gets new sessions only when no other node can take them
     * @param limit the limit on its requests and tunnels; null for no limit
     */
    public record NodeConfig(
            String id,
            List<String> cookies,
            URI url,
            int weight,
            boolean backup,
            @Nullable Limit limit) {
        public NodeConfig {
            cookies = List.copyOf(cookies);
        }

        /** Creates a node without a limit. */
        public NodeConfig(String id, List<String> cookies, URI url, int weight, boolean backup) {
            this(id, cookies, url, weight, backup, null);
        }
    }

    /**
     * The limit on the requests and tunnels of a node.
     *
     * @param maxActive the number of open requests, including parked polls, and tunnels; at least 1
     * @param queue the number of further requests that may wait for a place
     * @param queueTimeout how long they may wait
     */
    public record Limit(int maxActive, int queue, Duration queueTimeout) {
        /** The default queue if only {@code max-active} is configured. */
        public static final int DEFAULT_QUEUE = 100;

        public static final Duration DEFAULT_QUEUE_TIMEOUT = Duration.ofSeconds(5);
    }

    /**
     * The health checks.
     *
     * @param interval the time from one check of a node to the next; jitter shortens it by up to a fifth
     * @param expect the healthy statuses, at least one range
     * @param drainOn404 whether a node that answers 404 keeps its sessions and gets no new ones
     * @param observe the number of consecutive requests with a 5xx response or a time-out that count as one failed
     *     check; 0 for none
     * @param slowStart how long a node that comes up takes to reach its whole share of new sessions
     */
    public record Health(
            String path,
            Duration interval,
            Duration timeout,
            int rise,
            int fall,
            List<StatusRange> expect,
            boolean drainOn404,
            int observe,
            Duration slowStart) {
        public static final Health DEFAULTS =
                new Health("/cobrowse/health", Duration.ofSeconds(2), Duration.ofSeconds(1), 2, 3);

        public Health {
            expect = List.copyOf(expect);
        }

        /** Creates settings with these values, and defaults for the others. */
        public Health(String path, Duration interval, Duration timeout, int rise, int fall) {
            this(path, interval, timeout, rise, fall, List.of(StatusRange.SUCCESS), false, 0, Duration.ZERO);
        }

        /** Returns whether a response with this status is healthy. */
        public boolean expects(int status) {
            return expect.stream().anyMatch(range -> range.contains(status));
        }
    }

    /** A range of statuses, both ends included. */
    public record StatusRange(int first, int last) {
        public static final StatusRange SUCCESS = new StatusRange(200, 299);

        boolean contains(int status) {
            return first <= status && status <= last;
        }

        @Override
        public String toString() {
            return first == last ? Integer.toString(first) : first + "-" + last;
        }
    }

    /** The time-outs; the configuration reference describes what each one measures. */
    public record Timeouts(Duration connect, Duration response, Duration idle, Duration tunnelIdle, Duration drain) {
        public static final Timeouts DEFAULTS = new Timeouts(
                Duration.ofSeconds(2),
                Duration.ofSeconds(75),
                Duration.ofSeconds(60),
                Duration.ofMinutes(10),
                Duration.ofSeconds(35));
    }

    /**
     * The pace at which tunnels are closed.
     *
     * @param closePerSecond how many tunnels are closed a second when the proxy stops (faster if the time is short), and
     *     how many tunnels and parked polls, together, at a node in maintenance: 1 to 100000
     */
    public record Tunnels(int closePerSecond) {
        public static final Tunnels DEFAULTS = new Tunnels(100);
    }

    /** The access log, the metrics and the audit. */
    public record Observation(AccessLog accessLog, boolean metrics, Audit audit) {
        public static final Observation DEFAULTS = new Observation(AccessLog.DEFAULTS, true, Audit.DEFAULTS);
    }

    /**
     * The access log.
     *
     * @param file a path; {@code -} for standard output; null if the log is off
     * @param maxBytes the size at which the next file is started
     * @param files the number of files that are kept, including the current one
     * @param secrets whether session tokens, user tokens and cookie values are written unmasked
     */
    public record AccessLog(@Nullable String file, LogFormat format, long maxBytes, int files, boolean secrets) {
        public static final AccessLog DEFAULTS = new AccessLog(null, LogFormat.JSON, 100L << 20, 10, false);
    }

    /** The format of the lines of the access log. */
    public enum LogFormat {
        JSON,
        TEXT
    }

    /**
     * The stickiness audit by session.
     *
     * @param sessions the number of sessions that are remembered at a time
     */
    public record Audit(boolean enabled, int sessions) {
        public static final Audit DEFAULTS = new Audit(false, 100_000);
    }
}
