package io.cobrowse.sticky.proxy.exchange;

import java.net.InetSocketAddress;
import java.net.URI;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.eclipse.jetty.io.ByteBufferPool;
import org.eclipse.jetty.io.ClientConnectionFactory;
import org.eclipse.jetty.io.ClientConnector;
import org.eclipse.jetty.io.Connection;
import org.eclipse.jetty.io.Transport;
import org.eclipse.jetty.io.ssl.SslClientConnectionFactory;
import org.eclipse.jetty.util.Promise;

/**
 * The connections to one node. The one used last is used first, so that the others grow old and are closed. Thread-safe.
 *
 * <p>A parked poll holds its connection for half a minute, so their number follows the number of clients; it is bounded by
 * {@link Upstreams#MAX_CONNECTIONS}, far above what one proxy serves.
 */
final class UpstreamPool {
    /** How often it is looked, while there are connections, whether the name leads elsewhere now. */
    private static final long RESOLVE_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final Upstreams upstreams;
    private final String authority;
    private final boolean secure;
    private final URI url;
    private final String host;
    private final int port;
    /** Where connections go now, and how many connects have failed: each turns to the next address. */
    private volatile List<InetSocketAddress> addresses = List.of();

    private final AtomicInteger turns = new AtomicInteger();
    // The sweeper's own.
    private long resolvedNanos = System.nanoTime();
    private long usedNanos = System.nanoTime();
    private final ConcurrentLinkedDeque<UpstreamConnection> idle = new ConcurrentLinkedDeque<>();
    private final Set<UpstreamConnection> all = ConcurrentHashMap.newKeySet();
    private final AtomicInteger count = new AtomicInteger();

    UpstreamPool(Upstreams upstreams, URI url) {
        this.upstreams = upstreams;
        this.authority = url.getRawAuthority();
        this.secure = "https".equalsIgnoreCase(url.getScheme());
        this.url = url;
        this.host = url.getHost();
        this.port = url.getPort() >= 0 ? url.getPort() : secure ? 443 : 80;
    }

    URI url() {
        return url;
    }

    /** Returns host and port as in the node's URL. */
    String authority() {
        return authority;
    }

    ByteBufferPool buffers() {
        return upstreams.buffers();
    }

    int maxResponseHeadBytes() {
        return Upstreams.MAX_HEAD_BYTES;
    }

    int inputBufferBytes() {
        return Upstreams.INPUT_BUFFER_BYTES;
    }

    /** Returns when a client that does nothing from now on has stalled for too long, in nanoseconds; never 0. */
    long clientDeadline() {
        return (System.nanoTime() + upstreams.idleNanos()) | 1;
    }

    /** Returns when a node that does nothing from now on has been silent for too long, in nanoseconds; never 0. */
    long deadline() {
        return (System.nanoTime() + upstreams.responseNanos()) | 1;
    }

    /** Returns when a TLS handshake that begins now has taken too long; never 0. */
    long handshakeDeadline() {
        return (System.nanoTime() + upstreams.connector().getConnectTimeout().toNanos()) | 1;
    }

    /** Gives the exchange a connection, at once or once it is there: {@link ProxyExchange#connected}, or why not. */
    void acquire(ProxyExchange exchange) {
        UpstreamConnection connection;
        while ((connection = idle.pollFirst()) != null) {
            if (connection.acquire(exchange)) {
                exchange.connected(connection);
                return;
            }
        }
        connect(exchange);
    }

    /** Gives the exchange a connection that nobody used before. */
    void connect(ProxyExchange exchange) {
        if (count.incrementAndGet() > Upstreams.MAX_CONNECTIONS) {
            count.decrementAndGet();
            exchange.connectFailed(
                    new RejectedExecutionException("All " + Upstreams.MAX_CONNECTIONS + " connections are in use"));
            return;
        }
        upstreams
                .resolver()
                .resolve(host, port, Map.of(), new Resolution(found -> connect(exchange, found), failure -> {
                    count.decrementAndGet();
                    exchange.connectFailed(failure);
                }));
    }

    private void connect(ProxyExchange exchange, List<InetSocketAddress> found) {
        moveTo(found);
        InetSocketAddress address = found.get(Math.floorMod(turns.get(), found.size()));
        ClientConnector connector = upstreams.connector();
        ClientConnectionFactory plain = (endPoint, context) -> {
            UpstreamConnection connection = new UpstreamConnection(endPoint, connector.getExecutor(), this, exchange);
            all.add(connection);
            return connection;
        };
        ClientConnectionFactory factory = secure
                ? new SslClientConnectionFactory(
                        connector.getSslContextFactory(), connector.getByteBufferPool(), connector.getExecutor(), plain)
                : plain;
        Map<String, Object> context = new HashMap<>();
        context.put(Transport.CONTEXT_KEY, Transport.TCP_IP);
        context.put(ClientConnectionFactory.CONTEXT_KEY, factory);
        context.put(ClientConnector.CONNECTION_PROMISE_CONTEXT_KEY, new ConnectFailure(exchange));
        connector.connect(address, context);
    }

    /** Takes a connection back whose exchange is complete. */
    void release(UpstreamConnection connection) {
        idle.offerFirst(connection);
    }

    /** A connection has been closed, whoever did it. */
    void closed(UpstreamConnection connection) {
        if (all.remove(connection)) {
            count.decrementAndGet();
        }
    }

    /** New connections go to these addresses; those that are not in use and go elsewhere are closed. */
    private void moveTo(List<InetSocketAddress> found) {
        if (!found.equals(addresses)) {
            addresses = found;
            all.stream()
                    .filter(connection -> !found.contains(connection.remoteAddress()))
                    .forEach(UpstreamConnection::closeIdle);
        }
    }

    /** Returns whether nobody has had a connection here for longer than getting one may take. */
    boolean isForgotten(long nowNanos) {
        return nowNanos - usedNanos > Upstreams.FORGET_NANOS;
    }

    void sweep(long nowNanos) {
        if (count.get() > 0) {
            usedNanos = nowNanos;
            if (nowNanos - resolvedNanos > RESOLVE_NANOS) {
                resolvedNanos = nowNanos;
                upstreams.resolver().resolve(host, port, Map.of(), new Resolution(this::moveTo, failure -> {}));
            }
        }
        for (UpstreamConnection connection : all) {
            connection.sweep(nowNanos, Upstreams.MAX_IDLE_NANOS);
        }
        idle.removeIf(UpstreamConnection::isClosed);
    }

    /** Closes the connections that no request uses. */
    void closeIdle() {
        all.forEach(UpstreamConnection::closeIdle);
        idle.removeIf(UpstreamConnection::isClosed);
    }

    /** Returns the connections on which something waits as asked for. */
    List<UpstreamConnection> connections(Predicate<UpstreamConnection> which) {
        return all.stream().filter(which).toList();
    }

    /** Returns the number of connections, idle and in use. */
    int size() {
        return count.get();
    }

    /** Success is told by the connection itself; only a failure to get one comes this way. */
    private final class ConnectFailure implements Promise<Connection> {
        private final ProxyExchange exchange;

        private ConnectFailure(ProxyExchange exchange) {
            this.exchange = exchange;
        }

        @Override
        public void failed(Throwable cause) {
            count.decrementAndGet();
            turns.getAndIncrement();
            exchange.connectFailed(cause);
        }
    }

    private record Resolution(Consumer<List<InetSocketAddress>> found, Consumer<Throwable> notFound)
            implements Promise<List<InetSocketAddress>> {
        @Override
        public void succeeded(List<InetSocketAddress> addresses) {
            found.accept(addresses);
        }

        @Override
        public void failed(Throwable cause) {
            notFound.accept(cause);
        }
    }
}
