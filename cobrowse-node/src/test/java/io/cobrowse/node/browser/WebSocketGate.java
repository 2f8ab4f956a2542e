package io.cobrowse.node.browser;

import io.cobrowse.node.CobrowseNode;
import io.cobrowse.sticky.filter.StickinessFilter;
import io.cobrowse.sticky.proxy.StickyProxyServlet;
import io.cobrowse.sticky.proxy.TestIdentity;
import io.cobrowse.sticky.proxy.config.ProxyConfig.Timeouts;
import io.cobrowse.sticky.proxy.listener.PemIdentity;
import io.cobrowse.sticky.proxy.listener.ProxyHttp;
import io.cobrowse.sticky.proxy.listener.UpgradeRequest;
import io.cobrowse.sticky.routing.Balance;
import io.cobrowse.sticky.routing.Node;
import io.cobrowse.sticky.routing.NodeTable;
import io.cobrowse.sticky.routing.Router;
import io.cobrowse.sticky.routing.Stickiness;
import jakarta.servlet.DispatcherType;
import java.net.URI;
import java.util.EnumSet;
import java.util.List;
import org.eclipse.jetty.ee11.servlet.FilterHolder;
import org.eclipse.jetty.ee11.servlet.ServletContextHandler;
import org.eclipse.jetty.ee11.servlet.ServletHolder;
import org.eclipse.jetty.server.ConnectionFactory;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.util.Callback;

/** The proxy embedded in a server that answers requests for a WebSocket with 403, as some companies' gateways do. */
final class WebSocketGate implements AutoCloseable {
    private final Server server = new Server();
    private final ServerConnector http = connector(ProxyHttp.clearText());
    private final ServerConnector https;

    private WebSocketGate(Router router, TestIdentity identity) throws Exception {
        https = connector(ProxyHttp.tls(PemIdentity.load(identity.certificate(), identity.privateKey())));
        ServletContextHandler context = new ServletContextHandler("/", ServletContextHandler.NO_SESSIONS);
        FilterHolder filter = new FilterHolder(new StickinessFilter(router, 1));
        filter.setAsyncSupported(true);
        context.addFilter(filter, "/*", EnumSet.of(DispatcherType.REQUEST));
        ServletHolder servlet = new ServletHolder(new StickyProxyServlet(router, 1, Timeouts.DEFAULTS));
        servlet.setAsyncSupported(true);
        context.addServlet(servlet, "/*");
        server.setHandler(new Refusal(context));
        server.start();
    }

    static WebSocketGate start(List<CobrowseNode> nodes, TestIdentity identity) throws Exception {
        NodeTable table = NodeTable.of(nodes.stream()
                .map(node -> new Node(Cluster.id(node), List.of(node.name()), node.uri(), 1, false))
                .toList());
        return new WebSocketGate(new Router(Stickiness.DEFAULTS, Balance.ROUND_ROBIN, table), identity);
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
