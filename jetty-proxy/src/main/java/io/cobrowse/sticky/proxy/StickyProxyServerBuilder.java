package io.cobrowse.sticky.proxy;

import io.cobrowse.sticky.proxy.config.ProxyConfig;
import io.cobrowse.sticky.proxy.config.ProxyConfig.Address;
import io.cobrowse.sticky.proxy.config.ProxyConfig.Admin;
import io.cobrowse.sticky.proxy.config.ProxyConfig.Listener;
import io.cobrowse.sticky.proxy.config.ProxyConfig.Observation;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Collects the settings of a {@link StickyProxyServer}. Not thread-safe. */
public final class StickyProxyServerBuilder extends ProxySettings<StickyProxyServerBuilder> {
    private final List<Listener> listeners = new ArrayList<>();
    private @Nullable Admin admin;
    private Observation observation = Observation.DEFAULTS;

    StickyProxyServerBuilder() {}

    StickyProxyServerBuilder(ProxyConfig config) {
        super(config);
        listeners.addAll(config.listeners());
        admin = config.admin();
        observation = config.observation();
    }

    @Override
    StickyProxyServerBuilder self() {
        return this;
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

    /** Adds an admin listener on loopback; by default there is none. Port 0 takes a free port. */
    public StickyProxyServerBuilder admin(String host, int port) {
        return admin(new Admin(new Address(host, port), null));
    }

    /** Adds an admin listener; by default there is none. On any address except loopback it needs a token. */
    public StickyProxyServerBuilder admin(Admin admin) {
        this.admin = admin;
        return this;
    }

    /** Sets access log, metrics and audit. */
    public StickyProxyServerBuilder observation(Observation observation) {
        this.observation = observation;
        return this;
    }

    /**
     * Builds the proxy, which is not started.
     *
     * @throws IllegalArgumentException with every setting that the configuration file would not allow, one line each
     */
    public StickyProxyServer build() {
        if (listeners.isEmpty()) {
            throw new IllegalArgumentException("listeners: at least one is needed");
        }
        return new StickyProxyServer(config(listeners, admin, observation), nodeTls());
    }
}
