package io.cobrowse.sticky.proxy;

import io.cobrowse.sticky.filter.ProblemDocument;
import io.cobrowse.sticky.filter.RoutingAnswers;
import io.cobrowse.sticky.filter.StickinessFilter;
import io.cobrowse.sticky.proxy.config.ProxyConfig.Timeouts;
import io.cobrowse.sticky.proxy.exchange.Exchanges;
import io.cobrowse.sticky.proxy.listener.RequestCheck;
import io.cobrowse.sticky.proxy.message.SetCookieRules;
import io.cobrowse.sticky.proxy.tunnel.Tunnels;
import io.cobrowse.sticky.proxy.upstream.NodeResolver;
import io.cobrowse.sticky.proxy.upstream.UpstreamConnector;
import io.cobrowse.sticky.proxy.upstream.Upstreams;
import io.cobrowse.sticky.routing.Node;
import io.cobrowse.sticky.routing.Route;
import io.cobrowse.sticky.routing.Router;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import org.eclipse.jetty.client.AbstractHttpClientTransport;
import org.eclipse.jetty.client.HttpClient;
import org.eclipse.jetty.ee11.proxy.AsyncProxyServlet;
import org.eclipse.jetty.ee11.servlet.ServletContextHandler;
import org.eclipse.jetty.ee11.servlet.ServletContextRequest;
import org.eclipse.jetty.io.ByteBufferPool;
import org.eclipse.jetty.io.ClientConnector;
import org.eclipse.jetty.util.ssl.SslContextFactory;
import org.eclipse.jetty.util.thread.Invocable.InvocationType;
import org.jspecify.annotations.Nullable;

/**
 * Forwards each request to the node of its {@link Route}, which a {@link StickinessFilter} in front has chosen.
 *
 * <p>Jetty's {@link AsyncProxyServlet} provides the life cycle, the init-params of the client ({@code maxThreads},
 * {@code selectors}, ...) and the client's threads, selectors and buffers. The exchange is the proxy's own. Jetty's
 * exchange changes targets, methods and fields, cannot retry a request whose node refuses connections, and ends polls
 * that are parked for longer than its time-outs; {@code docs/decisions/own-forwarding.md} has the list.
 *
 * <p>A {@link StickyProxy} provides the servlet. It must be registered with {@code async-supported}, and runs in
 * Jetty's ee11 servlets only. In a connector that is not a {@link io.cobrowse.sticky.proxy.listener.ListenerConnector},
 * an HTTP/1.1 client that disconnects while its request is parked is noticed only when the node answers. Never blocks;
 * thread-safe.
 */
public final class StickyProxyServlet extends AsyncProxyServlet {
    private static final long serialVersionUID = 1L;

    private final transient Router router;
    private final transient RoutingAnswers answers;
    private transient volatile Timeouts timeouts;
    private transient SetCookieRules cookies = SetCookieRules.NONE;
    private final transient SslContextFactory.Client nodeTls;
    private final transient NodeResolver resolver = new NodeResolver();
    private transient @Nullable Upstreams upstreams;
    private transient @Nullable Tunnels tunnels;
    private transient @Nullable Exchanges exchanges;
    private transient @Nullable UpstreamConnector connector;
    private transient @Nullable ByteBufferPool buffers;
    private transient Runnable onInit = () -> {};
    private transient Runnable onDestroy = () -> {};
    private transient boolean checkedInFront;

    /**
     * Creates a servlet behind a filter that uses the same router.
     *
     * @param answers sends the answers of the filter and of the servlet themselves
     * @param nodeTls TLS settings for nodes with {@code https} URLs
     */
    StickyProxyServlet(Router router, RoutingAnswers answers, Timeouts timeouts, SslContextFactory.Client nodeTls) {
        this.nodeTls = nodeTls;
        this.router = router;
        this.answers = answers;
        this.timeouts = timeouts;
    }

    /** Sets a task that runs at the end of {@link #init}, before the first request. */
    void onInit(Runnable task) {
        onInit = task;
    }

    /** Sets a task that runs at the beginning of {@link #destroy}. */
    void onDestroy(Runnable task) {
        onDestroy = task;
    }

    /**
     * Starts the client.
     *
     * @throws ServletException when a prerequisite of the servlet is missing; the message says what to do
     */
    @Override
    public void init() throws ServletException {
        ServletContextHandler context = Prerequisites.check(getServletConfig(), router);
        for (String ignored : List.of("whiteList", "blackList")) {
            if (getInitParameter(ignored) != null) {
                throw new ServletException("init-param \"" + ignored
                        + "\": not allowed, since requests go to the nodes of the Router and nowhere else");
            }
        }
        ForeignConnectors.watch(context.getServer());
        buffers = context.getServer().getByteBufferPool();
        super.init();
        HttpClient client = getHttpClient();
        Tunnels newTunnels = new Tunnels(
                client.getScheduler(), client.getExecutor(), client.getByteBufferPool(), timeouts.tunnelIdle());
        Upstreams newUpstreams = new Upstreams(
                Objects.requireNonNull(connector),
                resolver,
                url -> router.table().nodes().stream()
                        .anyMatch(node -> node.url().equals(url)),
                timeouts);
        try {
            client.addManaged(newTunnels); // A bean of the client, so that the tunnels stop with it.
        } catch (RuntimeException failure) {
            throw new ServletException("Cannot start the tunnels", failure);
        }
        tunnels = newTunnels;
        upstreams = newUpstreams;
        Exchanges newExchanges = new Exchanges(newUpstreams, newTunnels, router, answers);
        newExchanges.setCookieRules(cookies);
        exchanges = newExchanges;
        onInit.run();
    }

    @Override
    public void destroy() {
        onDestroy.run();
        super.destroy();
    }

    @Override
    protected ClientConnector newClientConnector() {
        UpstreamConnector made = new UpstreamConnector(nodeTls);
        connector = made;
        return made;
    }

    @Override
    protected HttpClient newHttpClient(ClientConnector connector) {
        connector.setByteBufferPool(buffers);
        connector.setConnectTimeout(timeouts.connect());
        connector.setIdleTimeout(Duration.ZERO);
        HttpClient client = super.newHttpClient(connector);
        client.setSocketAddressResolver(resolver);
        if (client.getHttpClientTransport() instanceof AbstractHttpClientTransport checks) {
            // Otherwise answers would wait for a thread of the server.
            checks.setInvocationType(InvocationType.NON_BLOCKING);
        }
        return client;
    }

    @Override
    protected void service(HttpServletRequest request, HttpServletResponse response)
            throws ServletException, IOException {
        if (!request.isAsyncSupported()) { // Checked while the filter has the route, and so ends its count.
            throw new ServletException(
                    "A filter in front of the proxy has no async support, without which no request can wait for"
                            + " its node: call setAsyncSupported(true) on the registration of each filter on these paths, or set"
                            + " <async-supported>true</async-supported> in web.xml");
        }
        Route route = (Route) request.getAttribute(StickinessFilter.ROUTE_ATTRIBUTE);
        if (route == null) {
            throw new ServletException(
                    "No StickinessFilter has routed this request: map it to every path of the servlet, for DispatcherType.REQUEST");
        }
        ProblemDocument problem =
                checkedInFront ? null : RequestCheck.check(ServletContextRequest.getServletContextRequest(request));
        if (problem != null) {
            answers.send(problem, request, response);
        } else {
            Objects.requireNonNull(exchanges).start(route, request, response);
        }
    }

    /** Starts TLS for nodes in advance, so that no loop has to wait for it. Does nothing before the start. */
    void startTls() {
        ClientConnector started = connector;
        if (started != null) {
            started.getSslContextFactory();
        }
    }

    /** Leaves the checks of requests to a {@link io.cobrowse.sticky.proxy.listener.Gate} in front. */
    void leaveCheckToGate() {
        checkedInFront = true;
    }

    /** Sets the time-outs; requests and tunnels that are already open may keep the previous ones. */
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

    /** Sets how the attributes of the nodes' cookies are changed. */
    public void setCookieRules(SetCookieRules cookies) {
        this.cookies = cookies;
        if (exchanges != null) {
            exchanges.setCookieRules(cookies);
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

    /**
     * Returns the exchanges, to listen to how forwarded requests end.
     *
     * @throws NullPointerException before the servlet is initialised
     */
    public Exchanges exchanges() {
        return Objects.requireNonNull(exchanges, "StickyProxyServlet is not initialised");
    }

    /**
     * Returns the client that sends the health checks. Its loops also serve clients of connectors that are not the
     * proxy's own.
     */
    @Override
    public HttpClient getHttpClient() {
        return super.getHttpClient();
    }

    /** Returns the number of requests that wait for a place at a node. */
    public int waiting(Node node) {
        Upstreams known = upstreams;
        return known == null ? 0 : known.waiting(node);
    }

    /** Returns the number of polls parked at a node. Asks the loops, and blocks until they answer. */
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
