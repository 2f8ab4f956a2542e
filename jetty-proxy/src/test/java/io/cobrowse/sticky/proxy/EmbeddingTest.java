package io.cobrowse.sticky.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.cobrowse.sticky.proxy.config.ProxyConfig.Timeouts;
import io.cobrowse.sticky.proxy.listener.ProxyHttp;
import io.cobrowse.sticky.routing.Balance;
import io.cobrowse.sticky.routing.Node;
import io.cobrowse.sticky.routing.NodeState;
import io.cobrowse.sticky.routing.NodeTable;
import io.cobrowse.sticky.routing.Router;
import io.cobrowse.sticky.routing.Stickiness;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.net.URI;
import java.util.List;
import org.eclipse.jetty.ee11.servlet.ServletContextHandler;
import org.eclipse.jetty.ee11.servlet.ServletHolder;
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

/** The filter and the servlet in somebody's own Jetty, put there as {@link EmbeddedExample} shows. */
class EmbeddingTest {
    private RawNode rawNode;
    private Node node;
    private Router router;
    private StickyProxyServlet servlet;
    private Server server;
    private ServletContextHandler context;

    @BeforeEach
    void prepare() throws IOException {
        rawNode = new RawNode();
        node = new Node("1", List.of("node-1"), URI.create(rawNode.url()), 1, false);
        router = new Router(Stickiness.DEFAULTS, Balance.ROUND_ROBIN, NodeTable.of(List.of(node)));
        servlet = new StickyProxyServlet(router, 4, Timeouts.DEFAULTS);
        server = new Server();
        context = new ServletContextHandler("/");
        context.addServlet(new ServletHolder(new Own()), "/own/*");
        server.setHandler(context);
    }

    /** What the embedder has beside the proxy. */
    private static final class Own extends HttpServlet {
        private static final long serialVersionUID = 1L;

        @Override
        protected void doGet(HttpServletRequest request, HttpServletResponse response) throws IOException {
            response.getWriter().print("own");
        }
    }

    @AfterEach
    void stop() throws Exception {
        server.stop();
        rawNode.close();
    }

    private URI start(Connector connector) throws Exception {
        server.addConnector(connector);
        server.start();
        return URI.create("http://127.0.0.1:" + ((NetworkConnector) connector).getLocalPort());
    }

    private URI startExample() throws Exception {
        EmbeddedExample.mount(context, servlet, router);
        return start(EmbeddedExample.connector(server, 0));
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
    void shouldFollowTheRouter() throws Exception {
        try (RawClient client = new RawClient(startExample())) {
            router.update(table -> table.withState("1", NodeState.MAINT));
            RawClient.Answer answer = client.get("/cobrowse/", "Cookie: gcbSessionServer=node-1");
            assertThat(answer.status()).isEqualTo(503);
            assertThat(answer.values("Set-Cookie")).hasSize(1);
            router.update(table -> table.withState("1", NodeState.READY));
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
    void shouldServeBehindAnyConnector() throws Exception {
        EmbeddedExample.mount(context, servlet, router);
        ServerConnector plain = new ServerConnector(server, new HttpConnectionFactory(ProxyHttp.configuration()));
        try (RawClient client = new RawClient(start(plain))) {
            client.send("POST /cobrowse/x HTTP/1.1\r\nHost: p\r\nContent-Length: 5\r\n\r\nhello");
            assertThat(client.answer().text()).isEqualTo("ok");
            assertThat(rawNode.next().bodyText()).isEqualTo("hello");
        }
        await().until(() -> node.activeRequests() == 0);
    }

    @Test
    void shouldSayAtOnceThatARequestCannotBeSentWhoseBodyCannotBeRead() throws Exception {
        EmbeddedExample.mount(context, servlet, router);
        server.setHandler(new Handler.Wrapper(context) {
            @Override
            public boolean handle(Request request, Response response, Callback callback) throws Exception {
                return super.handle(new UnreadableRequest(request), response, callback);
            }
        });
        try (RawClient client = new RawClient(start(EmbeddedExample.connector(server, 0)))) {
            client.send("POST /cobrowse/x HTTP/1.1\r\nHost: p\r\nContent-Length: 10\r\n\r\nhello");
            RawClient.Answer answer = client.answer();
            assertThat(answer.status()).isEqualTo(500);
            assertThat(answer.text()).contains("urn:cobrowse-proxy:internal-error");
        }
        await().until(() -> node.activeRequests() == 0 && servlet.connections(node) == 0);
    }

    /** Of whose body only the first piece can be read. */
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
    void shouldFailWithoutTheFilter() throws Exception {
        ServletHolder holder = new ServletHolder(servlet);
        holder.setAsyncSupported(true);
        context.addServlet(holder, "/cobrowse/*");
        try (RawClient client = new RawClient(start(EmbeddedExample.connector(server, 0)))) {
            assertThat(client.get("/cobrowse/x").status()).isEqualTo(500);
        }
        assertThat(rawNode.connections()).isZero();
    }

    @Test
    void shouldCloseItsConnectionsWhenStopped() throws Exception {
        try (RawClient client = new RawClient(startExample())) {
            assertThat(client.get("/cobrowse/x").text()).isEqualTo("ok");
            assertThat(servlet.connections(node)).isEqualTo(1);
            server.stop();
        }
        await().until(() -> rawNode.open() == 0);
    }
}
