package io.cobrowse.sticky.proxy.forward;

import java.net.InetSocketAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
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
    private final Upstreams upstreams;
    private final String authority;
    private final boolean secure;
    private final InetSocketAddress address;
    private final ConcurrentLinkedDeque<UpstreamConnection> idle = new ConcurrentLinkedDeque<>();
    private final Set<UpstreamConnection> all = ConcurrentHashMap.newKeySet();
    private final AtomicInteger count = new AtomicInteger();

    UpstreamPool(Upstreams upstreams, URI url) {
        this.upstreams = upstreams;
        this.authority = url.getRawAuthority();
        this.secure = "https".equalsIgnoreCase(url.getScheme());
        int port = url.getPort() >= 0 ? url.getPort() : secure ? 443 : 80;
        String host = url.getHost();
        this.address = new InetSocketAddress(host.startsWith("[") ? host.substring(1, host.length() - 1) : host, port);
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
        if (address.isUnresolved()) {
            count.decrementAndGet();
            exchange.connectFailed(new UnknownHostException(address.getHostString()));
            return;
        }
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

    void sweep(long nowNanos) {
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
            exchange.connectFailed(cause);
        }
    }
}
