package io.cobrowse.node;

import java.io.IOException;
import java.net.BindException;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import org.eclipse.jetty.ee11.servlet.ServletContextHandler;
import org.eclipse.jetty.ee11.servlet.ServletHolder;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.util.thread.QueuedThreadPool;
import org.eclipse.jetty.util.thread.Scheduler;
import org.eclipse.jetty.websocket.server.WebSocketUpgradeHandler;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A reference Co-browse node: HTTP/1.1 and WebSocket on one port, with its sessions in memory. It can be started and
 * closed once. Thread-safe.
 */
public final class CobrowseNode implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(CobrowseNode.class);
    /**
     * The JDK's default of 50 is too small: the kernel drops clients that arrive in a burst, and they try again a
     * second later.
     */
    private static final int ACCEPT_QUEUE_SIZE = 4096;
    /** Longer than the 30 s of a poll, so that a proxy's pooled connections are not closed between two polls. */
    private static final long IDLE_TIMEOUT_MILLIS = 120_000;
    /** More than the 32 KiB of header fields that a proxy in front may let through. */
    private static final int MAX_REQUEST_HEADER_BYTES = 64 * 1024;

    private static final Duration LOOK_UP_LIMIT = Duration.ofSeconds(1);

    private final Identity identity;
    private final Counters counters = new Counters();
    private final Sessions sessions;
    private final PeerLookup peers = new PeerLookup(LOOK_UP_LIMIT);
    private final Server server;
    private final ServerConnector connector;
    private final FaultHandler faultHandler;
    private final CometServlet comet;

    private CobrowseNode(Builder builder) {
        identity = new Identity(builder.name, builder.cookie);
        sessions = new Sessions(builder.name, Clock.systemUTC(), builder.onEvent);
        setServerUrl(builder.serverUrl);
        peers.peers(builder.peers);

        QueuedThreadPool threads = new QueuedThreadPool();
        threads.setName(builder.name);
        server = new Server(threads);
        connector = connector(server, builder.host, builder.port);
        server.addConnector(connector);

        ServletContextHandler context = new ServletContextHandler("/cobrowse");
        context.insertHandler(WebSocketUpgradeHandler.from(server, context));
        comet = new CometServlet(context.getContext(), new SessionService(identity, sessions, counters), counters);
        ServletHolder cometHolder = new ServletHolder(comet);
        cometHolder.setInitParameters(CometServlet.OPTIONS);
        cometHolder.setInitParameter("timeout", Long.toString(builder.pollTimeout.toMillis()));
        cometHolder.setInitParameter("maxInterval", Long.toString(builder.maxInterval.toMillis()));
        cometHolder.setInitOrder(1);
        cometHolder.setAsyncSupported(true);
        context.addServlet(cometHolder, "/cometd/*");
        ServletHolder rest = new ServletHolder(
                new RestServlet(identity, sessions, peers, new Origins(builder.allowedOrigins), counters));
        rest.setAsyncSupported(true);
        context.addServlet(rest, "/rest/*");
        context.addServlet(new ServletHolder(new InternalServlet(this, sessions, identity)), "/internal/*");
        context.addServlet(new ServletHolder(new HealthServlet(this::faults)), "/health");
        context.addServlet(new ServletHolder(new PageServlet()), "/demo/*");
        CrossOrigin pages = new CrossOrigin(builder.allowedOrigins);
        pages.setHandler(context);
        faultHandler = new FaultHandler(pages);
        server.setHandler(new NodeHandler(faultHandler, identity, counters));
    }

    public static Builder builder() {
        return new Builder();
    }

    /**
     * Starts listening.
     *
     * @throws BindException if the port is in use, naming it
     * @throws IOException if the server cannot start
     */
    public CobrowseNode start() throws IOException {
        int wanted = connector.getPort();
        try {
            server.start();
        } catch (Exception failure) {
            stopServer();
            if (failure instanceof BindException || failure.getCause() instanceof BindException) {
                BindException inUse = new BindException("Port " + wanted + " is in use.");
                inUse.initCause(failure);
                throw inUse;
            }
            throw new IOException("Node " + name() + " cannot start: " + failure.getMessage(), failure);
        }
        connector.setPort(connector.getLocalPort());
        return this;
    }

    public String name() {
        return identity.name();
    }

    /** Returns the configured port or, if that is 0, the free port chosen at the start. */
    public int port() {
        return connector.getPort();
    }

    /** Returns the node's address as seen from this machine: {@code http://localhost:PORT}. */
    public URI uri() {
        return URI.create("http://localhost:" + port());
    }

    public NodeStats stats() {
        return new NodeStats(
                name(),
                sessions.open(),
                sessions.count(Role.CUSTOMER),
                sessions.count(Role.AGENT),
                counters.requests.sum(),
                counters.foreign.sum(),
                counters.unknownClients.sum(),
                counters.relayed.sum());
    }

    /**
     * Sets the nodes that are asked who owns a session; may be called at any time. The list may contain this node.
     *
     * @throws IllegalArgumentException if one is not an HTTP URL with a host
     */
    public void setPeers(List<URI> urls) {
        peers.peers(urls);
    }

    /**
     * Sets the node's public URL; may be called at any time. Null makes agents use cookies.
     *
     * @throws IllegalArgumentException if it is not an HTTP URL with a host
     */
    public void setServerUrl(@Nullable URI url) {
        identity.serverUrl(url == null ? null : ServerUrl.check("server-url", url));
    }

    public Faults faults() {
        return faultHandler.faults();
    }

    /** Returns the number of requests that wait because the node hangs. */
    int heldRequests() {
        return faultHandler.heldRequests();
    }

    /**
     * Sets the faults from now on, replacing earlier ones. Returns when the port is closed or open again.
     *
     * @throws IllegalStateException if the port cannot be opened again
     */
    public synchronized void inject(Faults faults) {
        faultHandler.inject(faults);
        if (!server.isRunning()) {
            return;
        }
        try {
            if (faults.refuse()) {
                connector.stop();
            } else {
                connector.start();
            }
        } catch (Exception failure) {
            throw new IllegalStateException("Port " + port() + " cannot be opened again.", failure);
        }
    }

    /**
     * Sets faults from a thread other than the request's own, since they may close the request's connection.
     *
     * @param forMillis how long they last, in milliseconds, unless other faults replace them; 0 for ever
     */
    void injectLater(Faults faults, long forMillis) {
        Scheduler scheduler = server.getScheduler();
        scheduler.schedule(() -> injectAndLog(faults), 0, TimeUnit.MILLISECONDS);
        if (forMillis > 0) {
            scheduler.schedule(() -> lift(faults), forMillis, TimeUnit.MILLISECONDS);
        }
    }

    private void lift(Faults faults) {
        if (faults().equals(faults)) {
            injectAndLog(Faults.NONE);
        }
    }

    private void injectAndLog(Faults faults) {
        try {
            inject(faults);
        } catch (IllegalStateException failure) {
            LOG.warn("{}: {}", name(), failure.getMessage(), failure);
        }
    }

    /** Disconnects the clients, forgets the sessions and closes the port. */
    @Override
    public synchronized void close() {
        if (server.isRunning()) {
            comet.disconnectAll();
        }
        stopServer();
    }

    private void stopServer() {
        try {
            server.stop();
        } catch (Exception failure) {
            LOG.warn("Node {} did not stop cleanly", name(), failure);
        }
    }

    private static ServerConnector connector(Server server, @Nullable String host, int port) {
        HttpConfiguration http = new HttpConfiguration();
        http.setRequestHeaderSize(MAX_REQUEST_HEADER_BYTES);
        http.setSendServerVersion(false);
        // No acceptor thread: it might take a last connection while the connector stops. Nobody would ever close that
        // connection, so a node that refuses would hang. The only selector accepts instead.
        ServerConnector connector = new ServerConnector(server, 0, 1, new HttpConnectionFactory(http));
        connector.setAcceptQueueSize(ACCEPT_QUEUE_SIZE);
        connector.setHost(host);
        connector.setPort(port);
        connector.setIdleTimeout(IDLE_TIMEOUT_MILLIS);
        return connector;
    }

    /** Collects a node's options. Not thread-safe. */
    public static final class Builder {
        private static final Pattern NAME = Pattern.compile("[A-Za-z0-9._-]{1,64}");

        private String name = "node-1";
        private @Nullable String host;
        private int port;
        private String cookie = "gcbSessionServer";
        private @Nullable URI serverUrl;
        private List<URI> peers = List.of();
        private Set<String> allowedOrigins = Set.of();
        private Consumer<SessionEvent> onEvent = event -> {};
        private Duration pollTimeout = CometServlet.TIMEOUT;
        private Duration maxInterval = CometServlet.MAX_INTERVAL;

        private Builder() {}

        /** The node's name, which is its cookie value: {@code [A-Za-z0-9._-]{1,64}}. Default: {@code node-1}. */
        public Builder name(String name) {
            this.name = name;
            return this;
        }

        /** The address to listen on, such as {@code 127.0.0.1}. Default: null, all addresses. */
        public Builder host(@Nullable String host) {
            this.host = host;
            return this;
        }

        /** The port, 0 to 65535. Default: 0, which takes a free one. */
        public Builder port(int port) {
            this.port = port;
            return this;
        }

        /** The name of the stickiness cookie. Default: {@code gcbSessionServer}. */
        public Builder cookie(String cookie) {
            this.cookie = cookie;
            return this;
        }

        /** The public URL that agents are given, see {@link ServerUrl}. Default: null, agents use cookies. */
        public Builder serverUrl(@Nullable URI serverUrl) {
            this.serverUrl = serverUrl;
            return this;
        }

        /** The nodes that are asked who owns a session. Default: no nodes. */
        public Builder peers(List<URI> peers) {
            this.peers = List.copyOf(peers);
            return this;
        }

        /**
         * The web origins whose pages may read the node's answers, and that may look sessions up. Default: none,
         * which allows all.
         */
        public Builder allowedOrigins(Set<String> allowedOrigins) {
            this.allowedOrigins = Set.copyOf(allowedOrigins);
            return this;
        }

        /**
         * How long a poll is parked, and how long a client may stay away between two polls before it counts as gone.
         * Default: 30 s and 15 s.
         */
        public Builder polls(Duration timeout, Duration maxInterval) {
            this.pollTimeout = timeout;
            this.maxInterval = maxInterval;
            return this;
        }

        /** The consumer of every event. It is called on the thread on which the event happens, so it must be quick. */
        public Builder onEvent(Consumer<SessionEvent> onEvent) {
            this.onEvent = onEvent;
            return this;
        }

        /**
         * Builds the node; it does not listen yet.
         *
         * @throws IllegalArgumentException if an option is out of its range, saying which
         */
        public CobrowseNode build() {
            if (!NAME.matcher(name).matches()) {
                throw new IllegalArgumentException("name: '" + name + "' does not match " + NAME);
            }
            if (port < 0 || port > 65535) {
                throw new IllegalArgumentException("port: " + port + " is not within 0 to 65535");
            }
            return new CobrowseNode(this);
        }
    }
}
