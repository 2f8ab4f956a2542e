package io.cobrowse.sticky.proxy;

import io.cobrowse.sticky.filter.RoutingAnswers;
import io.cobrowse.sticky.filter.StickinessFilter;
import io.cobrowse.sticky.proxy.admin.AdminGuard;
import io.cobrowse.sticky.proxy.admin.AdminHandler;
import io.cobrowse.sticky.proxy.cluster.Evictions;
import io.cobrowse.sticky.proxy.cluster.HealthChecks;
import io.cobrowse.sticky.proxy.cluster.NodeStates;
import io.cobrowse.sticky.proxy.config.ProxyConfig;
import io.cobrowse.sticky.proxy.config.ProxyConfig.Address;
import io.cobrowse.sticky.proxy.config.ProxyConfig.Health;
import io.cobrowse.sticky.proxy.config.ProxyConfig.Listener;
import io.cobrowse.sticky.proxy.config.ProxyConfig.Tls;
import io.cobrowse.sticky.proxy.listener.Gate;
import io.cobrowse.sticky.proxy.listener.ListenerConnector;
import io.cobrowse.sticky.proxy.listener.ListenerPolicy;
import io.cobrowse.sticky.proxy.listener.PemIdentity;
import io.cobrowse.sticky.proxy.listener.Problems;
import io.cobrowse.sticky.proxy.listener.ProxyHttp;
import io.cobrowse.sticky.proxy.observe.Telemetry;
import io.cobrowse.sticky.proxy.tunnel.Tunnels;
import io.cobrowse.sticky.routing.Node;
import io.cobrowse.sticky.routing.NodeTable;
import io.cobrowse.sticky.routing.Router;
import jakarta.servlet.DispatcherType;
import java.io.IOException;
import java.net.BindException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.channels.UnresolvedAddressException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import javax.net.ssl.SSLContext;
import org.eclipse.jetty.client.HttpClient;
import org.eclipse.jetty.ee11.servlet.FilterHolder;
import org.eclipse.jetty.ee11.servlet.ServletContextHandler;
import org.eclipse.jetty.ee11.servlet.ServletHolder;
import org.eclipse.jetty.server.ConnectionFactory;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.server.SslConnectionFactory;
import org.eclipse.jetty.util.ssl.SslContextFactory;
import org.eclipse.jetty.util.thread.QueuedThreadPool;
import org.jspecify.annotations.Nullable;
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
    private final RoutingAnswers answers;
    private final Router router;
    private final NodeStates states;
    private final Server server;
    private final Server adminServer;
    private final Gate gate = new Gate();
    private final StickyProxyServlet servlet;
    private final Telemetry telemetry;
    private final Map<String, ListenerConnector> listeners = new LinkedHashMap<>();
    private final ServerConnector adminConnector;
    private @Nullable HealthChecks checks;
    private volatile boolean stopping;

    StickyProxyServer(ProxyConfig config, SslContextFactory.Client nodeTls) {
        this.config = config;
        this.router = newRouter(config);
        this.states = new NodeStates(router);
        this.answers = new RoutingAnswers(router, retryAfterSeconds(config.health()));
        this.servlet = new StickyProxyServlet(router, answers, config.timeouts(), nodeTls);
        this.server = new Server(threads("proxy", MAX_THREADS));
        servlet.leaveCheckToGate();
        server.setErrorHandler(new Problems());
        gate.setHandler(context());
        server.setHandler(gate);
        for (Listener listener : config.listeners()) {
            listeners.put(listener.name(), newConnector(listener));
        }
        ProxyGauges gauges = new ProxyGauges(servlet, states, listeners.values());
        this.telemetry = new Telemetry(config.observation(), router, gauges);
        server.setRequestLog(telemetry);
        this.adminServer = new Server(threads("admin", 8));
        adminServer.setErrorHandler(new Problems());
        adminServer.setHandler(new AdminGuard(
                config.admin().address().host(),
                config.admin().token(),
                new AdminHandler(states, telemetry, gauges, () -> this.config, () -> stopping)));
        HttpConfiguration adminHttp = new HttpConfiguration();
        adminHttp.setSendServerVersion(false);
        this.adminConnector = new ServerConnector(adminServer, 1, 1, new HttpConnectionFactory(adminHttp));
        bind(adminConnector, config.admin().address());
        adminServer.addConnector(adminConnector);
    }

    /** Returns a router for a configuration, with all nodes ready. */
    public static Router newRouter(ProxyConfig config) {
        return new Router(config.stickiness(), config.balance(), NodeTable.of(ConfiguredNodes.of(config)));
    }

    /** How long a node needs at the least to be seen up again. */
    private static int retryAfterSeconds(Health health) {
        long millis = health.interval().toMillis() * health.rise();
        return (int) Math.max(1, (millis + 999) / 1000);
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
        FilterHolder filter = new FilterHolder(new StickinessFilter(router, answers));
        filter.setAsyncSupported(true);
        context.addFilter(filter, "/*", EnumSet.of(DispatcherType.REQUEST));
        ServletHolder holder = new ServletHolder("proxy", servlet);
        holder.setAsyncSupported(true);
        holder.setInitOrder(0);
        context.addServlet(holder, "/*");
        return context;
    }

    private ListenerConnector newConnector(Listener listener) {
        ListenerConnector connector = new ListenerConnector(
                server,
                selectors(),
                new ListenerPolicy(listener.allow(), listener.trustedPeers()),
                factories(listener));
        connector.setName(listener.name());
        connector.setIdleTimeout(config.timeouts().idle().toMillis());
        bind(connector, listener.address());
        server.addConnector(connector);
        return connector;
    }

    private static ConnectionFactory[] factories(Listener listener) {
        Tls tls = listener.tls();
        return tls == null
                ? ProxyHttp.clearText()
                : ProxyHttp.tls(PemIdentity.load(Path.of(tls.certificate()), Path.of(tls.privateKey())));
    }

    private static int selectors() {
        return Math.max(1, Runtime.getRuntime().availableProcessors() / 2);
    }

    private static void bind(ServerConnector connector, Address address) {
        connector.setHost(address.host());
        connector.setPort(address.port());
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
            open(adminConnector, config.admin().address());
            for (Listener listener : config.listeners()) {
                open(connector(listener.name()), listener.address());
            }
            server.start();
            startChecks();
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

    private synchronized void startChecks() {
        HttpClient client = servlet.getHttpClient();
        Evictions evictions = new Evictions(
                router,
                servlet.upstreams(),
                servlet.tunnels(),
                node -> states.pace(node, config.tunnels().closePerSecond()));
        states.onChange(node -> client.getExecutor().execute(() -> evictions.apply(node)));
        HealthChecks newChecks = new HealthChecks(client, states, config.health());
        servlet.upstreams().setObserver(newChecks);
        servlet.upstreams().setLimits(ConfiguredNodes.limits(config));
        servlet.upstreams().setOutcomes(telemetry);
        newChecks.start();
        checks = newChecks;
    }

    private static void open(ServerConnector connector, Address address) throws IOException {
        try {
            connector.open();
        } catch (IOException | UnresolvedAddressException failure) {
            Throwable reason = failure.getCause() == null ? failure : failure.getCause();
            String why = reason instanceof UnresolvedAddressException
                    ? "the host cannot be resolved"
                    : String.valueOf(reason.getMessage());
            BindException bind = new BindException("Cannot listen on " + address + ": " + why);
            bind.initCause(failure);
            throw bind;
        }
    }

    /**
     * Returns the address of a listener, with its true port.
     *
     * @throws NoSuchElementException when no listener has this name
     */
    public URI uri(String listener) {
        return uri(connector(listener));
    }

    private ListenerConnector connector(String listener) {
        ListenerConnector connector = listeners.get(listener);
        if (connector == null) {
            throw new NoSuchElementException("No listener \"" + listener + "\"; there are " + listeners.keySet());
        }
        return connector;
    }

    /** Returns the address of the admin listener, with its true port. */
    public URI adminUri() {
        return uri(adminConnector);
    }

    private static URI uri(ServerConnector connector) {
        String host = connector.getHost();
        InetSocketAddress any = new InetSocketAddress(host, 0);
        boolean wildcard = any.getAddress() != null && any.getAddress().isAnyLocalAddress();
        String scheme = connector.getConnectionFactory(SslConnectionFactory.class) == null ? "http" : "https";
        return URI.create(scheme + "://" + new Address(wildcard ? "127.0.0.1" : host, connector.getLocalPort()));
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
        return router;
    }

    /**
     * Takes another configuration, as one change that disturbs nothing under way: a node with the same id and URL keeps its
     * state, its checks and its counts, and balancing goes on where it was. Listeners and admin are taken at a start only, but
     * for what is in the files of certificates and keys, which the next TLS handshakes show.
     *
     * @return the sections that differ and so need a restart
     * @throws IllegalArgumentException when the nodes are none, or two share an id or a cookie value, or the files of a certificate
     *     cannot be used; nothing changes then
     */
    public synchronized List<String> reload(ProxyConfig next) {
        Map<ListenerConnector, SSLContext> identities = identities(next);
        states.replace(next.stickiness(), next.balance(), ConfiguredNodes.of(next));
        answers.setRetryAfter(retryAfterSeconds(next.health()));
        servlet.setTimeouts(next.timeouts());
        servlet.upstreams().setLimits(ConfiguredNodes.limits(next));
        listeners
                .values()
                .forEach(listener ->
                        listener.setIdleTimeout(next.timeouts().idle().toMillis()));
        identities.forEach(ListenerConnector::setIdentity);
        HealthChecks started = checks;
        if (started != null) {
            started.update(next.health());
        }
        ProxyConfig before = config;
        List<String> later = new ArrayList<>();
        if (!next.listeners().equals(before.listeners())) {
            later.add("listeners");
        }
        if (!next.admin().equals(before.admin())) {
            later.add("admin");
        }
        if (!next.observation().equals(before.observation())) {
            later.add("access-log, metrics or audit");
        }
        config = new ProxyConfig(
                before.listeners(),
                before.admin(),
                next.stickiness(),
                next.balance(),
                next.nodes(),
                next.health(),
                next.timeouts(),
                next.tunnels(),
                before.observation());
        return later;
    }

    /** Reads the certificates and keys of the listeners that stay as they are. */
    private Map<ListenerConnector, SSLContext> identities(ProxyConfig next) {
        Map<ListenerConnector, SSLContext> identities = new HashMap<>();
        for (Listener listener : config.listeners()) {
            Tls tls = listener.tls();
            if (tls != null && next.listeners().contains(listener)) {
                identities.put(
                        connector(listener.name()),
                        PemIdentity.context(Path.of(tls.certificate()), Path.of(tls.privateKey())));
            }
        }
        return identities;
    }

    /** Returns the states of the nodes, to look at and to set by hand. */
    public NodeStates states() {
        return states;
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
        listeners.values().forEach(ServerConnector::close);
        if (server.isRunning()) {
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
        HealthChecks started = checks;
        if (started != null) {
            started.stop();
        }
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
