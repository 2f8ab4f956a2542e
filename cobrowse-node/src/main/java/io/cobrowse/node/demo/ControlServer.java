package io.cobrowse.node.demo;

import java.io.IOException;
import java.net.BindException;
import java.net.URI;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Serves the page that kills and restarts the demo's nodes, on a loopback port of its own that the proxy does not
 * forward to.
 */
final class ControlServer implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ControlServer.class);

    private final Server server = new Server();
    private final ServerConnector connector;

    ControlServer(DemoOptions options, DemoNodes nodes) {
        HttpConfiguration http = new HttpConfiguration();
        http.setSendServerVersion(false);
        connector = new ServerConnector(server, 0, 1, new HttpConnectionFactory(http));
        connector.setHost("127.0.0.1");
        connector.setPort(options.controlPort());
        server.addConnector(connector);
        server.setHandler(new ControlHandler(options, nodes, new ProxyView(options.adminUrl())));
    }

    /** @throws IOException if the port is in use, or the server cannot start */
    void start() throws IOException {
        try {
            server.start();
        } catch (IOException failure) {
            if (failure.getCause() instanceof BindException taken) {
                BindException inUse = new BindException("Port " + connector.getPort() + " is in use.");
                inUse.initCause(taken);
                throw inUse;
            }
            throw failure;
        } catch (Exception failure) {
            throw new IOException("The control page cannot start: " + failure.getMessage(), failure);
        }
    }

    URI uri() {
        return URI.create("http://127.0.0.1:" + connector.getLocalPort() + "/");
    }

    @Override
    public void close() {
        try {
            server.stop();
        } catch (Exception failure) {
            LOG.warn("The control page did not stop cleanly", failure);
        }
    }
}
