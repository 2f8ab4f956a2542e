package io.cobrowse.sticky.proxy.upstream;

import io.cobrowse.sticky.proxy.io.EventLoop;
import io.cobrowse.sticky.proxy.io.KnownFields;
import io.cobrowse.sticky.proxy.io.LoopEndPoint;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.eclipse.jetty.io.ClientConnectionFactory;
import org.eclipse.jetty.io.ClientConnector;
import org.eclipse.jetty.io.Connection;
import org.eclipse.jetty.io.ssl.SslClientConnectionFactory;
import org.eclipse.jetty.util.Promise;

/**
 * The connections of one loop to one node. The most recently used one is reused first, so that the others grow old
 * and are closed. Belongs to its loop.
 *
 * <p>A parked poll holds its connection for half a minute, so the number of connections follows the number of
 * clients. Over all loops it is bounded by {@link Upstreams#MAX_CONNECTIONS}, far above what one proxy serves. Only
 * at that bound, an idle connection of another loop is closed to make room for one of this loop.
 */
final class ConnectionPool implements UpstreamConnection.Owner {
    /** How often the node's name is resolved again while connections are open. */
    private static final long RESOLVE_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final Upstreams upstreams;
    private final EventLoop loop;
    private final InputBuffers inputs;
    private final KnownFields knownFields;
    private final String authority;
    private final boolean secure;
    private final URI url;
    private final String host;
    private final int port;
    /** The number of connections to the node, over all loops. */
    private final AtomicInteger count;
    /**
     * The addresses for new connections, and the number of failed connects, each of which moves on to the next address.
     */
    private List<InetSocketAddress> addresses = List.of();

    private int turns;
    private long resolvedNanos = System.nanoTime();
    private long usedNanos = System.nanoTime();
    private final Deque<UpstreamConnection> idle = new ArrayDeque<>();
    private final Set<UpstreamConnection> all = new HashSet<>();
    private final List<NodeConnect> connecting = new ArrayList<>();

    ConnectionPool(Upstreams upstreams, EventLoop loop, InputBuffers inputs, KnownFields knownFields, URI url) {
        this.upstreams = upstreams;
        this.loop = loop;
        this.inputs = inputs;
        this.knownFields = knownFields;
        this.url = url;
        this.count = upstreams.count(url);
        this.authority = url.getRawAuthority();
        this.secure = "https".equalsIgnoreCase(url.getScheme());
        this.host = url.getHost();
        this.port = url.getPort() >= 0 ? url.getPort() : secure ? 443 : 80;
    }

    @Override
    public EventLoop loop() {
        return loop;
    }

    @Override
    public String authority() {
        return authority;
    }

    @Override
    public InputBuffers inputs() {
        return inputs;
    }

    @Override
    public KnownFields knownFields() {
        return knownFields;
    }

    @Override
    public long handshakeDeadline() {
        return System.nanoTime() + connectTimeoutNanos();
    }

    private long connectTimeoutNanos() {
        return upstreams.connector().getConnectTimeout().toNanos();
    }

    /**
     * Gives the requester a connection, now or later, through {@link Requester#connected}, or the reason why there is
     * none.
     */
    void acquire(Requester requester) {
        UpstreamConnection connection = idle.pollFirst();
        while (connection != null && !connection.isQuiet()) {
            connection = idle.pollFirst();
        }
        if (connection == null) {
            connect(requester);
        } else {
            connection.use(requester);
        }
    }

    /** Gives the requester a new connection. */
    void connect(Requester requester) {
        if (count.incrementAndGet() <= upstreams.maxConnections()) {
            resolve(requester);
        } else {
            upstreams.closeIdleElsewhere(url, loop, closed -> {
                if (closed) {
                    resolve(requester);
                } else {
                    count.decrementAndGet();
                    requester.connectFailed(new RejectedExecutionException(
                            "All " + upstreams.maxConnections() + " connections to " + authority + " are in use"));
                }
            });
        }
    }

    private void resolve(Requester requester) {
        upstreams
                .resolver()
                .resolve(host, port, Map.of(), new Resolution(loop, found -> connect(requester, found), failure -> {
                    count.decrementAndGet();
                    requester.connectFailed(failure);
                }));
    }

    private void connect(Requester requester, List<InetSocketAddress> found) {
        moveTo(found);
        InetSocketAddress address = found.get(Math.floorMod(turns, found.size()));
        NodeConnect connect = new NodeConnect(
                loop, upstreams.connector().getScheduler(), address, connectTimeoutNanos(), new NodeConnect.Listener() {
                    @Override
                    public void connected(LoopEndPoint endPoint) {
                        open(endPoint, address, requester);
                    }

                    @Override
                    public void connectFailed(Throwable cause) {
                        count.decrementAndGet();
                        turns++;
                        requester.connectFailed(cause);
                    }
                });
        connect.start();
        if (!connect.isOver()) {
            connecting.add(connect);
        }
    }

    private void open(LoopEndPoint endPoint, InetSocketAddress address, Requester requester) {
        Connection connection;
        try {
            connection = newConnection(endPoint, address, requester);
        } catch (IOException | RuntimeException failure) {
            endPoint.close();
            count.decrementAndGet();
            requester.connectFailed(failure);
            return;
        }
        endPoint.setConnection(connection);
        endPoint.onOpen();
        connection.onOpen();
    }

    private Connection newConnection(LoopEndPoint endPoint, InetSocketAddress address, Requester requester)
            throws IOException {
        ClientConnectionFactory plain = (end, context) -> {
            UpstreamConnection connection = new UpstreamConnection(end, this, requester);
            all.add(connection);
            return connection;
        };
        Map<String, Object> context = new HashMap<>();
        if (!secure) {
            return plain.newConnection(endPoint, context);
        }
        ClientConnector connector = upstreams.connector();
        context.put(ClientConnector.CONTEXT_KEY, connector);
        context.put(ClientConnector.REMOTE_SOCKET_ADDRESS_CONTEXT_KEY, address);
        context.put(ClientConnector.CONNECTION_PROMISE_CONTEXT_KEY, Promise.noop());
        return new SslClientConnectionFactory(
                        connector.getSslContextFactory(), connector.getByteBufferPool(), loop, plain)
                .newConnection(endPoint, context);
    }

    @Override
    public void release(UpstreamConnection connection) {
        idle.offerFirst(connection);
    }

    @Override
    public void forget(UpstreamConnection connection, boolean wasIdle) {
        if (all.remove(connection)) {
            count.decrementAndGet();
        }
        if (wasIdle) {
            idle.remove(connection);
        }
    }

    /** Uses these addresses for new connections; closes idle connections to other addresses. */
    private void moveTo(List<InetSocketAddress> found) {
        if (!found.equals(addresses)) {
            addresses = found;
            closeIdle(connection -> !found.contains(connection.remoteAddress()));
        }
    }

    /** Returns whether nobody has had a connection here for longer than it may take to get one. */
    boolean isForgotten(long nowNanos) {
        return nowNanos - usedNanos > Upstreams.FORGET_NANOS;
    }

    void tick(long nowNanos) {
        if (!all.isEmpty()) {
            usedNanos = nowNanos;
            if (nowNanos - resolvedNanos > RESOLVE_NANOS) {
                resolvedNanos = nowNanos;
                upstreams.resolver().resolve(host, port, Map.of(), new Resolution(loop, this::moveTo, failure -> {}));
            }
            for (UpstreamConnection connection : List.copyOf(all)) {
                connection.tick(nowNanos);
            }
        }
        if (!connecting.isEmpty()) {
            List.copyOf(connecting).forEach(connect -> connect.tick(nowNanos));
            connecting.removeIf(NodeConnect::isOver);
        }
    }

    /** Closes the connections that no request uses. */
    void closeIdle() {
        closeIdle(connection -> true);
    }

    private void closeIdle(Predicate<UpstreamConnection> which) {
        idle.stream().filter(which).toList().forEach(UpstreamConnection::close);
    }

    /** Closes the connection that has been idle for longest; returns whether there was one. */
    boolean closeOneIdle() {
        UpstreamConnection oldest = idle.peekLast();
        if (oldest != null) {
            oldest.close();
        }
        return oldest != null;
    }

    /** Returns the requesters that have connections now. */
    List<Requester> requesters() {
        List<Requester> requesters = new ArrayList<>();
        for (UpstreamConnection connection : all) {
            Requester requester = connection.requester();
            if (requester != null) {
                requesters.add(requester);
            }
        }
        return requesters;
    }

    private record Resolution(EventLoop loop, Consumer<List<InetSocketAddress>> found, Consumer<Throwable> notFound)
            implements Promise<List<InetSocketAddress>> {
        @Override
        public void succeeded(List<InetSocketAddress> addresses) {
            loop.run(() -> found.accept(addresses));
        }

        @Override
        public void failed(Throwable cause) {
            loop.run(() -> notFound.accept(cause));
        }
    }
}
