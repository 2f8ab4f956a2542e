package io.cobrowse.sticky.proxy.exchange;

import io.cobrowse.sticky.filter.RoutingAnswers;
import io.cobrowse.sticky.filter.StickinessFilter;
import io.cobrowse.sticky.proxy.config.ProxyConfig.Timeouts;
import io.cobrowse.sticky.proxy.io.KnownFields;
import io.cobrowse.sticky.proxy.io.Loop;
import io.cobrowse.sticky.proxy.message.SetCookieRules;
import io.cobrowse.sticky.proxy.tunnel.Tunnels;
import io.cobrowse.sticky.proxy.upstream.Connections;
import io.cobrowse.sticky.proxy.upstream.InputBuffers;
import io.cobrowse.sticky.proxy.upstream.NodeResolver;
import io.cobrowse.sticky.proxy.upstream.Requester;
import io.cobrowse.sticky.proxy.upstream.UpstreamConnection;
import io.cobrowse.sticky.proxy.upstream.UpstreamConnector;
import io.cobrowse.sticky.proxy.upstream.Upstreams;
import io.cobrowse.sticky.routing.Balance;
import io.cobrowse.sticky.routing.Node;
import io.cobrowse.sticky.routing.NodeTable;
import io.cobrowse.sticky.routing.Router;
import io.cobrowse.sticky.routing.Stickiness;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.net.URI;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.EnumSet;
import java.util.List;
import java.util.Objects;
import java.util.Queue;
import org.eclipse.jetty.ee11.servlet.FilterHolder;
import org.eclipse.jetty.ee11.servlet.ServletContextHandler;
import org.eclipse.jetty.ee11.servlet.ServletHolder;
import org.eclipse.jetty.io.ArrayByteBufferPool;
import org.eclipse.jetty.io.ByteArrayEndPoint;
import org.eclipse.jetty.io.ByteBufferPool;
import org.eclipse.jetty.io.Connection;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.LocalConnector;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.util.BufferUtil;
import org.eclipse.jetty.util.ssl.SslContextFactory;
import org.eclipse.jetty.util.thread.ScheduledExecutorScheduler;
import org.eclipse.jetty.util.thread.Scheduler;
import org.jspecify.annotations.Nullable;

/**
 * The way of a request from the bytes of a client to those for its node, and back, without a socket and on the calling
 * thread alone: Jetty's connection, the filter, the exchange, and one persistent connection to a node. Not thread-safe.
 */
final class SocketlessProxy {
    private final ByteBufferPool buffers = new ArrayByteBufferPool();
    private final Scheduler scheduler = new ScheduledExecutorScheduler();
    private final Queue<Runnable> tasks = new ArrayDeque<>();
    private final Loop loop = new Loop() {
        @Override
        public boolean isCurrent() {
            return true;
        }

        @Override
        public void execute(Runnable task) {
            tasks.add(task);
        }
    };
    private final Server server = new Server();
    private final ByteArrayEndPoint client = new InlineEndPoint();
    private final Pool pool = new Pool();
    private boolean started;

    SocketlessProxy() throws Exception {
        Node node = new Node("1", List.of("node-1"), URI.create("http://10.0.0.1:8700"), 1, false);
        Router router = new Router(Stickiness.DEFAULTS, Balance.ROUND_ROBIN, NodeTable.of(List.of(node)));
        RoutingAnswers answers = new RoutingAnswers(router, StickinessFilter.DEFAULT_RETRY_AFTER_SECONDS);
        UpstreamConnector upstream = new UpstreamConnector(new SslContextFactory.Client());
        upstream.setByteBufferPool(buffers);
        Exchanges exchanges = new Exchanges(
                new Upstreams(upstream, new NodeResolver(), url -> true, Timeouts.DEFAULTS),
                new Tunnels(scheduler, Runnable::run, buffers, Timeouts.DEFAULTS.tunnelIdle()),
                router,
                answers);
        ServletContextHandler context = new ServletContextHandler("/");
        FilterHolder filter = new FilterHolder(new StickinessFilter(router, answers));
        filter.setAsyncSupported(true);
        context.addFilter(filter, "/*", EnumSet.of(DispatcherType.REQUEST));
        ServletHolder servlet = new ServletHolder(new Starter(exchanges));
        servlet.setAsyncSupported(true);
        context.addServlet(servlet, "/*");
        server.setHandler(context);
        LocalConnector connector =
                new LocalConnector(server, this::runOnceStarted, scheduler, buffers, 0, new HttpConnectionFactory());
        server.addConnector(connector);
        server.start();
        started = true;
        Connection connection = connector.getDefaultConnectionFactory().newConnection(connector, client);
        client.setConnection(connection);
        client.onOpen();
        connection.onOpen();
    }

    /**
     * Passes a request on, and its answer back. Both are read from the beginning of their buffers.
     *
     * @return the answer as the client gets it, valid until the next call
     */
    ByteBuffer exchange(ByteBuffer request, ByteBuffer answer) {
        BufferUtil.clear(client.getOutput());
        request.rewind();
        client.addInputAndExecute(request);
        work();
        BufferUtil.clear(pool.endPoint.getOutput());
        answer.rewind();
        pool.endPoint.addInputAndExecute(answer);
        work();
        return client.getOutput();
    }

    /** Ignores the tasks that the connector starts with: it would start a thread that accepts. */
    private void runOnceStarted(Runnable task) {
        if (started) {
            task.run();
        }
    }

    private void work() {
        for (Runnable task = tasks.poll(); task != null; task = tasks.poll()) {
            task.run();
        }
    }

    void stop() throws Exception {
        server.stop();
    }

    /** Runs tasks at once, instead of on another thread. */
    private final class InlineEndPoint extends ByteArrayEndPoint {
        InlineEndPoint() {
            super(scheduler, 0, null, 8 * 1024, true);
        }

        @Override
        protected void execute(Runnable task) {
            task.run();
        }
    }

    /** Starts an exchange like the servlet, but on this loop and with this connection. */
    private final class Starter extends HttpServlet {
        private static final long serialVersionUID = 1L;
        private final transient Exchanges exchanges;

        Starter(Exchanges exchanges) {
            this.exchanges = exchanges;
        }

        @Override
        protected void service(HttpServletRequest request, HttpServletResponse response) {
            ClientSide side = new ClientSide(request, response, SetCookieRules.NONE);
            Exchange exchange = new Exchange(
                    exchanges, loop, pool, side, Objects.requireNonNull(StickinessFilter.takeRoute(request)));
            side.startAsync(exchange::bodyFailed);
            loop.run(exchange::begin);
        }
    }

    /** A pool with only one connection. */
    private final class Pool implements UpstreamConnection.Owner, Connections {
        private final ByteArrayEndPoint endPoint = new InlineEndPoint();
        private final InputBuffers inputs = new InputBuffers(buffers);
        private final KnownFields known = new KnownFields();
        private @Nullable UpstreamConnection idle;

        @Override
        public void acquire(Requester requester) {
            UpstreamConnection kept = idle;
            if (kept == null) {
                connect(requester);
            } else {
                idle = null;
                kept.use(requester);
            }
        }

        @Override
        public void connect(Requester requester) {
            UpstreamConnection connection = new UpstreamConnection(endPoint, this, requester);
            endPoint.setConnection(connection);
            connection.onOpen();
        }

        @Override
        public Loop loop() {
            return loop;
        }

        @Override
        public KnownFields knownFields() {
            return known;
        }

        @Override
        public InputBuffers inputs() {
            return inputs;
        }

        @Override
        public String authority() {
            return "10.0.0.1:8700";
        }

        @Override
        public long handshakeDeadline() {
            return Long.MAX_VALUE;
        }

        @Override
        public void release(UpstreamConnection connection) {
            idle = connection;
        }

        @Override
        public void forget(UpstreamConnection connection, boolean wasIdle) {
            throw new IllegalStateException("The connection to the node is lost");
        }
    }
}
