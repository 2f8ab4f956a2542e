package io.cobrowse.sticky.proxy;

import io.cobrowse.sticky.proxy.admin.AdminGuard;
import io.cobrowse.sticky.proxy.admin.AdminHandler;
import io.cobrowse.sticky.proxy.config.ProxyConfig.Admin;
import io.cobrowse.sticky.proxy.listener.Listeners;
import io.cobrowse.sticky.proxy.listener.Problems;
import java.io.IOException;
import java.net.BindException;
import java.net.URI;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The admin listener, on a Jetty server of its own. */
final class AdminServer {
    private static final Logger LOG = LoggerFactory.getLogger(AdminServer.class);
    private static final int MAX_THREADS = 8;

    private final Admin admin;
    private final Server server = new Server(StickyProxyServer.threads("admin", MAX_THREADS));
    private final ServerConnector connector;

    AdminServer(Admin admin, AdminHandler handler) {
        this.admin = admin;
        server.setErrorHandler(new Problems());
        server.setHandler(new AdminGuard(admin.address().host(), admin.token(), handler));
        HttpConfiguration http = new HttpConfiguration();
        http.setSendServerVersion(false);
        connector = new ServerConnector(server, 1, 1, new HttpConnectionFactory(http));
        connector.setName("admin");
        connector.setHost(admin.address().host());
        connector.setPort(admin.address().port());
        server.addConnector(connector);
    }

    /**
     * Binds the port. Nothing is served there yet.
     *
     * @throws BindException when the address cannot be bound
     */
    void open() throws IOException {
        Listeners.bind(connector, admin.address());
    }

    void start() throws Exception {
        server.start();
    }

    void stop() {
        try {
            server.stop();
        } catch (Exception failure) {
            LOG.warn("Stopping the admin listener failed", failure);
        }
    }

    URI uri() {
        return Listeners.uri(connector);
    }
}
