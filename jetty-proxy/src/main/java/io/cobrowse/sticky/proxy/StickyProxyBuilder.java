package io.cobrowse.sticky.proxy;

import io.cobrowse.sticky.proxy.config.ProxyConfig;
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
     * @throws IllegalArgumentException with every setting that the configuration file would not allow, one line each
     */
    public StickyProxy build() {
        return new StickyProxy(config(List.of(), null, Observation.DEFAULTS), nodeTls());
    }
}
