package io.cobrowse.sticky.spring;

import io.cobrowse.sticky.proxy.StickyProxy;
import io.cobrowse.sticky.proxy.config.ProxyConfig.Address;
import io.cobrowse.sticky.proxy.config.ProxyConfig.Listener;
import org.eclipse.jetty.server.Connector;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.server.SslConnectionFactory;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.jetty.JettyServerCustomizer;

/**
 * Replaces the server's connector with the proxy's own, which notices clients that disconnect, keeps targets byte for
 * byte, and has limits. A connector with TLS from {@code server.ssl} is not replaced.
 */
final class OwnConnector implements JettyServerCustomizer {
    private static final Logger LOG = LoggerFactory.getLogger(OwnConnector.class);

    private final StickyProxy proxy;
    private final Listener rules;

    /** Creates a customizer for a listener with these rules, whose name and address are ignored. */
    OwnConnector(StickyProxy proxy, Listener rules) {
        this.proxy = proxy;
        this.rules = rules;
    }

    @Override
    public void customize(Server server) {
        Connector[] connectors = server.getConnectors();
        if (connectors.length != 1
                || !(connectors[0] instanceof ServerConnector plain)
                || plain.getConnectionFactory(SslConnectionFactory.class) != null) {
            LOG.info("The server's connectors stay: only one without server.ssl becomes the proxy's own");
            return;
        }
        String host = plain.getHost() == null ? "0.0.0.0" : plain.getHost();
        server.setConnectors(new Connector[0]);
        proxy.listen(server, rules.withAddress(new Address(host, plain.getPort())));
    }
}
