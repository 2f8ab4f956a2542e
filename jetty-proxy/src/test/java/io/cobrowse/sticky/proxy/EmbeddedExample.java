package io.cobrowse.sticky.proxy;

import io.cobrowse.sticky.filter.StickinessFilter;
import io.cobrowse.sticky.proxy.config.ProxyConfig.Timeouts;
import io.cobrowse.sticky.proxy.listener.ListenerConnector;
import io.cobrowse.sticky.proxy.listener.ListenerPolicy;
import io.cobrowse.sticky.proxy.listener.ProxyHttp;
import io.cobrowse.sticky.routing.Router;
import jakarta.servlet.DispatcherType;
import java.util.EnumSet;
import org.eclipse.jetty.ee11.servlet.FilterHolder;
import org.eclipse.jetty.ee11.servlet.ServletContextHandler;
import org.eclipse.jetty.ee11.servlet.ServletHolder;
import org.eclipse.jetty.server.Server;

/**
 * How to put the proxy into a Jetty of one's own, beside other servlets: the filter decides, the servlet behind it forwards,
 * both by one {@link Router}.
 *
 * <pre>{@code
 * Router router = new Router(Stickiness.DEFAULTS, Balance.ROUND_ROBIN, NodeTable.of(List.of(
 *         new Node("1", List.of("node-1"), URI.create("http://10.0.0.11:8700"), 1, false))));
 * Server server = new Server();
 * server.addConnector(EmbeddedExample.connector(server, 8080));
 * ServletContextHandler context = new ServletContextHandler("/");
 * EmbeddedExample.mount(context, new StickyProxyServlet(router, 4, Timeouts.DEFAULTS), router);
 * server.setHandler(context);
 * server.start();
 * router.update(table -> table.withState("1", NodeState.DRAIN));
 * }</pre>
 */
public final class EmbeddedExample {
    private EmbeddedExample() {}

    /**
     * Returns a connector for HTTP/1.1 and HTTP/2. A connector of another kind serves as well, configured by
     * {@link ProxyHttp#configuration}, but does not notice that an HTTP/1.1 client has gone away while its poll is parked.
     */
    public static ListenerConnector connector(Server server, int port) {
        ListenerConnector connector = new ListenerConnector(server, 1, ListenerPolicy.OPEN, ProxyHttp.clearText());
        connector.setPort(port);
        connector.setIdleTimeout(Timeouts.DEFAULTS.idle().toMillis());
        return connector;
    }

    /** Mounts filter and servlet on {@code /cobrowse/*}; what is mounted on other paths of the context is not touched. */
    public static void mount(ServletContextHandler context, StickyProxyServlet servlet, Router router) {
        // Targets are forwarded as they came, so the servlet API must not refuse those that could be decoded in two
        // ways.
        context.getServletHandler().setDecodeAmbiguousURIs(true);
        FilterHolder filter = new FilterHolder(new StickinessFilter(router));
        filter.setAsyncSupported(true);
        context.addFilter(filter, "/cobrowse/*", EnumSet.of(DispatcherType.REQUEST));
        ServletHolder holder = new ServletHolder("sticky-proxy", servlet);
        holder.setAsyncSupported(true);
        context.addServlet(holder, "/cobrowse/*");
    }
}
