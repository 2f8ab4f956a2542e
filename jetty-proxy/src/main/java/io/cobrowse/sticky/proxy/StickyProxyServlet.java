package io.cobrowse.sticky.proxy;

import io.cobrowse.sticky.filter.ProblemDocument;
import io.cobrowse.sticky.filter.RoutingAnswers;
import io.cobrowse.sticky.filter.StickinessFilter;
import io.cobrowse.sticky.proxy.config.ProxyConfig.Timeouts;
import io.cobrowse.sticky.proxy.exchange.NodeResolver;
import io.cobrowse.sticky.proxy.exchange.ProxyExchange;
import io.cobrowse.sticky.proxy.exchange.UpstreamConnector;
import io.cobrowse.sticky.proxy.exchange.Upstreams;
import io.cobrowse.sticky.proxy.listener.RequestCheck;
import io.cobrowse.sticky.proxy.tunnel.Tunnels;
import io.cobrowse.sticky.routing.Node;
import io.cobrowse.sticky.routing.Route;
import io.cobrowse.sticky.routing.Router;
import jakarta.servlet.ServletException;
import jakarta.servlet.UnavailableException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.time.Duration;
import java.util.Objects;
import org.eclipse.jetty.client.HttpClient;
import org.eclipse.jetty.ee11.proxy.AsyncProxyServlet;
import org.eclipse.jetty.ee11.servlet.ServletContextRequest;
import org.eclipse.jetty.io.ClientConnector;
import org.eclipse.jetty.util.ssl.SslContextFactory;
import org.jspecify.annotations.Nullable;

/**
 * Forwards each request to the node of its {@link Route}, which a {@link StickinessFilter} in front has decided.
 *
 * <p>Jetty's {@link AsyncProxyServlet} gives the life cycle, the init-params of the client ({@code maxThreads},
 * {@code selectors}, ...) and the client's threads, selectors and buffers. The exchange itself is ours: Jetty's changes
 * targets, methods and fields, cannot retry a request whose node refuses connections, and ends polls that are parked for
 * longer than its time-outs; {@code docs/decisions/own-forwarding.md} has the list.
 *
 * <p>Has to be registered with {@code async-supported}, and runs in Jetty only. In a connector that is not a
 * {@link io.cobrowse.sticky.proxy.listener.ListenerConnector} an HTTP/1.1 client that goes away while its request is parked is
 * noticed only when the node answers. Never blocks; thread-safe.
 */
public class StickyProxyServlet extends AsyncProxyServlet {
    private static final long serialVersionUID = 1L;

    private final transient @Nullable Router configuredRouter;
    private final transient @Nullable RoutingAnswers answers;
    private transient volatile Timeouts timeouts;
    private final transient SslContextFactory.Client nodeTls;
    private final transient NodeResolver resolver = new NodeResolver();
    private transient @Nullable Router router;
    private transient @Nullable Upstreams upstreams;
    private transient @Nullable Tunnels tunnels;
    private transient @Nullable ClientConnector connector;
    private transient boolean checkedInFront;

    /**
     * Makes a servlet behind a filter that routes by the same router.
     *
     * @param retryAfterSeconds value of {@code Retry-After}, at least 1
     */
    public StickyProxyServlet(Router router, int retryAfterSeconds, Timeouts timeouts) {
        this(router, new RoutingAnswers(router, retryAfterSeconds), timeouts, new SslContextFactory.Client());
    }

    /**
     * Makes a servlet behind a filter that routes by the same router.
     *
     * @param answers sends what the filter and the servlet answer themselves
     * @param nodeTls TLS settings toward nodes with {@code https} URLs
     */
    public StickyProxyServlet(
            Router router, RoutingAnswers answers, Timeouts timeouts, SslContextFactory.Client nodeTls) {
        this.nodeTls = nodeTls;
        this.configuredRouter = router;
        this.answers = answers;
        this.timeouts = timeouts;
    }

    @Override
    public void init() throws ServletException {
        Router known = configuredRouter;
        if (known == null) {
            throw new UnavailableException("StickyProxyServlet needs a Router: register an instance of it");
        }
        router = known;
        super.init();
        HttpClient client = getHttpClient();
        Tunnels newTunnels = new Tunnels(
                client.getScheduler(), client.getExecutor(), client.getByteBufferPool(), timeouts.tunnelIdle());
        Upstreams newUpstreams = new Upstreams(
                Objects.requireNonNull(connector),
                resolver,
                url -> known.table().nodes().stream()
                        .anyMatch(node -> node.url().equals(url)),
                newTunnels,
                timeouts);
        try {
            // Beans of the client, so that they stop with it.
            client.addManaged(newTunnels);
            client.addManaged(newUpstreams);
        } catch (RuntimeException failure) {
            throw new ServletException("Cannot start the connections to the nodes", failure);
        }
        tunnels = newTunnels;
        upstreams = newUpstreams;
    }

    @Override
    protected ClientConnector newClientConnector() {
        return new UpstreamConnector(nodeTls);
    }

    @Override
    protected HttpClient newHttpClient(ClientConnector connector) {
        this.connector = connector;
        connector.setConnectTimeout(timeouts.connect());
        connector.setIdleTimeout(Duration.ZERO);
        HttpClient client = super.newHttpClient(connector);
        client.setSocketAddressResolver(resolver);
        return client;
    }

    @Override
    protected void service(HttpServletRequest request, HttpServletResponse response)
            throws ServletException, IOException {
        Route route = StickinessFilter.takeRoute(request);
        if (route == null) {
            throw new ServletException("No route: map a StickinessFilter to the requests of this servlet");
        }
        ProblemDocument problem =
                checkedInFront ? null : RequestCheck.check(ServletContextRequest.getServletContextRequest(request));
        if (problem != null) {
            Node node = route.node();
            if (node != null) {
                node.end();
            }
            problem.send(response);
            return;
        }
        new ProxyExchange(
                        Objects.requireNonNull(upstreams),
                        Objects.requireNonNull(router),
                        Objects.requireNonNull(answers),
                        route,
                        request,
                        response)
                .start();
    }

    /** Leaves the check of requests to a {@link io.cobrowse.sticky.proxy.listener.Gate} in front. */
    void leaveCheckToGate() {
        checkedInFront = true;
    }

    /** Sets the time-outs; what is under way may keep those that it began with. */
    public void setTimeouts(Timeouts timeouts) {
        this.timeouts = timeouts;
        ClientConnector started = connector;
        if (started != null) {
            started.setConnectTimeout(timeouts.connect());
        }
        if (upstreams != null) {
            upstreams.setTimeouts(timeouts);
        }
        if (tunnels != null) {
            tunnels.setIdle(timeouts.tunnelIdle());
        }
    }

    /**
     * Returns the open tunnels.
     *
     * @throws NullPointerException before the servlet is initialised
     */
    public Tunnels tunnels() {
        return Objects.requireNonNull(tunnels, "StickyProxyServlet is not initialised");
    }

    /**
     * Returns the connections to the nodes.
     *
     * @throws NullPointerException before the servlet is initialised
     */
    public Upstreams upstreams() {
        return Objects.requireNonNull(upstreams, "StickyProxyServlet is not initialised");
    }

    /** Returns the client whose threads, selectors and buffers the connections to the nodes use, and which sends checks. */
    @Override
    public HttpClient getHttpClient() {
        return super.getHttpClient();
    }

    /** Returns the number of requests that wait for a place at a node. */
    public int waiting(Node node) {
        Upstreams known = upstreams;
        return known == null ? 0 : known.waiting(node);
    }

    /** Returns the number of requests that are meant to wait for a node's answer, and do. */
    public int parkedPolls(Node node) {
        Upstreams known = upstreams;
        return known == null ? 0 : known.parkedPolls(node);
    }

    /** Returns the number of connections to a node, idle and in use. */
    public int connections(Node node) {
        Upstreams known = upstreams;
        return known == null ? 0 : known.connections(node);
    }
}
