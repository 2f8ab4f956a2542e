package io.cobrowse.sticky.proxy.listener;

import io.cobrowse.sticky.proxy.config.Limits;
import io.cobrowse.sticky.proxy.config.ProxyConfig;
import io.cobrowse.sticky.proxy.io.EventLoop;
import io.cobrowse.sticky.proxy.io.KnownFields;
import io.cobrowse.sticky.proxy.io.WatchedEndPoint;
import java.io.Closeable;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.channels.SelectableChannel;
import java.nio.channels.SelectionKey;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import org.eclipse.jetty.http2.HTTP2Connection;
import org.eclipse.jetty.io.Connection;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.io.ManagedSelector;
import org.eclipse.jetty.io.SelectorManager;
import org.eclipse.jetty.io.SocketChannelEndPoint;
import org.eclipse.jetty.io.ssl.SslConnection;
import org.eclipse.jetty.server.ConnectionFactory;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.util.IO;
import org.eclipse.jetty.util.thread.Scheduler;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The connector of one public listener, with its policy and its limits. It can detect clients that go away.
 *
 * <p>At its limit of connections it stops accepting until a connection closes, so that clients wait in the kernel's
 * queue instead of being reset. It also closes some connections that serve no request. Thread-safe.
 */
public final class ListenerConnector extends ServerConnector {
    private static final Logger LOG = LoggerFactory.getLogger(ListenerConnector.class);

    /**
     * The selectors accept instead: a separate thread might keep a connection that it accepts while the port is being
     * closed.
     */
    private static final int ACCEPTORS = 0;

    /**
     * Clients arrive in bursts when another proxy or a node has failed. Beyond the queue (the JDK's default is 50), the
     * kernel drops them, and each tries again after a second at the earliest. The kernel has a limit of its own.
     */
    private static final int ACCEPT_QUEUE_SIZE = 4096;

    /**
     * The shortest time between two log messages: at the limit, each connection that closes lets it be reached again.
     */
    private static final long TELL_AGAIN_NANOS = TimeUnit.MINUTES.toNanos(1);

    /**
     * At the limit, one in this many connections is closed if idle, so that idle ones are not searched for each new
     * connection.
     */
    private static final int EVICTED_SHARE = 16;

    private static final Object TRUSTED = new Object();

    private final ListenerCounters counters = new ListenerCounters();
    private final Clients clients = new Clients();
    private final SlowClients slowClients = new SlowClients(this);
    private final Map<EventLoop, KnownFields> knownFields = new ConcurrentHashMap<>();
    /** The open connections, with their clients. */
    private final Map<SelectableChannel, Object> open = new ConcurrentHashMap<>();

    private volatile ListenerPolicy policy;
    private volatile Limits limits = Limits.DEFAULTS;
    private volatile int redirectToHttps;
    private volatile boolean proxyProtocol;
    private volatile @Nullable ListenerAcceptor acceptor;

    private volatile long toldNanos = System.nanoTime() - TELL_AGAIN_NANOS;

    public ListenerConnector(Server server, int selectors, ListenerPolicy policy, ConnectionFactory... factories) {
        super(server, null, null, null, ACCEPTORS, selectors, factories);
        this.policy = policy;
        setAcceptQueueSize(ACCEPT_QUEUE_SIZE);
    }

    /** Applies the settings that may change while the listener is open. */
    void take(ProxyConfig.Listener listener) {
        policy = new ListenerPolicy(
                listener.allow(),
                listener.deny(),
                listener.trustedPeers(),
                listener.requestHeaders(),
                listener.responseHeaders());
        limits = listener.limits();
        redirectToHttps = listener.redirectToHttps();
        proxyProtocol = listener.proxyProtocol();
        ProxyHttp.apply(limits, counters, getConnectionFactories());
        resume();
    }

    /**
     * Returns the policy of the listener that received {@code request}; for other connectors, a policy that serves
     * everything and trusts nobody.
     */
    public static ListenerPolicy policy(Request request) {
        ListenerConnector listener = of(request);
        return listener == null ? ListenerPolicy.OPEN : listener.policy;
    }

    /** Returns the listener that received {@code request}; null if it was another connector. */
    static @Nullable ListenerConnector of(Request request) {
        return request.getConnectionMetaData().getConnector() instanceof ListenerConnector listener ? listener : null;
    }

    /** Returns how often each limit has been reached. */
    public ListenerCounters counters() {
        return counters;
    }

    /** Returns the number of open client connections. */
    public int openConnections() {
        return open.size();
    }

    Limits limits() {
        return limits;
    }

    /** Returns the port of the https URLs to which requests are redirected; 0 for none. */
    int redirectToHttps() {
        return redirectToHttps;
    }

    Clients clients() {
        return clients;
    }

    /** Returns the header fields that the connections of a loop have in common. */
    KnownFields knownFields(EventLoop loop) {
        return knownFields.computeIfAbsent(loop, added -> new KnownFields());
    }

    @Override
    protected SelectorManager newSelectorManager(Executor executor, Scheduler scheduler, int selectors) {
        return new Loops(executor, scheduler, selectors);
    }

    /** Accepts and closes connections on the loops themselves, so that no other thread touches a connection. */
    private final class Loops extends ServerConnectorManager implements ListenerAcceptor.Doorkeeper {
        Loops(Executor executor, Scheduler scheduler, int selectors) {
            super(EventLoop.plain(executor), scheduler, selectors);
        }

        @Override
        protected ManagedSelector newSelector(int id) {
            return new EventLoop(this, id);
        }

        @Override
        protected void execute(Runnable task) {
            EventLoop.executeHere(task, super::execute);
        }

        @Override
        public Closeable acceptor(SelectableChannel server) {
            ListenerAcceptor accepting = new ListenerAcceptor(
                    (EventLoop) chooseSelector(), (ServerSocketChannel) server, this, getScheduler());
            acceptor = accepting;
            accepting.start();
            return accepting;
        }

        @Override
        public @Nullable String full() {
            return ListenerConnector.this.full();
        }

        @Override
        public void take(SocketChannel channel) {
            if (!enter(channel)) {
                IO.close(channel);
                return;
            }
            try {
                accepted(channel);
            } catch (IOException | RuntimeException failure) {
                IO.close(channel);
                left(channel);
                LOG.debug("A client was gone before it was served", failure);
            }
        }

        @Override
        public void paused(String why) {
            tellPaused(why);
            // Connections with a request have priority over those that only keep a place.
            IdleClients.close(List.copyOf(getConnectedEndPoints()), Math.max(1, open.size() / EVICTED_SHARE));
        }

        @Override
        protected void onAcceptFailed(SelectableChannel channel, Throwable cause, @Nullable Object attachment) {
            left(channel);
        }

        @Override
        protected void endPointClosed(EndPoint endPoint) {
            super.endPointClosed(endPoint);
            if (endPoint.getTransport() instanceof SelectableChannel channel) {
                left(channel);
            }
        }
    }

    /** Returns the reason why no more connections are accepted; null if they are. */
    private @Nullable String full() {
        if (open.size() >= limits.connections()) {
            return "its limit of " + limits.connections() + " connections is reached";
        }
        int max = Descriptors.MAX_CLIENTS;
        return total() < max
                ? null
                : "this process may have so many files open that there is room for " + max
                        + " clients and as many connections to nodes";
    }

    private int total() {
        int total = 0;
        for (var connector : getServer().getConnectors()) {
            total += connector instanceof ListenerConnector listener ? listener.open.size() : 0;
        }
        return total;
    }

    private void tellPaused(String why) {
        counters.limited(ListenerCounters.CONNECTIONS);
        long nowNanos = System.nanoTime();
        if (nowNanos - toldNanos >= TELL_AGAIN_NANOS) {
            toldNanos = nowNanos;
            LOG.warn("Listener {} accepts no more connections until some close: {}", getName(), why);
        }
    }

    private void resume() {
        ListenerAcceptor accepting = acceptor;
        if (accepting != null) {
            accepting.resume();
        }
    }

    /** Returns whether the client may have another connection, and counts it. */
    private boolean enter(SocketChannel channel) {
        InetAddress address = channel.socket().getInetAddress();
        boolean trusted = address == null || policy.trusts(address);
        if (proxyProtocol && !trusted) {
            counters.limited(ListenerCounters.PROXY_PROTOCOL);
            return false;
        }
        int max = limits.connectionsPerClient();
        Object client = trusted || max == 0 ? TRUSTED : Clients.key(address);
        if (client != TRUSTED && !clients.open(client, max)) {
            counters.limited(ListenerCounters.CONNECTIONS_PER_CLIENT);
            return false;
        }
        open.put(channel, client);
        return true;
    }

    /**
     * Notes that a connection has left an end point. It may be handed to another one, so it counts until its channel is
     * closed.
     */
    private void left(SelectableChannel channel) {
        Object client = channel.isOpen() ? null : open.remove(channel);
        if (client == null) {
            return;
        }
        if (client != TRUSTED) {
            clients.close(client);
        }
        for (var connector : getServer().getConnectors()) {
            if (connector instanceof ListenerConnector listener) {
                listener.resume();
            }
        }
    }

    /** To be called once a second. Ends connections that are too slow, and forgets clients that have left. */
    void sweep(long nowNanos) {
        slowClients.sweep(nowNanos);
        clients.forget(nowNanos);
    }

    /**
     * Refuses connections from now on. With selectors that accept, Jetty alone would keep listening until it is
     * stopped.
     */
    @Override
    public void close() {
        Object listening = getTransport();
        super.close();
        if (listening instanceof ServerSocketChannel channel) {
            // On the selectors, since the port is free only after the accepting selector has noticed.
            for (ManagedSelector each : getSelectorManager().getBeans(ManagedSelector.class)) {
                each.submit(selector -> IO.close(channel));
            }
        }
    }

    /**
     * Tells HTTP/2 clients to start no new requests on their connections, which close once the running ones have
     * ended.
     */
    public void goAway() {
        for (EndPoint each : getConnectedEndPoints()) {
            Connection connection = each.getConnection();
            if (connection instanceof SslConnection tls) {
                connection = tls.getSslEndPoint().getConnection();
            }
            if (connection instanceof HTTP2Connection http2) {
                CompletableFuture<Void> unused = http2.getSession().shutdown();
            }
        }
    }

    @Override
    protected SocketChannelEndPoint newEndPoint(SocketChannel channel, ManagedSelector selector, SelectionKey key) {
        SocketChannelEndPoint endPoint = new WatchedEndPoint(channel, (EventLoop) selector, key, getScheduler());
        endPoint.setIdleTimeout(getIdleTimeout());
        return endPoint;
    }

    /** Returns the address of a client according to the PROXY protocol or its socket; null if it has none. */
    static @Nullable InetAddress client(Request request) {
        return request.getConnectionMetaData().getRemoteSocketAddress() instanceof InetSocketAddress peer
                ? peer.getAddress()
                : null;
    }
}
