package io.cobrowse.sticky.proxy.exchange;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.cobrowse.sticky.filter.RoutingAnswers;
import io.cobrowse.sticky.filter.StickinessFilter;
import io.cobrowse.sticky.proxy.config.ProxyConfig.Timeouts;
import io.cobrowse.sticky.proxy.io.KnownFields;
import io.cobrowse.sticky.proxy.message.SetCookieRules;
import io.cobrowse.sticky.proxy.tunnel.Tunnels;
import io.cobrowse.sticky.proxy.upstream.Connections;
import io.cobrowse.sticky.proxy.upstream.InputBuffers;
import io.cobrowse.sticky.proxy.upstream.NodeResolver;
import io.cobrowse.sticky.proxy.upstream.NodeUnavailableException;
import io.cobrowse.sticky.proxy.upstream.Requester;
import io.cobrowse.sticky.proxy.upstream.UpstreamConnection;
import io.cobrowse.sticky.proxy.upstream.UpstreamConnector;
import io.cobrowse.sticky.proxy.upstream.Upstreams;
import io.cobrowse.sticky.routing.Balance;
import io.cobrowse.sticky.routing.Node;
import io.cobrowse.sticky.routing.NodeTable;
import io.cobrowse.sticky.routing.Route;
import io.cobrowse.sticky.routing.Router;
import io.cobrowse.sticky.routing.Stickiness;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.net.ConnectException;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.eclipse.jetty.ee11.servlet.FilterHolder;
import org.eclipse.jetty.ee11.servlet.ServletContextHandler;
import org.eclipse.jetty.ee11.servlet.ServletHolder;
import org.eclipse.jetty.io.ArrayByteBufferPool;
import org.eclipse.jetty.io.ByteArrayEndPoint;
import org.eclipse.jetty.io.ByteBufferPool;
import org.eclipse.jetty.server.LocalConnector;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.util.ssl.SslContextFactory;
import org.eclipse.jetty.util.thread.ScheduledExecutorScheduler;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The exchange with all events of R19 and R22, in the order that each test chooses, without a socket. */
class ExchangeTest {
    private final Node first = new Node("1", List.of("node-1"), URI.create("http://127.0.0.1:1"), 1, false);
    private final Node second = new Node("2", List.of("node-2"), URI.create("http://127.0.0.1:2"), 1, false);
    private static final String GET = "GET /x HTTP/1.1\r\nHost: p\r\n";
    private static final String POST = "POST /x HTTP/1.1\r\nHost: p\r\nContent-Length: 2\r\n";
    private static final String TO_first = "Cookie: gcbSessionServer=node-1\r\n";
    private static final String OK = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

    private final ManualLoop loop = new ManualLoop();
    private final ByteBufferPool buffers = new ArrayByteBufferPool();
    private final ScheduledExecutorScheduler scheduler = new ScheduledExecutorScheduler();
    private final Router router =
            new Router(Stickiness.DEFAULTS, Balance.ROUND_ROBIN, NodeTable.of(List.of(first, second)));
    private final RoutingAnswers answers = new RoutingAnswers(router, 4);
    private final BlockingQueue<Exchange> begun = new LinkedBlockingQueue<>();
    private final List<String> wishes = new CopyOnWriteArrayList<>();
    private final List<Node> blamed = new ArrayList<>();
    private final List<String> told = new ArrayList<>();
    private final List<FakeConnection> pooled = new ArrayList<>();
    private Exchanges exchanges;
    private Server server;
    private LocalConnector connector;

    /** A connection whose node is the test. */
    private final class FakeConnection implements UpstreamConnection.Owner {
        private final InputBuffers inputs = new InputBuffers(buffers);
        private final KnownFields known = new KnownFields();
        private final ByteArrayEndPoint endPoint = new ByteArrayEndPoint(scheduler, 0, null, 1024, true) {
            @Override
            protected void execute(Runnable readable) {
                loop.turn(readable);
            }
        };
        private UpstreamConnection connection;
        private boolean closed;

        private FakeConnection connect(Requester requester) {
            connection = new UpstreamConnection(endPoint, this, requester);
            endPoint.setConnection(connection);
            loop.turn(connection::onOpen);
            return this;
        }

        private String sent() {
            return endPoint.takeOutputString(StandardCharsets.ISO_8859_1);
        }

        private void answer(String bytes) {
            loop.turn(() -> endPoint.addInput(ByteBuffer.wrap(bytes.getBytes(StandardCharsets.ISO_8859_1))));
        }

        private void end() {
            loop.turn(endPoint::addInputEOF);
        }

        @Override
        public ManualLoop loop() {
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
            return "node";
        }

        @Override
        public long handshakeDeadline() {
            return Long.MAX_VALUE;
        }

        @Override
        public void release(UpstreamConnection released) {
            pooled.add(this);
        }

        @Override
        public void forget(UpstreamConnection forgotten, boolean wasIdle) {
            closed = true;
        }
    }

    @BeforeEach
    void start() throws Exception {
        UpstreamConnector upstream = new UpstreamConnector(new SslContextFactory.Client());
        upstream.setByteBufferPool(buffers);
        Upstreams upstreams = new Upstreams(upstream, new NodeResolver(), url -> true, Timeouts.DEFAULTS);
        Tunnels tunnels = new Tunnels(scheduler, Runnable::run, buffers, Timeouts.DEFAULTS.tunnelIdle());
        exchanges = new Exchanges(upstreams, tunnels, router, answers);
        exchanges.setAttemptListener((node, cause) -> blamed.add(node));
        exchanges.addListener(outcome -> told.add(outcome.end().text() + " " + outcome.status()));
        server = new Server();
        connector = new LocalConnector(server);
        connector.setIdleTimeout(0);
        server.addConnector(connector);
        ServletContextHandler context = new ServletContextHandler("/");
        FilterHolder filter = new FilterHolder(new StickinessFilter(router, answers));
        filter.setAsyncSupported(true);
        context.addFilter(filter, "/*", EnumSet.of(DispatcherType.REQUEST));
        ServletHolder holder = new ServletHolder(new Starter());
        holder.setAsyncSupported(true);
        context.addServlet(holder, "/*");
        server.setHandler(context);
        server.start();
    }

    @AfterEach
    void stop() throws Exception {
        server.stop();
        assertThat(first.activeRequests()).isZero();
        assertThat(second.activeRequests()).isZero();
    }

    /** Starts an exchange like the servlet, but on the loop of the test, and with connections that the test creates. */
    private final class Starter extends HttpServlet {
        private static final long serialVersionUID = 1L;

        @Override
        protected void service(HttpServletRequest request, HttpServletResponse response) {
            Route route = StickinessFilter.takeRoute(request);
            ClientSide client = new ClientSide(request, response, SetCookieRules.NONE);
            Exchange exchange = new Exchange(exchanges, loop, new Wishes(), client, route);
            client.startAsync(failure -> loop.execute(() -> exchange.bodyFailed(failure)));
            begun.add(exchange);
        }
    }

    private final class Wishes implements Connections {
        @Override
        public void acquire(Requester requester) {
            wishes.add("any to " + requester.node().id());
        }

        @Override
        public void connect(Requester requester) {
            wishes.add("new to " + requester.node().id());
        }
    }

    private LocalConnector.LocalEndPoint client;

    /** Sends a request and begins its exchange. */
    private Exchange begin(String request) throws Exception {
        client = connector.executeRequest(request);
        Exchange exchange = begun.poll(10, TimeUnit.SECONDS);
        assertThat(exchange).isNotNull();
        loop.turn(exchange::begin);
        return exchange;
    }

    private String answer() throws Exception {
        return client.getResponse(false, 10, TimeUnit.SECONDS);
    }

    private Exchange beginGet() throws Exception {
        return begin(GET + TO_first + "\r\n");
    }

    private void fail(Exchange exchange) {
        loop.turn(() -> exchange.connectFailed(new ConnectException("refused")));
    }

    private void later(Exchange exchange) {
        loop.turn(() -> exchange.tick(System.nanoTime() + TimeUnit.HOURS.toNanos(1)));
    }

    @Test
    void shouldForwardAndGiveTheConnectionBackBeforeTheClientHasTheLastByte() throws Exception {
        Exchange exchange = beginGet();
        FakeConnection node = new FakeConnection().connect(exchange);
        assertThat(node.sent()).startsWith("GET /x HTTP/1.1\r\n").endsWith("\r\n\r\n");
        node.answer(OK);
        assertThat(answer()).startsWith("HTTP/1.1 200").endsWith("ok");
        assertThat(pooled).containsExactly(node);
        assertThat(told).containsExactly("ok 200");
    }

    @Test
    void shouldConnectOnceMoreToANamedNodeAndThenTellThatItIsGone() throws Exception {
        Exchange exchange = beginGet();
        fail(exchange);
        assertThat(wishes).containsExactly("any to 1", "new to 1");
        fail(exchange);
        assertThat(answer()).startsWith("HTTP/1.1 503").contains("node-down").contains("gcbSessionServer=;");
        assertThat(blamed).containsExactly(first, first);
        assertThat(told).containsExactly("refused 503");
    }

    @Test
    void shouldTryTheOtherNodeWithoutAffinity() throws Exception {
        Exchange exchange = begin(GET + "\r\n");
        fail(exchange);
        assertThat(wishes).hasSize(2).doesNotHaveDuplicates();
        fail(exchange);
        assertThat(answer()).startsWith("HTTP/1.1 503").contains("no-node-available");
    }

    @Test
    void shouldRepeatAGetThatIsLostBeforeItsAnswerBegins() throws Exception {
        Exchange exchange = beginGet();
        FakeConnection lost = new FakeConnection().connect(exchange);
        lost.end();
        assertThat(lost.closed).isTrue();
        assertThat(wishes).containsExactly("any to 1", "new to 1");
        FakeConnection next = new FakeConnection().connect(exchange);
        assertThat(next.sent()).startsWith("GET /x HTTP/1.1\r\n");
        next.answer(OK);
        assertThat(answer()).startsWith("HTTP/1.1 200");
        assertThat(told).containsExactly("ok 200");
    }

    @Test
    void shouldNotRepeatAPost() throws Exception {
        Exchange exchange = begin(POST + TO_first + "\r\n[]");
        FakeConnection node = new FakeConnection().connect(exchange);
        assertThat(node.sent()).endsWith("\r\n\r\n[]");
        node.end();
        assertThat(answer()).startsWith("HTTP/1.1 502");
        assertThat(told).containsExactly("upstream-failed 502");
    }

    @Test
    void shouldTellAPollerThatItsNodeIsGoneWhenItIsLostAndRefusesThen() throws Exception {
        Exchange exchange = begin(
                "POST /cobrowse/cometd/connect HTTP/1.1\r\nHost: p\r\nContent-Length: 2\r\n" + TO_first + "\r\n[]");
        FakeConnection node = new FakeConnection().connect(exchange);
        assertThat(exchange.isParked()).isTrue();
        node.end();
        fail(exchange);
        assertThat(answer()).startsWith("HTTP/1.1 503").contains("node-down");
    }

    @Test
    void shouldNotRepeatAPollWhoseNodeLives() throws Exception {
        Exchange exchange = begin(
                "POST /cobrowse/cometd/connect HTTP/1.1\r\nHost: p\r\nContent-Length: 2\r\n" + TO_first + "\r\n[]");
        new FakeConnection().connect(exchange).end();
        FakeConnection again = new FakeConnection().connect(exchange);
        assertThat(again.sent()).isEmpty();
        assertThat(pooled).containsExactly(again);
        assertThat(answer()).startsWith("HTTP/1.1 502");
    }

    @Test
    void shouldEndTheClientsConnectionWhereTheAnswerBreaksOff() throws Exception {
        Exchange exchange = beginGet();
        FakeConnection node = new FakeConnection().connect(exchange);
        node.answer("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nok");
        node.end();
        await().until(() -> !client.isOpen());
        assertThat(told).containsExactly("upstream-failed 200");
    }

    @Test
    void shouldCloseTheNodesConnectionWhenTheClientGoes() throws Exception {
        Exchange exchange = beginGet();
        FakeConnection node = new FakeConnection().connect(exchange);
        loop.turn(exchange::peerGone);
        assertThat(node.closed).isTrue();
        assertThat(told).containsExactly("client-gone 0");
        node.answer(OK);
        fail(exchange);
        later(exchange);
        assertThat(told).as("it has ended once").hasSize(1);
    }

    @Test
    void shouldGiveBackTheConnectionThatComesWhenTheClientHasGone() throws Exception {
        Exchange exchange = beginGet();
        loop.turn(exchange::peerGone);
        FakeConnection late = new FakeConnection().connect(exchange);
        assertThat(late.sent()).isEmpty();
        assertThat(pooled).containsExactly(late);
        assertThat(late.closed).isFalse();
    }

    @Test
    void shouldTimeOutANodeThatSaysNothing() throws Exception {
        Exchange exchange = beginGet();
        FakeConnection node = new FakeConnection().connect(exchange);
        later(exchange);
        assertThat(node.closed).isTrue();
        assertThat(answer()).startsWith("HTTP/1.1 504");
        assertThat(told).containsExactly("upstream-timeout 504");
    }

    @Test
    void shouldAnswerAWaitingRequestWithoutANodeThatIsTakenOut() throws Exception {
        Exchange exchange = beginGet();
        FakeConnection node = new FakeConnection().connect(exchange);
        assertThat(exchange.isWaiting()).isTrue();
        loop.turn(exchange::evict);
        assertThat(node.closed).isTrue();
        assertThat(answer()).startsWith("HTTP/1.1 503").contains("node-down");
        assertThat(blamed).isEmpty();
    }

    @Test
    void shouldLeaveAnAnswerAloneThatHasJustBegunWhenItsNodeIsTakenOut() throws Exception {
        Exchange exchange = beginGet();
        FakeConnection node = new FakeConnection().connect(exchange);
        node.answer("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\no");
        assertThat(exchange.isWaiting())
                .as("whoever evicts looks at this on the loop")
                .isFalse();
        node.answer("k");
        assertThat(answer()).endsWith("ok");
    }

    @Test
    void shouldAnswerFromTheQueueWithoutANodeThatIsTakenOut() throws Exception {
        Exchange exchange = beginGet();
        loop.turn(() -> exchange.connectFailed(new NodeUnavailableException()));
        assertThat(answer()).startsWith("HTTP/1.1 503").contains("node-down");
        assertThat(blamed).isEmpty();
    }

    @Test
    void shouldTakeAnAnswerThatOvertakesTheRequest() throws Exception {
        Exchange exchange = begin("POST /x HTTP/1.1\r\nHost: p\r\nContent-Length: 9\r\n" + TO_first + "\r\n[]");
        FakeConnection node = new FakeConnection().connect(exchange);
        node.answer("HTTP/1.1 413 Too large\r\nContent-Length: 2\r\n\r\nno");
        assertThat(answer()).startsWith("HTTP/1.1 413");
        assertThat(pooled).isEmpty();
        assertThat(node.closed).isTrue();
    }

    @Test
    void shouldNotReuseAConnectionOnWhichBytesStandBehindTheAnswer() throws Exception {
        Exchange exchange = beginGet();
        FakeConnection node = new FakeConnection().connect(exchange);
        node.answer(OK + OK);
        assertThat(answer()).endsWith("ok");
        assertThat(pooled).isEmpty();
        assertThat(node.closed).isTrue();
    }

    @Test
    void shouldRefuseANodeThatSendsInterimAnswersWithoutEnd() throws Exception {
        Exchange exchange = beginGet();
        FakeConnection node = new FakeConnection().connect(exchange);
        node.answer("HTTP/1.1 102 Processing\r\n\r\n".repeat(17));
        assertThat(node.closed).isTrue();
        assertThat(told).containsExactly("upstream-failed 502");
    }

    @Test
    void shouldTellAWaitingClientThatNobodyHasConnectionsLeftWithoutBlamingTheNode() throws Exception {
        Exchange exchange = beginGet();
        loop.turn(() -> exchange.connectFailed(new RejectedExecutionException("cap")));
        assertThat(answer()).startsWith("HTTP/1.1 503").contains("node-busy").doesNotContain("Set-Cookie");
        assertThat(blamed).isEmpty();
    }

    @Test
    void shouldAnswerWhatCannotBeSentThroughNobodysFault() throws Exception {
        Exchange exchange = beginGet();
        loop.turn(() -> exchange.broken(new IllegalStateException("a defect")));
        assertThat(answer()).startsWith("HTTP/1.1 500").contains("internal-error");
        assertThat(told).containsExactly("internal-error 500");
    }
}
