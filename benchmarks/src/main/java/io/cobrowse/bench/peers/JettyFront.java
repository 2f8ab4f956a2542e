package io.cobrowse.bench.peers;

import org.eclipse.jetty.http2.server.HTTP2CServerConnectionFactory;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.SecureRequestCustomizer;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.server.SslConnectionFactory;
import org.eclipse.jetty.util.ssl.SslContextFactory;

/** A Jetty server around a proxy, set up as in Jetty's documentation. */
final class JettyFront {
    private JettyFront() {}

    static void serve(JavaPlace place, Handler proxy) throws Exception {
        Server server = new Server();
        HttpConfiguration configuration = new HttpConfiguration();
        configuration.setSendServerVersion(false);
        HttpConnectionFactory http = new HttpConnectionFactory(configuration);
        ServerConnector connector = switch (place.front()) {
            case HTTP1 -> new ServerConnector(server, http);
            case HTTP2 -> new ServerConnector(server, http, new HTTP2CServerConnectionFactory(configuration));
            case TLS -> {
                configuration.addCustomizer(new SecureRequestCustomizer(false));
                SslContextFactory.Server tls = new SslContextFactory.Server();
                tls.setKeyStorePath(place.keyStore());
                tls.setKeyStorePassword(Identity.PASSWORD);
                yield new ServerConnector(server, new SslConnectionFactory(tls, "http/1.1"), http);
            }
        };
        connector.setHost("127.0.0.1");
        connector.setPort(place.port());
        connector.setAcceptQueueSize(4096);
        connector.setIdleTimeout(600_000);
        server.addConnector(connector);
        server.setHandler(proxy);
        server.start();
        server.join();
    }
}
