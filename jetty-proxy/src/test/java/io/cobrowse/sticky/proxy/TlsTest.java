package io.cobrowse.sticky.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import io.cobrowse.sticky.proxy.config.ProxyConfig.Address;
import io.cobrowse.sticky.proxy.config.ProxyConfig.Health;
import io.cobrowse.sticky.proxy.config.ProxyConfig.Listener;
import io.cobrowse.sticky.proxy.config.Tls;
import io.cobrowse.sticky.routing.NodeState;
import io.cobrowse.sticky.routing.NodeTable;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.WebSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLHandshakeException;
import javax.net.ssl.SSLSocket;
import org.eclipse.jetty.util.ssl.SslContextFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** TLS on a listener and toward the nodes. */
class TlsTest {
    @TempDir
    static Path directory;

    private static TestIdentity identity;

    private RawNode node;
    private StickyProxyServer proxy;

    @BeforeAll
    static void createIdentity() throws Exception {
        identity = TestIdentity.create(directory);
    }

    @BeforeEach
    void start() throws Exception {
        node = new RawNode();
    }

    @AfterEach
    void stop() throws Exception {
        if (proxy != null) {
            proxy.close();
        }
        node.close();
    }

    private StickyProxyServerBuilder builder() throws Exception {
        SslContextFactory.Client nodeTls = new SslContextFactory.Client();
        nodeTls.setSslContext(identity.context());
        return StickyProxyServer.builder()
                .admin("127.0.0.1", 0)
                .nodeTls(nodeTls)
                .listen(tlsListener(identity.certificate(), identity.privateKey()));
    }

    /** A node that accepts only TLS. */
    private static HttpsServer tlsNode() throws Exception {
        HttpsServer server = HttpsServer.create(new InetSocketAddress("127.0.0.1", 0), 16);
        server.setHttpsConfigurator(new HttpsConfigurator(identity.context()));
        server.createContext("/", exchange -> {
            exchange.sendResponseHeaders(exchange.getRequestURI().getPath().equals("/cobrowse/health") ? 200 : 204, -1);
            exchange.close();
        });
        server.start();
        return server;
    }

    @Test
    void shouldCheckANodeOverTls() throws Exception {
        HttpsServer server = tlsNode();
        int port = server.getAddress().getPort();
        Health quick = new Health("/cobrowse/health", Duration.ofMillis(50), Duration.ofSeconds(5), 1, 1);
        proxy = builder()
                .health(quick)
                .node("1", "node-1", "https://localhost:" + port)
                .node("2", "node-2", "https://localhost:" + node.port())
                .build()
                .start();
        NodeTable table = proxy.router().table();
        await().until(() -> proxy.states().status(table.node("1")).counts().passedChecks() > 2);
        // Speaks no TLS.
        await().until(() -> proxy.router().table().state(table.node("2")) == NodeState.DOWN);
        assertThat(proxy.router().table().state(table.node("1"))).isEqualTo(NodeState.READY);
        server.stop(0);
        await().until(() -> proxy.router().table().state(table.node("1")) == NodeState.DOWN);
    }

    @Test
    void shouldNotTakeANodeForHealthyWhoseCertificateIsNotTrusted() throws Exception {
        HttpsServer server = tlsNode();
        Health quick = new Health("/cobrowse/health", Duration.ofMillis(50), Duration.ofSeconds(5), 1, 1);
        proxy = builder()
                .nodeTls(new SslContextFactory.Client())
                .health(quick)
                .node("1", "node-1", "https://localhost:" + server.getAddress().getPort())
                .build()
                .start();
        NodeTable table = proxy.router().table();
        await().until(() -> proxy.router().table().state(table.node("1")) == NodeState.DOWN);
        assertThat(proxy.states().status(table.node("1")).lastCheck()).startsWith("failed: TLS: ");
        server.stop(0);
    }

    private static Listener tlsListener(Path certificate, Path privateKey) {
        return new Listener(
                "public",
                new Address("127.0.0.1", 0),
                new Tls(certificate.toString(), privateKey.toString()),
                List.of(),
                List.of());
    }

    private HttpClient client(HttpClient.Version version) throws Exception {
        return HttpClient.newBuilder()
                .sslContext(identity.context())
                .version(version)
                .connectTimeout(Duration.ofSeconds(5))
                .build();
    }

    @Test
    void shouldServeHttp2AndHttp1ByAlpn() throws Exception {
        proxy = builder().node("1", "node-1", node.url()).build().start();
        URI uri = proxy.uri("public").resolve("/a%2Fb?c=1");
        assertThat(uri.getScheme()).isEqualTo("https");
        for (HttpClient.Version version : HttpClient.Version.values()) {
            var response = client(version).send(HttpRequest.newBuilder(uri).build(), BodyHandlers.ofString());
            assertThat(response.version()).isEqualTo(version);
            assertThat(response.body()).isEqualTo("ok");
            RawNode.Exchange seen = node.next();
            assertThat(seen.line()).isEqualTo("GET /a%2Fb?c=1 HTTP/1.1");
            assertThat(seen.values("X-Forwarded-Proto")).containsExactly("https");
            assertThat(seen.values("Host")).containsExactly(uri.getAuthority());
        }
    }

    @Test
    void shouldShowARenewedCertificateFromTheReloadOnAndLeaveOpenConnectionsAlone(@TempDir Path files)
            throws Exception {
        Path certificate = Files.copy(identity.certificate(), files.resolve("shown-cert.pem"));
        Path privateKey = Files.copy(identity.privateKey(), files.resolve("shown-key.pem"));
        proxy = StickyProxyServer.builder()
                .admin("127.0.0.1", 0)
                .listen(tlsListener(certificate, privateKey))
                .node("1", "node-1", node.url())
                .build()
                .start();
        HttpRequest request = HttpRequest.newBuilder(proxy.uri("public")).build();
        HttpClient open = client(HttpClient.Version.HTTP_1_1);
        assertThat(open.send(request, BodyHandlers.ofString()).body()).isEqualTo("ok");

        TestIdentity renewed = TestIdentity.create(files);
        Files.copy(renewed.certificate(), certificate, StandardCopyOption.REPLACE_EXISTING);
        Files.copy(renewed.privateKey(), privateKey, StandardCopyOption.REPLACE_EXISTING);
        assertThat(proxy.reload(proxy.config())).isEmpty();

        HttpClient trustsTheNew =
                HttpClient.newBuilder().sslContext(renewed.context()).build();
        assertThat(trustsTheNew.send(request, BodyHandlers.ofString()).body()).isEqualTo("ok");
        HttpClient trustsTheOld = client(HttpClient.Version.HTTP_1_1);
        assertThatThrownBy(() -> trustsTheOld.send(request, BodyHandlers.ofString()))
                .isInstanceOf(SSLHandshakeException.class);
        assertThat(open.send(request, BodyHandlers.ofString()).body()).isEqualTo("ok");

        Files.writeString(certificate, "not a certificate");
        assertThatThrownBy(() -> proxy.reload(proxy.config()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(certificate.toString());
        HttpClient another =
                HttpClient.newBuilder().sslContext(renewed.context()).build();
        assertThat(another.send(request, BodyHandlers.ofString()).body()).isEqualTo("ok");
    }

    @Test
    void shouldNoticeATlsClientThatGoesAwayFromAParkedPoll() throws Exception {
        node.behave(exchange -> exchange.in().read());
        proxy = builder().node("1", "node-1", node.url()).build().start();
        URI uri = proxy.uri("public");
        try (SSLSocket socket =
                (SSLSocket) identity.context().getSocketFactory().createSocket(uri.getHost(), uri.getPort())) {
            socket.getOutputStream().write("GET /poll HTTP/1.1\r\nHost: p\r\n\r\n".getBytes("US-ASCII"));
            node.next();
            assertThat(node.open()).isEqualTo(1);
        }
        await().atMost(Duration.ofSeconds(1)).until(() -> node.open() == 0);
    }

    @Test
    void shouldReachNodesByTls() throws Exception {
        try (StickyProxyServer secureNode =
                builder().node("1", "node-1", node.url()).build().start()) {
            proxy = builder()
                    .node("1", "node-1", secureNode.uri("public").toString())
                    .build()
                    .start();
            URI uri = proxy.uri("public").resolve("/through/two");
            for (int i = 0; i < 20; i++) {
                var response = client(HttpClient.Version.HTTP_1_1)
                        .send(
                                HttpRequest.newBuilder(uri)
                                        .POST(HttpRequest.BodyPublishers.ofString("body " + i))
                                        .build(),
                                BodyHandlers.ofString());
                assertThat(response.body()).isEqualTo("ok");
                assertThat(node.next().bodyText()).isEqualTo("body " + i);
            }
        }
    }

    @Test
    void shouldTunnelByTlsOnBothSides() throws Exception {
        RawNode echo = new RawNode(exchange -> {
            String key = exchange.values("Sec-WebSocket-Key").get(0);
            exchange.send("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                    + "Sec-WebSocket-Accept: " + WebSocketKeys.accept(key) + "\r\n\r\n");
            // An unmasked text frame.
            exchange.send("\u0081\u0005hello");
            exchange.in().read();
        });
        try (echo;
                StickyProxyServer secureNode =
                        builder().node("1", "node-1", echo.url()).build().start()) {
            proxy = builder()
                    .node("1", "node-1", secureNode.uri("public").toString())
                    .build()
                    .start();
            URI uri = URI.create(proxy.uri("public").toString().replace("https", "wss") + "/ws");
            CompletableFuture<String> heard = new CompletableFuture<>();
            WebSocket socket = client(HttpClient.Version.HTTP_1_1)
                    .newWebSocketBuilder()
                    .buildAsync(uri, new WebSocket.Listener() {
                        @Override
                        public CompletionStage<?> onText(WebSocket webSocket, CharSequence data, boolean last) {
                            heard.complete(data.toString());
                            return null;
                        }
                    })
                    .get(10, TimeUnit.SECONDS);
            assertThat(heard.get(10, TimeUnit.SECONDS)).isEqualTo("hello");
            socket.abort();
            await().until(() -> echo.open() == 0);
        }
    }

    @Test
    void shouldTreatAFailedHandshakeAsAFailureToConnect() throws Exception {
        proxy = builder()
                .node("1", "node-1", node.url().replace("http:", "https:"))
                .build()
                .start();
        var response = client(HttpClient.Version.HTTP_1_1)
                .send(
                        HttpRequest.newBuilder(proxy.uri("public").resolve("/?co-browse-node-id=1"))
                                .POST(HttpRequest.BodyPublishers.ofString("x"))
                                .build(),
                        BodyHandlers.ofString());
        assertThat(response.statusCode()).isEqualTo(503);
        assertThat(response.body()).contains("node-down");
    }

    @Test
    void shouldNameTheFileThatCannotBeUsed() throws Exception {
        Path missing = directory.resolve("missing.pem");
        assertThatThrownBy(() -> StickyProxyServer.builder()
                        .listen(tlsListener(missing, identity.privateKey()))
                        .node("1", "node-1", node.url())
                        .build())
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(missing.toString());
        Path junk = Files.writeString(directory.resolve("junk.pem"), "junk");
        assertThatThrownBy(() -> StickyProxyServer.builder()
                        .listen(tlsListener(identity.certificate(), junk))
                        .node("1", "node-1", node.url())
                        .build())
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(junk.toString());
    }
}
