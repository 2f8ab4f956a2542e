package io.cobrowse.sticky.proxy;

import io.cobrowse.sticky.proxy.admin.AdminHandler;
import io.cobrowse.sticky.proxy.cluster.NodeStates;
import io.cobrowse.sticky.proxy.config.ProxyConfig;
import io.cobrowse.sticky.proxy.config.ProxyConfig.Admin;
import io.cobrowse.sticky.proxy.config.ProxyConfig.Listener;
import io.cobrowse.sticky.proxy.listener.ListenerConnector;
import io.cobrowse.sticky.proxy.listener.Listeners;
import io.cobrowse.sticky.proxy.listener.Problems;
import io.cobrowse.sticky.proxy.observe.Telemetry;
import io.cobrowse.sticky.proxy.tunnel.Tunnels;
import io.cobrowse.sticky.routing.Node;
import io.cobrowse.sticky.routing.Router;
import java.io.IOException;
import java.net.BindException;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Objects;
import org.eclipse.jetty.ee11.servlet.ServletContextHandler;
import org.eclipse.jetty.server.Server;
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
 * <p>A server can be started only once. Thread-safe.
 */
public final class StickyProxyServer implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(StickyProxyServer.class);

    private static final int MAX_THREADS = 64;

    private final StickyProxy proxy;
    private final Server server = new Server(threads("proxy", MAX_THREADS));
    private final Telemetry telemetry;
    private final @Nullable AdminServer admin;
    private volatile ProxyConfig config;
    private volatile boolean started;
    private volatile boolean stopping;

    StickyProxyServer(ProxyConfig config, SslContextFactory.Client nodeTls) {
        this.config = config;
        this.proxy = new StickyProxy(config, nodeTls);
        server.setErrorHandler(new Problems());
        server.setHandler(context());
        proxy.listen(server, config.listeners().toArray(Listener[]::new));
        ProxyGauges gauges = new ProxyGauges(proxy);
        this.telemetry = new Telemetry(config.observation(), proxy.router(), gauges);
        server.setRequestLog(telemetry);
        proxy.onStart(exchanges -> {
            exchanges.addListener(telemetry);
            exchanges.setBodiesKept(telemetry::wantsBodies);
        });
        this.admin = config.admin() == null ? null : admin(config.admin(), gauges);
    }

    private AdminServer admin(Admin settings, ProxyGauges gauges) {
        requireJackson();
        return new AdminServer(
                settings, new AdminHandler(proxy.states(), telemetry, gauges, () -> this.config, () -> stopping));
    }

    /** Fails early without Jackson, which only the admin listener needs, and which its first answer would load. */
    private static void requireJackson() {
        String mapper = "com.fasterxml.jackson.databind.ObjectMapper";
        try {
            Class.forName(mapper, false, StickyProxyServer.class.getClassLoader());
        } catch (ClassNotFoundException absent) {
            throw new IllegalStateException(
                    "The admin listener needs com.fasterxml.jackson.core:jackson-databind on the class path", absent);
        }
    }

    static QueuedThreadPool threads(String name, int max) {
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
        proxy.mount(context, "/*");
        return context;
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
     * @throws BindException when an address cannot be bound; the message names it and its listener
     * @throws IOException when anything else fails
     * @throws IllegalStateException when it was started or closed before
     */
    public synchronized StickyProxyServer start() throws IOException {
        if (started || stopping) {
            throw new IllegalStateException(
                    stopping
                            ? "The proxy is closed, and cannot be started again: build another one"
                            : "The proxy is started already");
        }
        started = true;
        try {
            if (admin != null) {
                admin.open();
            }
            proxy.listeners().open();
            server.start();
            telemetry.start();
            if (admin != null) {
                admin.start();
            }
            return this;
        } catch (IOException | RuntimeException failure) {
            abandon();
            throw failure;
        } catch (Exception failure) {
            abandon();
            throw new IOException("The proxy cannot start: " + failure.getMessage(), failure);
        }
    }

    private void abandon() {
        stopping = true;
        stopServers();
    }

    /**
     * Returns the address of a listener, with its true port.
     *
     * @throws NoSuchElementException when no listener has this name
     * @throws IllegalStateException when the proxy is not started
     */
    public URI uri(String listener) {
        return Listeners.uri(proxy.listeners().connector(listener));
    }

    /** Returns the public listeners, to read their limits and connections. */
    public List<ListenerConnector> listeners() {
        return proxy.connectors();
    }

    /**
     * Returns the address of the admin listener, with its true port.
     *
     * @throws IllegalStateException when there is none, or the proxy is not started
     */
    public URI adminUri() {
        if (admin == null) {
            throw new IllegalStateException("There is no admin listener: ask the builder for one by admin(host, port)");
        }
        return admin.uri();
    }

    /** Returns the current configuration. */
    public ProxyConfig config() {
        return config;
    }

    /** Returns the counters of requests. */
    public Telemetry telemetry() {
        return telemetry;
    }

    /** Returns the router, to read the table and the counters. */
    public Router router() {
        return proxy.router();
    }

    /**
     * Applies another configuration as one change, without disturbing open requests and tunnels. A node with the same
     * id and URL keeps its state, checks and counts, and balancing continues where it was. Connections of remaining
     * listeners stay open, and the files of certificates and keys are read again for the next TLS handshakes. Admin is
     * applied only at a start.
     *
     * @return the sections that differ and need a restart
     * @throws IllegalArgumentException with every setting that the configuration file would not allow; nothing changes
     *     then
     * @throws java.io.UncheckedIOException when the address of a listener cannot be bound; nothing else changes then
     */
    public synchronized List<String> reload(ProxyConfig next) {
        proxy.reload(next);
        ProxyConfig before = config;
        List<String> later = new ArrayList<>();
        if (!Objects.equals(next.admin(), before.admin())) {
            later.add("admin");
        }
        telemetry.reload(next.observation());
        config = next.withAdmin(before.admin());
        return later;
    }

    /** Returns the states of the nodes, to read and to set by hand. */
    public NodeStates states() {
        return proxy.states();
    }

    /** Returns the open tunnels; call it only after the start. */
    public Tunnels tunnels() {
        return proxy.tunnels();
    }

    /** Returns the number of requests being served. */
    public int inFlight() {
        return proxy.gate().inFlight();
    }

    /** Returns the number of connections to a node, idle and in use. */
    public int connections(Node node) {
        return proxy.connections(node);
    }

    /**
     * Stops gracefully: refuses new connections, answers new requests on open connections with 503, lets open requests finish, and closes
     * tunnels at a pace, faster if there are many, until the drain time is over. Blocks until everything has stopped. Does nothing the
     * second time.
     */
    public synchronized void stop() {
        if (stopping) {
            return;
        }
        stopping = true;
        proxy.listeners().close();
        if (server.isRunning()) {
            try {
                proxy.drain();
            } catch (InterruptedException interrupted) {
                Thread.currentThread().interrupt();
            }
        }
        stopServers();
    }

    private void stopServers() {
        proxy.cluster().stop();
        try {
            server.stop();
        } catch (Exception failure) {
            LOG.warn("Stopping failed", failure);
        }
        if (admin != null) {
            admin.stop();
        }
        telemetry.close();
    }

    /** Same as {@link #stop}. */
    @Override
    public void close() {
        stop();
    }
}
