package io.cobrowse.sticky.proxy;

import io.cobrowse.sticky.filter.CorsErrors;
import io.cobrowse.sticky.proxy.config.Discovery;
import io.cobrowse.sticky.proxy.config.ProxyConfig;
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
import org.jspecify.annotations.Nullable;

/**
 * The settings of nodes and forwarding that {@link StickyProxy} and {@link StickyProxyServer} share. Not thread-safe.
 *
 * @param <B> the builder
 */
abstract class ProxySettings<B extends ProxySettings<B>> {
    private final List<NodeConfig> nodes = new ArrayList<>();
    private @Nullable Discovery discovery;
    private Stickiness stickiness = Stickiness.DEFAULTS;
    private Balance balance = Balance.ROUND_ROBIN;
    private Health health = Health.DEFAULTS;
    private Timeouts timeouts = Timeouts.DEFAULTS;
    private Tunnels tunnels = Tunnels.DEFAULTS;
    private CorsErrors cors = CorsErrors.REFLECT;
    private List<SetCookieRule> setCookie = List.of();
    private UpstreamTls upstreamTls = UpstreamTls.DEFAULTS;
    private SslContextFactory.Client nodeTls = new SslContextFactory.Client();

    ProxySettings() {}

    ProxySettings(ProxyConfig config) {
        nodes.addAll(config.nodes());
        discovery = config.discovery();
        stickiness = config.stickiness();
        balance = config.balance();
        health = config.health();
        timeouts = config.timeouts();
        tunnels = config.tunnels();
        cors = config.cors();
        setCookie = config.setCookie();
        upstreamTls = config.upstreamTls();
    }

    abstract B self();

    /** Adds a node of weight 1. */
    public B node(String id, String cookie, String url) {
        return node(new NodeConfig(id, List.of(cookie), URI.create(url), 1, false));
    }

    /** Adds a node. */
    public B node(NodeConfig node) {
        nodes.add(node);
        return self();
    }

    /** Sets how nodes are discovered; instead of {@link #node}. */
    public B discovery(Discovery discovery) {
        this.discovery = discovery;
        return self();
    }

    /** Sets the stickiness rules. */
    public B stickiness(Stickiness stickiness) {
        this.stickiness = stickiness;
        return self();
    }

    /** Sets how requests without affinity are balanced. */
    public B balance(Balance balance) {
        this.balance = balance;
        return self();
    }

    /** Sets the health checks. */
    public B health(Health health) {
        this.health = health;
        return self();
    }

    /** Sets the time-outs. */
    public B timeouts(Timeouts timeouts) {
        this.timeouts = timeouts;
        return self();
    }

    /** Sets the pace at which tunnels are closed. */
    public B tunnels(Tunnels tunnels) {
        this.tunnels = tunnels;
        return self();
    }

    /** Sets which pages of other origins may read the proxy's own answers; by default all. */
    public B cors(CorsErrors cors) {
        this.cors = cors;
        return self();
    }

    /** Sets how the attributes of the nodes' cookies are changed. */
    public B setCookie(List<SetCookieRule> rules) {
        this.setCookie = rules;
        return self();
    }

    /** Sets TLS toward nodes with {@code https} URLs by PEM files. */
    public B upstreamTls(UpstreamTls upstreamTls) {
        this.upstreamTls = upstreamTls;
        return self();
    }

    /** Sets TLS toward nodes with {@code https} URLs; the JVM's trust store and host names are checked by default. */
    public B nodeTls(SslContextFactory.Client nodeTls) {
        this.nodeTls = nodeTls;
        return self();
    }

    SslContextFactory.Client nodeTls() {
        return nodeTls;
    }

    ProxyConfig config(List<Listener> listeners, @Nullable Admin admin, Observation observation) {
        return new ProxyConfig(
                listeners,
                admin,
                stickiness,
                balance,
                nodes,
                discovery,
                health,
                timeouts,
                tunnels,
                cors,
                setCookie,
                upstreamTls,
                observation);
    }
}
