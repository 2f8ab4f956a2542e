package io.cobrowse.sticky.proxy;

import io.cobrowse.sticky.proxy.listener.ListenerConnector;
import java.util.ArrayList;
import java.util.List;
import org.eclipse.jetty.http.UriCompliance;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.NetworkConnector;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.util.component.Container;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Logs once, for each connector that is not the proxy's own, what does not work there and what to do. Thread-safe. */
final class ForeignConnectors implements Container.Listener {
    private static final Logger LOG = LoggerFactory.getLogger(ForeignConnectors.class);

    private ForeignConnectors() {}

    /** Watches the connectors that a server has, and those that are added later. */
    static void watch(Server server) {
        if (server.getEventListeners().stream().noneMatch(ForeignConnectors.class::isInstance)) {
            server.addEventListener(new ForeignConnectors());
        }
    }

    @Override
    public void beanAdded(Container parent, Object child) {
        if (child instanceof NetworkConnector connector && !(connector instanceof ListenerConnector)) {
            LOG.warn("{} is not one of the proxy's own: {}", connector, String.join("; ", lacks(connector)));
        }
    }

    @Override
    public void beanRemoved(Container parent, Object child) {}

    private static List<String> lacks(NetworkConnector connector) {
        List<String> lacks = new ArrayList<>();
        lacks.add(
                "an HTTP/1.1 client that goes away while its poll is parked is noticed only when the node answers, and no limits of"
                        + " listeners hold (open it by StickyProxy.listen instead)");
        boolean alters = connector.getConnectionFactories().stream()
                .filter(HttpConfiguration.ConnectionFactory.class::isInstance)
                .map(factory -> ((HttpConfiguration.ConnectionFactory) factory).getHttpConfiguration())
                .anyMatch(ForeignConnectors::alters);
        if (alters) {
            lacks.add(
                    "targets such as /a%2Fb are answered with 400, names of fields change their case, and Jetty adds Server or Date"
                            + " (give it the HttpConfiguration of ProxyHttp.configuration())");
        }
        return lacks;
    }

    private static boolean alters(HttpConfiguration http) {
        return http.getUriCompliance() != UriCompliance.UNSAFE
                || !http.isHeaderCacheCaseSensitive()
                || http.getSendServerVersion()
                || http.getSendDateHeader();
    }
}
