package io.cobrowse.node.browser;

import io.cobrowse.node.CobrowseNode;
import io.cobrowse.sticky.proxy.StickyProxy;
import io.cobrowse.sticky.proxy.StickyProxyBuilder;
import io.cobrowse.sticky.proxy.TestIdentity;
import io.cobrowse.sticky.proxy.config.ProxyConfig.Health;
import io.cobrowse.sticky.proxy.config.Tls;
import io.cobrowse.sticky.proxy.listener.ListenerTls;
import io.cobrowse.sticky.proxy.listener.ProxyHttp;
import io.cobrowse.sticky.proxy.listener.UpgradeRequest;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import org.eclipse.jetty.ee11.servlet.ServletContextHandler;
import org.eclipse.jetty.server.ConnectionFactory;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.util.Callback;

/** The proxy embedded in a server that answers requests for a WebSocket with 403, like some companies' gateways. */
final class WebSocketGate implements AutoCloseable {
    private final Server server = new Server();
    private final ServerConnector http = connector(ProxyHttp.clearText());
    private final ServerConnector https;

    private WebSocketGate(StickyProxy proxy, TestIdentity identity) throws Exception {
        https = connector(ProxyHttp.tls(ListenerTls.server(
                new Tls(identity.certificate().toString(), identity.privateKey().toString()))));
        ServletContextHandler context = new ServletContextHandler("/", ServletContextHandler.NO_SESSIONS);
        proxy.mount(context, "/*");
        server.setHandler(new Refusal(context));
        server.start();
    }

    static WebSocketGate start(List<CobrowseNode> nodes, TestIdentity identity) throws Exception {
        StickyProxyBuilder builder = StickyProxy.builder()
                // As the cluster's own: a node that browsers keep from answering for a second is not down.
                .health(new Health(Health.DEFAULTS.path(), Duration.ofMinutes(5), Duration.ofMinutes(1), 2, 3));
        nodes.forEach(
                node -> builder.node(Cluster.id(node), node.name(), node.uri().toString()));
        return new WebSocketGate(builder.build(), identity);
    }

    private ServerConnector connector(ConnectionFactory... factories) {
        ServerConnector connector = new ServerConnector(server, 1, 1, factories);
        connector.setHost("127.0.0.1");
        server.addConnector(connector);
        return connector;
    }

    URI uri(String scheme) {
        ServerConnector connector = scheme.equals("https") ? https : http;
        return URI.create(scheme + "://127.0.0.1:" + connector.getLocalPort());
    }

    @Override
    public void close() throws Exception {
        server.stop();
    }

    private static final class Refusal extends Handler.Wrapper {
        Refusal(Handler next) {
            super(next);
        }

        @Override
        public boolean handle(Request request, Response response, Callback callback) throws Exception {
            if (UpgradeRequest.isWebSocket(request)) {
                Response.writeError(request, response, callback, 403);
                return true;
            }
            return super.handle(request, response, callback);
        }
    }
}
