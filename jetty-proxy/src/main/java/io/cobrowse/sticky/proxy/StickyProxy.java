package io.cobrowse.sticky.proxy;

import io.cobrowse.sticky.filter.StickinessFilter;
import io.cobrowse.sticky.proxy.cluster.Cluster;
import io.cobrowse.sticky.proxy.cluster.NodeStates;
import io.cobrowse.sticky.proxy.config.ConfigReader;
import io.cobrowse.sticky.proxy.config.ProxyConfig;
import io.cobrowse.sticky.proxy.config.ProxyConfig.Address;
import io.cobrowse.sticky.proxy.config.ProxyConfig.Listener;
import io.cobrowse.sticky.proxy.config.UpstreamTls;
import io.cobrowse.sticky.proxy.exchange.Exchanges;
import io.cobrowse.sticky.proxy.exchange.OutcomeListener;
import io.cobrowse.sticky.proxy.listener.Gate;
import io.cobrowse.sticky.proxy.listener.ListenerConnector;
import io.cobrowse.sticky.proxy.listener.ListenerTls;
import io.cobrowse.sticky.proxy.listener.Listeners;
import io.cobrowse.sticky.proxy.listener.Problems;
import io.cobrowse.sticky.proxy.message.SetCookieRules;
import io.cobrowse.sticky.proxy.tunnel.Tunnels;
import io.cobrowse.sticky.routing.Node;
import io.cobrowse.sticky.routing.Router;
import jakarta.servlet.DispatcherType;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import org.eclipse.jetty.ee11.servlet.FilterHolder;
import org.eclipse.jetty.ee11.servlet.ServletContextHandler;
import org.eclipse.jetty.ee11.servlet.ServletHolder;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.util.Jetty;
import org.eclipse.jetty.util.ssl.SslContextFactory;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The sticky proxy as a component of your own Jetty: filter and servlet, health checks, the eviction of requests from nodes that are
 * down, and the nodes' limits, around one {@link Router}. It starts and stops with the context that it is mounted in.
 *
 * <pre>{@code
 * StickyProxy proxy = StickyProxy.builder()
 *         .node("1", "node-1", "http://10.0.0.11:8700")
 *         .node("2", "node-2", "http://10.0.0.12:8700")
 *         .build();
 * Server server = new Server();
 * ServletContextHandler context = new ServletContextHandler("/");
 * proxy.mount(context, "/cobrowse/*");
 * server.setHandler(context);
 * proxy.listen(server, "0.0.0.0", 8080);
 * server.start();
 * }</pre>
 *
 * <p>{@link #listen} opens the proxy's own connectors. Other connectors of the server work with restrictions, which the log names at
 * the start. Thread-safe.
 */
public final class StickyProxy {
    private static final Logger LOG = LoggerFactory.getLogger(StickyProxy.class);

    private final Cluster cluster;
    private final SslContextFactory.Client nodeTls;
    private final StickinessFilter filter;
    private final StickyProxyServlet servlet;
    private final Gate gate = new Gate();
    private final List<Consumer<Exchanges>> starting = new CopyOnWriteArrayList<>();
    private volatile ProxyConfig config;
    private volatile @Nullable Listeners listeners;
    private volatile @Nullable Server server;

    StickyProxy(ProxyConfig config, SslContextFactory.Client nodeTls) {
        Prerequisites.checkJetty(Jetty.VERSION);
        ConfigReader.check(config);
        this.config = config;
        this.nodeTls = nodeTls;
        this.cluster = new Cluster(config);
        if (!config.upstreamTls().equals(UpstreamTls.DEFAULTS)) {
            ListenerTls.apply(config.upstreamTls(), nodeTls);
        }
        this.filter = new StickinessFilter(cluster.router(), cluster.answers());
        this.servlet = new StickyProxyServlet(cluster.router(), cluster.answers(), config.timeouts(), nodeTls);
        servlet.onInit(this::start);
        servlet.onDestroy(cluster::stop);
        applyBrowserRules(config);
    }

    /** Returns a builder with the defaults of the configuration file, and no node. */
    public static StickyProxyBuilder builder() {
        return new StickyProxyBuilder();
    }

    /** Returns a builder with the nodes and the forwarding settings of a configuration; its listeners and admin are ignored. */
    public static StickyProxyBuilder builder(ProxyConfig config) {
        return new StickyProxyBuilder(config);
    }

    /**
     * Mounts filter and servlet on these paths of a context that is not started. Other paths of the context are not changed, with one
     * exception: servlets get ambiguous targets, such as {@code /a%2Fb}, decoded, instead of an exception.
     *
     * @param paths such as {@code /cobrowse/*}
     * @throws IllegalStateException when the context is started
     */
    public void mount(ServletContextHandler context, String... paths) {
        if (!context.isStopped()) {
            throw new IllegalStateException("The context is started: mount the proxy before");
        }
        context.getServletHandler().setDecodeAmbiguousURIs(true);
        FilterHolder filterHolder = new FilterHolder(filter);
        filterHolder.setAsyncSupported(true);
        ServletHolder servletHolder = new ServletHolder("sticky-proxy", servlet);
        servletHolder.setAsyncSupported(true);
        servletHolder.setInitOrder(0);
        for (String path : paths) {
            context.addFilter(filterHolder, path, EnumSet.of(DispatcherType.REQUEST));
            context.addServlet(servletHolder, path);
        }
    }

    /** As the other, with one listener named {@code public}, in clear text, that serves every path. */
    public void listen(Server server, String host, int port) {
        listen(server, new Listener("public", new Address(host, port), null, List.of(), List.of()));
    }

    /**
     * Adds the proxy's own connectors to a server that is not started. They have the limits and rules of listeners, HTTP/2 and WebSocket,
     * keep targets byte for byte, and notice clients that disconnect. The rules apply to everything that the server serves.
     *
     * @throws IllegalArgumentException with every setting that the configuration file would not allow
     * @throws IllegalStateException when the server has no handler yet, or when called twice
     */
    public synchronized void listen(Server server, Listener... added) {
        if (server.getHandler() == null || this.server != null) {
            throw new IllegalStateException(
                    this.server == null
                            ? "The server has no handler: call setHandler before"
                            : "listen is called twice: name all listeners at once");
        }
        ProxyConfig listening = config.withListeners(List.of(added));
        ConfigReader.check(listening);
        this.server = server;
        config = listening;
        server.insertHandler(gate);
        servlet.leaveCheckToGate();
        Problems.setCors(server, config.cors());
        listeners = new Listeners(
                server,
                Runtime.getRuntime().availableProcessors(), // One loop a core.
                config.listeners(),
                config.timeouts().idle(),
                config.timeouts().drain());
    }

    /** Returns the filter, to be registered with {@code async-supported} in front of the {@link #servlet}. */
    public StickinessFilter filter() {
        return filter;
    }

    /** Returns the servlet, to be registered with {@code async-supported} and loaded at the start, on the paths of the filter. */
    public StickyProxyServlet servlet() {
        return servlet;
    }

    /** Adds a listener that is notified of every request that ends, from the next start on. It must not block. */
    public void addListener(OutcomeListener listener) {
        onStart(exchanges -> exchanges.addListener(listener));
    }

    /** Runs a task with the exchanges of each start, before the first request. */
    void onStart(Consumer<Exchanges> task) {
        starting.add(task);
    }

    private void start() {
        startTls(config);
        cluster.start(servlet.getHttpClient(), servlet.upstreams(), servlet.tunnels(), servlet.exchanges());
        starting.forEach(task -> task.accept(servlet.exchanges()));
    }

    private void startTls(ProxyConfig config) {
        boolean needed = config.discovery() != null
                || config.nodes().stream()
                        .anyMatch(node -> "https".equalsIgnoreCase(node.url().getScheme()));
        if (needed) {
            servlet.startTls();
        }
    }

    /** Applies what concerns browsers only: the proxy's own answers to other origins, and the attributes of cookies. */
    private void applyBrowserRules(ProxyConfig next) {
        cluster.answers().setCors(next.cors());
        servlet.setCookieRules(new SetCookieRules(next.setCookie()));
        Server given = server;
        if (given != null) {
            Problems.setCors(given, next.cors());
        }
    }

    /**
     * Applies another configuration as one change, without disturbing open requests and tunnels. A node with the same
     * id and URL keeps its state, checks and counts, and balancing continues where it was. Connections of remaining
     * listeners stay open, and the files of certificates and keys are read again for the next TLS handshakes. Listeners
     * are applied if {@link #listen} was called; admin and observation are ignored.
     *
     * @throws IllegalArgumentException with every setting that the configuration file would not allow; nothing changes
     *     then
     * @throws java.io.UncheckedIOException when the address of a listener cannot be bound; nothing else changes then
     */
    public synchronized void reload(ProxyConfig next) {
        ConfigReader.check(next);
        reloadNodeTls(next.upstreamTls());
        Listeners open = listeners;
        if (open != null) {
            open.reload(next.listeners(), next.timeouts().idle());
        }
        startTls(next);
        cluster.apply(next);
        applyBrowserRules(next);
        servlet.setTimeouts(next.timeouts());
        config = next;
    }

    private void reloadNodeTls(UpstreamTls next) {
        if (next.equals(UpstreamTls.DEFAULTS) && config.upstreamTls().equals(UpstreamTls.DEFAULTS)) {
            return;
        }
        ListenerTls.apply(next, new SslContextFactory.Client()); // Throws if anything is wrong.
        try {
            nodeTls.reload(ignored -> ListenerTls.apply(next, nodeTls));
        } catch (Exception impossible) {
            throw new IllegalStateException("TLS does not take a context that was made for it", impossible);
        }
    }

    /** Returns the current configuration. */
    public ProxyConfig config() {
        return config;
    }

    /** Returns the router, to read the table and the counters. */
    public Router router() {
        return cluster.router();
    }

    /** Returns the states of the nodes, to read and to set by hand. */
    public NodeStates states() {
        return cluster.states();
    }

    /**
     * Returns the open tunnels.
     *
     * @throws NullPointerException before the start
     */
    public Tunnels tunnels() {
        return servlet.tunnels();
    }

    /** Returns the number of connections to a node, idle and in use. */
    public int connections(Node node) {
        return servlet.connections(node);
    }

    /** Returns the connectors that {@link #listen} has added, to read their limits and connections. */
    public List<ListenerConnector> connectors() {
        Listeners open = listeners;
        return open == null ? List.of() : open.connectors();
    }

    Listeners listeners() {
        Listeners open = listeners;
        if (open == null) {
            throw new IllegalStateException("listen was not called");
        }
        return open;
    }

    Gate gate() {
        return gate;
    }

    Cluster cluster() {
        return cluster;
    }

    /**
     * Prepares a stop of the server. The connectors that {@link #listen} has added refuse new connections, new requests on open connections
     * get 503, open requests may finish, and tunnels are closed at a pace, faster if there are many. Blocks until everything has
     * finished or the drain time is over.
     */
    public void drain() throws InterruptedException {
        Listeners open = listeners;
        if (open != null) {
            open.close();
            open.connectors().forEach(ListenerConnector::goAway);
        }
        Duration time = config.timeouts().drain();
        long deadlineNanos = System.nanoTime() + time.toNanos();
        int tunnelled = tunnels().count();
        LOG.info(
                "Stopping: {} requests in flight and {} tunnels, at most {} s to finish",
                gate.inFlight(),
                tunnelled,
                time.toSeconds());
        CompletableFuture<Void> closing = tunnels().closeAll(closePerSecond(tunnelled, time));
        boolean empty = gate.closeAndWait(time);
        try {
            closing.get(Math.max(0, deadlineNanos - System.nanoTime()), TimeUnit.NANOSECONDS);
        } catch (TimeoutException | ExecutionException cutOff) {
            LOG.debug("Tunnels are cut off", cutOff);
        }
        if (!empty || tunnels().count() > 0) {
            LOG.warn(
                    "Stopping at the deadline: {} requests and {} tunnels are cut off",
                    gate.inFlight(),
                    tunnels().count());
        }
    }

    /**
     * Returns the pace at which all tunnels are closed after three quarters of the time, or the configured one if it is
     * faster.
     */
    private int closePerSecond(int open, Duration time) {
        double needed = open * 1000.0 / Math.max(1, time.toMillis() * 3 / 4);
        return Math.max(config.tunnels().closePerSecond(), (int) Math.ceil(needed));
    }
}
