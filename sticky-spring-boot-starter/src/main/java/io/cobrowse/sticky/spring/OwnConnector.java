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
 * Puts the proxy's own connector in the place of the server's, for what only that can do: it notices clients that go away, passes on
 * targets byte for byte, and has limits. A connector with TLS by {@code server.ssl} stays as it is.
 */
final class OwnConnector implements JettyServerCustomizer {
    private static final Logger LOG = LoggerFactory.getLogger(OwnConnector.class);

    private final StickyProxy proxy;
    private final Listener rules;

    /** Makes a customizer for a listener with these rules, of which name and address count for nothing. */
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
