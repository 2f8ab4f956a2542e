package io.cobrowse.sticky.proxy;

import io.cobrowse.sticky.proxy.config.ProxyConfig;
import io.cobrowse.sticky.proxy.config.ProxyConfig.Admin;
import io.cobrowse.sticky.proxy.config.ProxyConfig.Observation;
import java.util.List;

/** Collects the settings of a {@link StickyProxy}; the defaults are those of the configuration file. Not thread-safe. */
public final class StickyProxyBuilder extends ProxySettings<StickyProxyBuilder> {
    StickyProxyBuilder() {}

    StickyProxyBuilder(ProxyConfig config) {
        super(config);
    }

    @Override
    StickyProxyBuilder self() {
        return this;
    }

    /**
     * Builds the proxy, which starts with the context that it is mounted in.
     *
     * @throws IllegalArgumentException when there is no node, or two have the same id or cookie value
     */
    public StickyProxy build() {
        return new StickyProxy(config(List.of(), Admin.DEFAULTS, Observation.DEFAULTS), nodeTls());
    }
}
