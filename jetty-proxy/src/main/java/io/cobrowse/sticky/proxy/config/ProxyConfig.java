package io.cobrowse.sticky.proxy.config;

import io.cobrowse.sticky.routing.Balance;
import io.cobrowse.sticky.routing.Stickiness;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The effective configuration of a proxy: read, validated once, and frozen. Immutable. */
public record ProxyConfig(
        List<Listener> listeners,
        Admin admin,
        Stickiness stickiness,
        Balance balance,
        List<NodeConfig> nodes,
        Health health,
        Timeouts timeouts,
        Tunnels tunnels) {

    public ProxyConfig {
        listeners = List.copyOf(listeners);
        nodes = List.copyOf(nodes);
    }

    /**
     * An address to listen on.
     *
     * @param host a name or a numeric address, IPv6 without brackets
     * @param port 0 to 65535; 0 takes a free one
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
     * @param trustedPeers addresses or CIDR blocks of peers whose forwarding fields are kept
     */
    public record Listener(
            String name, Address address, @Nullable Tls tls, List<String> allow, List<String> trustedPeers) {
        /** The only listener where none is configured. */
        public static final Listener DEFAULT =
                new Listener("public", new Address("0.0.0.0", 8080), null, List.of(), List.of());

        public Listener {
            allow = List.copyOf(allow);
            trustedPeers = List.copyOf(trustedPeers);
        }
    }

    /** PEM files of a TLS listener, as paths: the certificate chain and its private key. */
    public record Tls(String certificate, String privateKey) {}

    /** The admin listener; the token is required on any address but loopback. */
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
     * @param id value of the query parameter
     * @param cookies values of the cookie, at least one
     * @param url {@code http} or {@code https}, without a path
     * @param weight 1 to 256
     * @param backup whether it serves only when no other node can
     */
    public record NodeConfig(String id, List<String> cookies, URI url, int weight, boolean backup) {
        public NodeConfig {
            cookies = List.copyOf(cookies);
        }
    }

    /**
     * The active health checks.
     *
     * @param interval from one check of a node to its next; jitter shortens it by up to a fifth
     * @param drainOn404 whether a node that answers 404 keeps its sessions and gets no new ones
     */
    public record Health(String path, Duration interval, Duration timeout, int rise, int fall, boolean drainOn404) {
        public static final Health DEFAULTS =
                new Health("/cobrowse/health", Duration.ofSeconds(2), Duration.ofSeconds(1), 2, 3, false);

        /** Makes settings with the defaults of the others. */
        public Health(String path, Duration interval, Duration timeout, int rise, int fall) {
            this(path, interval, timeout, rise, fall, false);
        }
    }

    /** The time-outs; the configuration reference says what each one measures. */
    public record Timeouts(Duration connect, Duration response, Duration idle, Duration tunnelIdle, Duration drain) {
        public static final Timeouts DEFAULTS = new Timeouts(
                Duration.ofSeconds(2),
                Duration.ofSeconds(75),
                Duration.ofSeconds(60),
                Duration.ofMinutes(10),
                Duration.ofSeconds(35));
    }

    /**
     * The tunnels.
     *
     * @param closePerSecond how many tunnels, and as many parked polls, are closed a second where time allows: 1 to 100000
     */
    public record Tunnels(int closePerSecond) {
        public static final Tunnels DEFAULTS = new Tunnels(100);
    }
}
