package io.cobrowse.sticky.proxy;

import io.cobrowse.sticky.filter.CorsErrors;
import io.cobrowse.sticky.proxy.config.ProxyConfig;
import io.cobrowse.sticky.proxy.config.ProxyConfig.Address;
import io.cobrowse.sticky.proxy.config.ProxyConfig.Admin;
import io.cobrowse.sticky.proxy.config.ProxyConfig.Health;
import io.cobrowse.sticky.proxy.config.ProxyConfig.Listener;
import io.cobrowse.sticky.proxy.config.ProxyConfig.NodeConfig;
import io.cobrowse.sticky.proxy.config.ProxyConfig.Observation;
import io.cobrowse.sticky.proxy.config.ProxyConfig.Timeouts;
import io.cobrowse.sticky.proxy.config.ProxyConfig.Tunnels;
import io.cobrowse.sticky.proxy.config.SetCookieRule;
import io.cobrowse.sticky.proxy.config.UpstreamTls;
import io.cobrowse.sticky.routing.Balance;
import io.cobrowse.sticky.routing.Stickiness;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import org.eclipse.jetty.util.ssl.SslContextFactory;

/** Collects the settings of a proxy. Not thread-safe. */
public final class StickyProxyServerBuilder {
    private final List<Listener> listeners = new ArrayList<>();
    private final List<NodeConfig> nodes = new ArrayList<>();
    private Admin admin = Admin.DEFAULTS;
    private Stickiness stickiness = Stickiness.DEFAULTS;
    private Balance balance = Balance.ROUND_ROBIN;
    private Health health = Health.DEFAULTS;
    private Timeouts timeouts = Timeouts.DEFAULTS;
    private Tunnels tunnels = Tunnels.DEFAULTS;
    private UpstreamTls upstreamTls = UpstreamTls.DEFAULTS;
    private Observation observation = Observation.DEFAULTS;
    private SslContextFactory.Client nodeTls = new SslContextFactory.Client();
    private CorsErrors cors = CorsErrors.REFLECT;
    private List<SetCookieRule> setCookie = List.of();

    StickyProxyServerBuilder() {}

    StickyProxyServerBuilder(ProxyConfig config) {
        listeners.addAll(config.listeners());
        nodes.addAll(config.nodes());
        admin = config.admin();
        stickiness = config.stickiness();
        balance = config.balance();
        health = config.health();
        timeouts = config.timeouts();
        tunnels = config.tunnels();
        cors = config.cors();
        setCookie = config.setCookie();
        upstreamTls = config.upstreamTls();
        observation = config.observation();
    }

    /** Adds a listener in clear text that serves every path; the first one is named {@code public}. */
    public StickyProxyServerBuilder listen(String host, int port) {
        String name = listeners.isEmpty() ? "public" : "public-" + (listeners.size() + 1);
        return listen(new Listener(name, new Address(host, port), null, List.of(), List.of()));
    }

    /** Adds a listener. */
    public StickyProxyServerBuilder listen(Listener listener) {
        listeners.add(listener);
        return this;
    }

    /** Adds a node of weight 1. */
    public StickyProxyServerBuilder node(String id, String cookie, String url) {
        return node(new NodeConfig(id, List.of(cookie), URI.create(url), 1, false));
    }

    /** Adds a node. */
    public StickyProxyServerBuilder node(NodeConfig node) {
        nodes.add(node);
        return this;
    }

    /** Sets the address of the admin listener; port 0 takes a free one. */
    public StickyProxyServerBuilder admin(String host, int port) {
        return admin(new Admin(new Address(host, port), null));
    }

    /** Sets the admin listener. */
    public StickyProxyServerBuilder admin(Admin admin) {
        this.admin = admin;
        return this;
    }

    /** Sets the stickiness rules. */
    public StickyProxyServerBuilder stickiness(Stickiness stickiness) {
        this.stickiness = stickiness;
        return this;
    }

    /** Sets how requests without affinity are balanced. */
    public StickyProxyServerBuilder balance(Balance balance) {
        this.balance = balance;
        return this;
    }

    /** Sets the health checks. */
    public StickyProxyServerBuilder health(Health health) {
        this.health = health;
        return this;
    }

    /** Sets the time-outs. */
    public StickyProxyServerBuilder timeouts(Timeouts timeouts) {
        this.timeouts = timeouts;
        return this;
    }

    /** Sets the pace at which tunnels are closed. */
    public StickyProxyServerBuilder tunnels(Tunnels tunnels) {
        this.tunnels = tunnels;
        return this;
    }

    /** Sets which pages of other origins may read the proxy's own answers; every one by default. */
    public StickyProxyServerBuilder cors(CorsErrors cors) {
        this.cors = cors;
        return this;
    }

    /** Sets what becomes of the attributes of cookies that nodes set. */
    public StickyProxyServerBuilder setCookie(List<SetCookieRule> rules) {
        this.setCookie = rules;
        return this;
    }

    /** Sets what is written down and counted of requests. */
    public StickyProxyServerBuilder observation(Observation observation) {
        this.observation = observation;
        return this;
    }

    /** Sets TLS toward nodes with {@code https} URLs; the JVM's trust store and host names are checked by default. */
    public StickyProxyServerBuilder nodeTls(SslContextFactory.Client nodeTls) {
        this.nodeTls = nodeTls;
        return this;
    }

    /**
     * Builds the proxy, which is not started.
     *
     * @throws IllegalArgumentException when there is no listener or no node, two have the same name, or the files of
     *     a TLS listener cannot be used
     */
    public StickyProxyServer build() {
        if (listeners.isEmpty()) {
            throw new IllegalArgumentException("listeners: at least one is needed");
        }
        if (listeners.stream().map(Listener::name).distinct().count() < listeners.size()) {
            throw new IllegalArgumentException("listeners: two have the same name");
        }
        return new StickyProxyServer(
                new ProxyConfig(
                        listeners,
                        admin,
                        stickiness,
                        balance,
                        nodes,
                        health,
                        timeouts,
                        tunnels,
                        cors,
                        setCookie,
                        upstreamTls,
                        observation),
                nodeTls);
    }
}
