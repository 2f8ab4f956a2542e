package io.cobrowse.node.browser;

import io.cobrowse.node.CobrowseNode;
import io.cobrowse.sticky.proxy.TestIdentity;
import io.cobrowse.sticky.proxy.config.Tls;
import io.cobrowse.sticky.proxy.listener.ListenerTls;
import io.cobrowse.sticky.proxy.listener.ProxyHttp;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import org.eclipse.jetty.server.ConnectionFactory;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.server.handler.ResourceHandler;
import org.eclipse.jetty.util.resource.ResourceFactory;

/** A website that contains the customer's page, while the session is elsewhere: over HTTP and over TLS. */
final class Shop implements AutoCloseable {
    private final Server server = new Server();
    private final ServerConnector http = connector(ProxyHttp.clearText());
    private final ServerConnector https;

    private Shop(TestIdentity identity) throws Exception {
        https = connector(ProxyHttp.tls(ListenerTls.server(
                new Tls(identity.certificate().toString(), identity.privateKey().toString()))));
        ResourceHandler files = new ResourceHandler();
        files.setBaseResource(ResourceFactory.of(files)
                .newResource(Objects.requireNonNull(CobrowseNode.class.getResource("web/customer.html"))
                        .toURI()
                        .resolve(".")));
        server.setHandler(files);
        server.start();
    }

    static Shop start(TestIdentity identity) throws Exception {
        return new Shop(identity);
    }

    private ServerConnector connector(ConnectionFactory... factories) {
        ServerConnector connector = new ServerConnector(server, 1, 1, factories);
        connector.setHost("127.0.0.1");
        server.addConnector(connector);
        return connector;
    }

    /** Returns the customer's page for a session at a server URL. */
    URI page(String scheme, String host, URI serverUrl, String transport) {
        ServerConnector connector = scheme.equals("https") ? https : http;
        return URI.create(scheme + "://" + host + ":" + connector.getLocalPort() + "/customer.html?transport="
                + transport + "&server=" + URLEncoder.encode(serverUrl.toString(), StandardCharsets.UTF_8));
    }

    @Override
    public void close() throws Exception {
        server.stop();
    }
}
