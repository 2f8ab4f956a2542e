package io.cobrowse.sticky.proxy;

import io.cobrowse.sticky.filter.StickinessFilter;
import io.cobrowse.sticky.proxy.admin.AdminGuard;
import io.cobrowse.sticky.proxy.admin.AdminHandler;
import io.cobrowse.sticky.proxy.cluster.Cluster;
import io.cobrowse.sticky.proxy.cluster.NodeStates;
import io.cobrowse.sticky.proxy.config.ProxyConfig;
import io.cobrowse.sticky.proxy.config.UpstreamTls;
import io.cobrowse.sticky.proxy.listener.Gate;
import io.cobrowse.sticky.proxy.listener.ListenerConnector;
import io.cobrowse.sticky.proxy.listener.ListenerTls;
import io.cobrowse.sticky.proxy.listener.Listeners;
import io.cobrowse.sticky.proxy.listener.Problems;
import io.cobrowse.sticky.proxy.message.SetCookieRules;
import io.cobrowse.sticky.proxy.observe.Telemetry;
import io.cobrowse.sticky.proxy.tunnel.Tunnels;
import io.cobrowse.sticky.routing.Node;
import io.cobrowse.sticky.routing.Router;
import jakarta.servlet.DispatcherType;
import java.io.IOException;
import java.net.BindException;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.eclipse.jetty.ee11.servlet.FilterHolder;
import org.eclipse.jetty.ee11.servlet.ServletContextHandler;
import org.eclipse.jetty.ee11.servlet.ServletHolder;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.util.ssl.SslContextFactory;
import org.eclipse.jetty.util.thread.QueuedThreadPool;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The sticky proxy as a server to embed: public listeners, the filter, the servlet, and the admin listener.
 *
 * <pre>{@code
 * try (StickyProxyServer proxy = StickyProxyServer.builder()
 *         .listen("0.0.0.0", 8080)
 *         .node("1", "node-1", "http://10.0.0.11:8700")
 *         .node("2", "node-2", "http://10.0.0.12:8700")
 *         .build()
 *         .start()) {
 *     ...
 * }
 * }</pre>
 *
 * <p>Is started once and stopped once. Thread-safe.
 */
public final class StickyProxyServer implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(StickyProxyServer.class);

    private static final int MAX_THREADS = 64;

    private volatile ProxyConfig config;
    private final Cluster cluster;
    private final Server server;
    private final Server adminServer;
    private final Gate gate = new Gate();
    private final StickyProxyServlet servlet;
    private final Telemetry telemetry;
    private final Listeners listeners;
    private final SslContextFactory.Client nodeTls;
    private final ServerConnector adminConnector;
    private volatile boolean stopping;

    StickyProxyServer(ProxyConfig config, SslContextFactory.Client nodeTls) {
        this.config = config;
        this.cluster = new Cluster(config);
        this.nodeTls = nodeTls;
        if (!config.upstreamTls().equals(UpstreamTls.DEFAULTS)) {
            ListenerTls.apply(config.upstreamTls(), nodeTls);
        }
        this.servlet = new StickyProxyServlet(cluster.router(), cluster.answers(), config.timeouts(), nodeTls);
        this.server = new Server(threads("proxy", MAX_THREADS));
        servlet.useBuffers(server.getByteBufferPool());
        servlet.leaveCheckToGate();
        server.setErrorHandler(new Problems());
        applyBrowserRules(config);
        gate.setHandler(context());
        server.setHandler(gate);
        this.listeners = new Listeners(
                server,
                selectors(),
                config.listeners(),
                config.timeouts().idle(),
                config.timeouts().drain());
        ProxyGauges gauges = new ProxyGauges(servlet, cluster, listeners::connectors);
        this.telemetry = new Telemetry(config.observation(), cluster.router(), gauges);
        server.setRequestLog(telemetry);
        servlet.whenReady(ready -> {
            cluster.start(ready.getHttpClient(), ready.upstreams(), ready.tunnels(), ready.exchanges());
            ready.exchanges().addListener(telemetry);
            ready.exchanges().setBodiesKept(telemetry::wantsBodies);
        });
        this.adminServer = new Server(threads("admin", 8));
        adminServer.setErrorHandler(new Problems());
        adminServer.setHandler(new AdminGuard(
                config.admin().address().host(),
                config.admin().token(),
                new AdminHandler(cluster.states(), telemetry, gauges, () -> this.config, () -> stopping)));
        HttpConfiguration adminHttp = new HttpConfiguration();
        adminHttp.setSendServerVersion(false);
        this.adminConnector = new ServerConnector(adminServer, 1, 1, new HttpConnectionFactory(adminHttp));
        adminConnector.setHost(config.admin().address().host());
        adminConnector.setPort(config.admin().address().port());
        adminServer.addConnector(adminConnector);
    }

    /** Takes what concerns browsers only: our answers on other origins, and the attributes of cookies. */
    private void applyBrowserRules(ProxyConfig next) {
        cluster.answers().setCors(next.cors());
        Problems.setCors(server, next.cors());
        servlet.setCookieRules(new SetCookieRules(next.setCookie()));
    }

    private static QueuedThreadPool threads(String name, int max) {
        QueuedThreadPool threads = new QueuedThreadPool(max);
        threads.setName(name);
        return threads;
    }

    private ServletContextHandler context() {
        ServletContextHandler context = new ServletContextHandler("/", ServletContextHandler.NO_SESSIONS) {
            @Override
            public InvocationType getInvocationType() {
                return InvocationType.NON_BLOCKING; // Neither the filter nor the servlet ever blocks.
            }
        };
        context.setErrorHandler(new Problems());
        context.getServletHandler().setDecodeAmbiguousURIs(true);
        FilterHolder filter = new FilterHolder(new StickinessFilter(cluster.router(), cluster.answers()));
        filter.setAsyncSupported(true);
        context.addFilter(filter, "/*", EnumSet.of(DispatcherType.REQUEST));
        ServletHolder holder = new ServletHolder("proxy", servlet);
        holder.setAsyncSupported(true);
        holder.setInitOrder(0);
        context.addServlet(holder, "/*");
        return context;
    }

    private static int selectors() {
        return Runtime.getRuntime().availableProcessors(); // One loop a core.
    }

    /** Returns a builder with the defaults of the configuration file, and no listener and no node. */
    public static StickyProxyServerBuilder builder() {
        return new StickyProxyServerBuilder();
    }

    /** Returns a builder of exactly this configuration. */
    public static StickyProxyServerBuilder builder(ProxyConfig config) {
        return new StickyProxyServerBuilder(config);
    }

    /**
     * Starts listening and serving.
     *
     * @return this
     * @throws BindException when an address cannot be had; the message names it
     * @throws IOException when anything else fails
     */
    public StickyProxyServer start() throws IOException {
        try {
            Listeners.bind(adminConnector, config.admin().address());
            listeners.open();
            server.start();
            sweep();
            telemetry.start();
            adminServer.start();
            return this;
        } catch (IOException | RuntimeException failure) {
            stopServers();
            throw failure;
        } catch (Exception failure) {
            stopServers();
            throw new IOException("The proxy cannot start: " + failure.getMessage(), failure);
        }
    }

    private void sweep() {
        if (!server.isRunning()) {
            return;
        }
        try {
            listeners.sweep();
        } catch (RuntimeException bug) {
            LOG.error("Looking for slow clients failed", bug);
        }
        server.getScheduler().schedule(this::sweep, 1, TimeUnit.SECONDS);
    }

    /**
     * Returns the address of a listener, with its true port.
     *
     * @throws NoSuchElementException when no listener has this name
     */
    public URI uri(String listener) {
        return Listeners.uri(listeners.connector(listener));
    }

    /** Returns the public listeners, for a look at their limits and connections. */
    public List<ListenerConnector> listeners() {
        return listeners.connectors();
    }

    /** Returns the address of the admin listener, with its true port. */
    public URI adminUri() {
        return Listeners.uri(adminConnector);
    }

    /** Returns the configuration that holds now. */
    public ProxyConfig config() {
        return config;
    }

    /** Returns what is counted of requests. */
    public Telemetry telemetry() {
        return telemetry;
    }

    /** Returns the router, for a look at the table and the counters. */
    public Router router() {
        return cluster.router();
    }

    /**
     * Takes another configuration, as one change that disturbs nothing under way: a node with the same id and URL keeps its
     * state, its checks and its counts, and balancing goes on where it was; connections of listeners that stay are not touched, and
     * files of certificates and keys are read anew for the next TLS handshakes. Admin is taken at a start only.
     *
     * @return the sections that differ and so need a restart
     * @throws IllegalArgumentException when the nodes are none, or two share an id or a cookie value, or the files of a certificate
     *     cannot be used; nothing changes then
     * @throws java.io.UncheckedIOException when the address of a listener cannot be had; nothing else changes then
     */
    public synchronized List<String> reload(ProxyConfig next) {
        Cluster.check(next);
        reloadNodeTls(next.upstreamTls());
        listeners.reload(next.listeners(), next.timeouts().idle());
        cluster.apply(next);
        applyBrowserRules(next);
        servlet.setTimeouts(next.timeouts());
        ProxyConfig before = config;
        List<String> later = new ArrayList<>();
        if (!next.admin().equals(before.admin())) {
            later.add("admin");
        }
        telemetry.reload(next.observation());
        config = new ProxyConfig(
                next.listeners(),
                before.admin(),
                next.stickiness(),
                next.balance(),
                next.nodes(),
                next.health(),
                next.timeouts(),
                next.tunnels(),
                next.cors(),
                next.setCookie(),
                next.upstreamTls(),
                next.observation());
        return later;
    }

    private void reloadNodeTls(UpstreamTls next) {
        if (next.equals(UpstreamTls.DEFAULTS) && config.upstreamTls().equals(UpstreamTls.DEFAULTS)) {
            return;
        }
        ListenerTls.apply(next, new SslContextFactory.Client()); // Whatever is wrong is thrown here.
        try {
            nodeTls.reload(ignored -> ListenerTls.apply(next, nodeTls));
        } catch (Exception impossible) {
            throw new IllegalStateException("TLS does not take a context that was made for it", impossible);
        }
    }

    /** Returns the states of the nodes, to look at and to set by hand. */
    public NodeStates states() {
        return cluster.states();
    }

    /** Returns the open tunnels; to be called when started. */
    public Tunnels tunnels() {
        return servlet.tunnels();
    }

    /** Returns the number of requests being served. */
    public int inFlight() {
        return gate.inFlight();
    }

    /** Returns the number of connections to a node, idle and in use. */
    public int connections(Node node) {
        return servlet.connections(node);
    }

    /**
     * Stops gracefully: new connections are refused, new requests on open ones get 503, those being served may finish, and
     * tunnels are closed at a pace, faster where they are many, until the drain time is up. Blocks until all is stopped.
     * Does nothing the second time.
     */
    public synchronized void stop() {
        if (stopping) {
            return;
        }
        stopping = true;
        listeners.close();
        if (server.isRunning()) {
            listeners.connectors().forEach(ListenerConnector::goAway);
            try {
                drain(config.timeouts().drain());
            } catch (InterruptedException interrupted) {
                Thread.currentThread().interrupt();
            }
        }
        stopServers();
    }

    private void drain(Duration time) throws InterruptedException {
        long deadlineNanos = System.nanoTime() + time.toNanos();
        int open = tunnels().count();
        LOG.info(
                "Stopping: {} requests in flight and {} tunnels, at most {} s to finish",
                gate.inFlight(),
                open,
                time.toSeconds());
        CompletableFuture<Void> closing = tunnels().closeAll(closePerSecond(open, time));
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

    /** The pace at which all are closed when three quarters of the time are over, or the configured one if that is faster. */
    private int closePerSecond(int open, Duration time) {
        double needed = open * 1000.0 / Math.max(1, time.toMillis() * 3 / 4);
        return Math.max(config.tunnels().closePerSecond(), (int) Math.ceil(needed));
    }

    private void stopServers() {
        cluster.stop();
        for (Server each : List.of(server, adminServer)) {
            try {
                each.stop();
            } catch (Exception failure) {
                LOG.warn("Stopping failed", failure);
            }
        }
        telemetry.close();
    }

    /** Same as {@link #stop}. */
    @Override
    public void close() {
        stop();
    }
}
