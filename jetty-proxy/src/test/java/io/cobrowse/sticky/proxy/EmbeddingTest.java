package io.cobrowse.sticky.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.cobrowse.sticky.proxy.config.ProxyConfig.Health;
import io.cobrowse.sticky.proxy.listener.ProxyHttp;
import io.cobrowse.sticky.routing.Node;
import io.cobrowse.sticky.routing.NodeState;
import jakarta.servlet.AsyncContext;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletRequestWrapper;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.function.Function;
import org.eclipse.jetty.ee11.servlet.FilterHolder;
import org.eclipse.jetty.ee11.servlet.ServletContextHandler;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.server.Connector;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.NetworkConnector;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.util.Callback;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The proxy in an application's own Jetty, embedded as {@link EmbeddedExample} shows. */
class EmbeddingTest {
    private RawNode rawNode;
    private Node node;
    private StickyProxy proxy;
    private Server server;

    @BeforeEach
    void prepare() throws IOException {
        rawNode = new RawNode();
        proxy = StickyProxy.builder()
                .node("1", "node-1", rawNode.url())
                .health(new Health("/cobrowse/health", Duration.ofMillis(200), Duration.ofSeconds(1), 1, 1))
                .build();
        node = proxy.router().table().node("1");
        server = EmbeddedExample.server(proxy, 0);
    }

    @AfterEach
    void stop() throws Exception {
        server.stop();
        rawNode.close();
    }

    private URI startExample() throws Exception {
        server.start();
        return uri(server.getConnectors()[0]);
    }

    /** Starts a server with this connector instead of the proxy's own. */
    private URI start(Function<Server, Connector> connector) throws Exception {
        Server own = new Server();
        ServletContextHandler context = new ServletContextHandler("/");
        StickyProxy other =
                StickyProxy.builder().node("1", "node-1", rawNode.url()).build();
        other.mount(context, "/cobrowse/*");
        own.setHandler(context);
        own.addConnector(connector.apply(own));
        server = own;
        proxy = other;
        node = other.router().table().node("1");
        own.start();
        return uri(own.getConnectors()[0]);
    }

    private static List<String> ofConnectors(Warnings warnings) {
        return warnings.messages().stream()
                .filter(message -> message.startsWith(ForeignConnectors.class.getName()))
                .toList();
    }

    private static URI uri(Connector connector) {
        return URI.create("http://127.0.0.1:" + ((NetworkConnector) connector).getLocalPort());
    }

    @Test
    void shouldForwardItsPathsAndNoOthers() throws Exception {
        URI uri = startExample();
        try (RawClient client = new RawClient(uri);
                RawHttp2Client http2 = new RawHttp2Client(uri)) {
            assertThat(client.get("/cobrowse/a%2Fb//c;d?e|f").text()).isEqualTo("ok");
            assertThat(rawNode.next().line()).isEqualTo("GET /cobrowse/a%2Fb//c;d?e|f HTTP/1.1");
            assertThat(http2.get("/cobrowse/x").text()).isEqualTo("ok");
            assertThat(client.get("/own/x").text()).isEqualTo("own");
            assertThat(client.get("/other").status()).isEqualTo(404);
        }
        assertThat(rawNode.received()).isEqualTo(1);
        await().until(() -> node.activeRequests() == 0);
    }

    @Test
    void shouldFollowTheStatesThatAreSet() throws Exception {
        try (RawClient client = new RawClient(startExample())) {
            proxy.states().setAdmin("1", NodeState.MAINT);
            RawClient.Answer answer = client.get("/cobrowse/", "Cookie: gcbSessionServer=node-1");
            assertThat(answer.status()).isEqualTo(503);
            assertThat(answer.values("Set-Cookie")).hasSize(1);
            proxy.states().setAdmin("1", NodeState.READY);
            assertThat(client.get("/cobrowse/").text()).isEqualTo("ok");
        }
    }

    @Test
    void shouldNoticeThatAClientIsGone() throws Exception {
        rawNode.behave(RawNode.PARK);
        try (RawClient client = new RawClient(startExample())) {
            client.send("GET /cobrowse/cometd/connect HTTP/1.1\r\nHost: p\r\n\r\n");
            rawNode.next();
        }
        await().until(() -> rawNode.open() == 0 && node.activeRequests() == 0);
    }

    @Test
    void shouldCheckTheNodes() throws Exception {
        rawNode.health(exchange -> exchange.send("HTTP/1.1 500 No\r\nContent-Length: 0\r\n\r\n"));
        try (RawClient client = new RawClient(startExample())) {
            await().until(() -> proxy.states().status(node).effective() == NodeState.DOWN);
            assertThat(client.get("/cobrowse/", "Cookie: gcbSessionServer=node-1")
                            .status())
                    .isEqualTo(503);
        }
    }

    @Test
    void shouldBeStartedAgainWithItsServer() throws Exception {
        startExample();
        server.stop();
        int checksBefore = rawNode.checks();
        try (RawClient client = new RawClient(startExample())) {
            assertThat(client.get("/cobrowse/x").text()).isEqualTo("ok");
            await().until(() -> rawNode.checks() > checksBefore);
        }
    }

    @Test
    void shouldServeBehindAnyConnectorAndSayWhatCannotBeHadThere() throws Exception {
        try (Warnings warnings = new Warnings()) {
            URI uri = start(own -> new ServerConnector(own, new HttpConnectionFactory(ProxyHttp.configuration())));
            try (RawClient client = new RawClient(uri)) {
                client.send("POST /cobrowse/x HTTP/1.1\r\nHost: p\r\nContent-Length: 5\r\n\r\nhello");
                assertThat(client.answer().text()).isEqualTo("ok");
                assertThat(rawNode.next().bodyText()).isEqualTo("hello");
            }
            await().until(() -> node.activeRequests() == 0);
            assertThat(ofConnectors(warnings))
                    .singleElement()
                    .asString()
                    .contains("is not one of the proxy's own", "StickyProxy.listen")
                    .doesNotContain("ProxyHttp.configuration()");
        }
    }

    @Test
    void shouldSayThatAConnectorAltersTargets() throws Exception {
        try (Warnings warnings = new Warnings()) {
            start(ServerConnector::new);
            assertThat(ofConnectors(warnings)).singleElement().asString().contains("ProxyHttp.configuration()");
        }
    }

    @Test
    void shouldSayNothingOfItsOwnConnectors() throws Exception {
        try (Warnings warnings = new Warnings()) {
            startExample();
            assertThat(ofConnectors(warnings)).isEmpty();
        }
    }

    @Test
    void shouldCloseTunnelsAndRefuseRequestsWhenDrained() throws Exception {
        try (RawClient client = new RawClient(startExample())) {
            assertThat(client.get("/cobrowse/x").text()).isEqualTo("ok");
            proxy.drain();
            assertThat(client.get("/cobrowse/x").status()).isEqualTo(503);
        }
    }

    @Test
    void shouldSayAtOnceThatARequestCannotBeSentWhoseBodyCannotBeRead() throws Exception {
        server.setHandler(new Handler.Wrapper(server.getHandler()) {
            @Override
            public boolean handle(Request request, Response response, Callback callback) throws Exception {
                return super.handle(new UnreadableRequest(request), response, callback);
            }
        });
        try (RawClient client = new RawClient(startExample())) {
            client.send("POST /cobrowse/x HTTP/1.1\r\nHost: p\r\nContent-Length: 10\r\n\r\nhello");
            RawClient.Answer answer = client.answer();
            assertThat(answer.status()).isEqualTo(500);
            assertThat(answer.text()).contains("urn:cobrowse-proxy:internal-error");
        }
        await().until(() -> node.activeRequests() == 0 && proxy.connections(node) == 0);
    }

    /** A body of which only the first piece can be read. */
    private static final class UnreadableRequest extends Request.Wrapper {
        private boolean read;

        UnreadableRequest(Request request) {
            super(request);
        }

        @Override
        public Content.Chunk read() {
            if (read) {
                throw new IllegalStateException("unreadable");
            }
            Content.Chunk chunk = super.read();
            read = chunk != null;
            return chunk;
        }
    }

    @Test
    void shouldCountNoRequestThatCannotBecomeAsynchronous() throws Exception {
        ServletContextHandler context = (ServletContextHandler) ((Handler.Wrapper) server.getHandler()).getHandler();
        FilterHolder behind = new FilterHolder((request, response, chain) -> chain.doFilter(
                new HttpServletRequestWrapper((HttpServletRequest) request) {
                    @Override
                    public AsyncContext startAsync() {
                        throw new IllegalStateException("not now");
                    }
                },
                response));
        behind.setAsyncSupported(true);
        context.addFilter(behind, "/cobrowse/*", EnumSet.of(DispatcherType.REQUEST));
        try (RawClient client = new RawClient(startExample())) {
            assertThat(client.get("/cobrowse/").status()).isEqualTo(500);
        }
        await().until(() -> node.activeRequests() == 0);
        assertThat(node.active()).isZero();
    }

    @Test
    void shouldCloseItsConnectionsWhenStopped() throws Exception {
        try (RawClient client = new RawClient(startExample())) {
            assertThat(client.get("/cobrowse/x").text()).isEqualTo("ok");
            assertThat(proxy.connections(node)).isEqualTo(1);
            server.stop();
        }
        await().until(() -> rawNode.open() == 0);
    }
}
