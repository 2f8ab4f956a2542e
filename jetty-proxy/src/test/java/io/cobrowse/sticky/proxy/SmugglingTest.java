package io.cobrowse.sticky.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Messages about whose end client, proxy and node could disagree. */
class SmugglingTest {
    private static final String HANDSHAKE =
            "GET /ws HTTP/1.1\r\nHost: p\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
                    + "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n";
    private static final String SMUGGLED = "GET /smuggled HTTP/1.1\r\nHost: p\r\n\r\n";

    private RawNode node;
    private StickyProxyServer proxy;
    private RawClient client;

    @BeforeEach
    void start() throws IOException {
        node = new RawNode();
        proxy = SmallProxy.start(node.url());
        client = new RawClient(proxy.uri("public"));
    }

    @AfterEach
    void stop() throws IOException {
        client.close();
        proxy.close();
        node.close();
    }

    @ParameterizedTest
    @ValueSource(strings = {"Content-Length: 37\r\n", "Transfer-Encoding: chunked\r\n"})
    void shouldRefuseAWebSocketHandshakeWithABody(String framing) throws Exception {
        client.send(HANDSHAKE + framing + "\r\n" + SMUGGLED);
        assertThat(client.answer().status()).isEqualTo(400);
        try (RawClient other = new RawClient(proxy.uri("public"))) {
            assertThat(other.get("/after").text()).isEqualTo("ok");
        }
        assertThat(node.lines()).containsExactly("GET /after HTTP/1.1");
    }

    @Test
    void shouldForwardNoFramingWithAHandshake() throws Exception {
        client.send(HANDSHAKE + "Content-Length: 0\r\n\r\n");
        assertThat(node.next().values("Content-Length")).isEmpty();
    }

    @Test
    void shouldNotUseAConnectionAgainOnWhichAHandshakeWasRefused() throws Exception {
        client.send(HANDSHAKE + "\r\n");
        assertThat(client.answer().status()).isEqualTo(200);
        await().atMost(Duration.ofSeconds(20)).until(() -> node.open() == 0);
        assertThat(client.get("/after").text()).isEqualTo("ok");
        assertThat(node.connections()).isEqualTo(2);
    }

    @Test
    void shouldPassNoLengthOfAnInterimAnswerOn() throws Exception {
        node.behave(exchange -> exchange.send("HTTP/1.1 103 Early Hints\r\nLink: </a>\r\nContent-Length: 5\r\n\r\n"
                + "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"));
        client.send("GET / HTTP/1.1\r\nHost: p\r\n\r\n");
        RawClient.Answer interim = client.head();
        assertThat(interim.status()).isEqualTo(103);
        assertThat(interim.values("Link")).containsExactly("</a>");
        assertThat(interim.values("Content-Length")).isEmpty();
        RawClient.Answer answer = client.answer();
        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.values("Content-Length")).containsExactly("2");
        assertThat(answer.text()).isEqualTo("ok");
    }

    @Test
    void shouldPassNoLengthOfAnAnswerWithoutABodyOn() throws Exception {
        node.behave(exchange -> exchange.send("HTTP/1.1 204 No Content\r\nContent-Length: 5\r\n\r\n"));
        client.send("GET / HTTP/1.1\r\nHost: p\r\n\r\n");
        RawClient.Answer answer = client.head();
        assertThat(answer.status()).isEqualTo(204);
        assertThat(answer.values("Content-Length")).isEmpty();
        assertThat(client.get("/again").status()).isEqualTo(204);
    }

    private static final String FORBIDDEN =
            "Content-Length: 40\r\nTransfer-Encoding: gzip\r\nHost: evil\r\nCookie: a=b\r\n"
                    + "Set-Cookie: c=d\r\nForwarded: for=1.1.1.1\r\nX-Forwarded-For: 1.1.1.1\r\nAuthorization: Basic eDp5\r\n";

    @Test
    void shouldPassNoForbiddenTrailersOfARequestOn() throws Exception {
        client.send("POST / HTTP/1.1\r\nHost: p\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n" + FORBIDDEN
                + "X-Sum: 1\r\n\r\n");
        assertThat(client.answer().status()).isEqualTo(200);
        assertThat(node.next().bodyText()).isEqualTo("hello\n--\nX-Sum: 1");
    }

    @Test
    void shouldPassNoForbiddenTrailersOfHttp2On() throws Exception {
        try (RawHttp2Client http2 = new RawHttp2Client(proxy.uri("public"))) {
            int stream = http2.begin("POST", "/", false);
            http2.data(stream, false, "hello");
            http2.headers(
                    stream,
                    true,
                    "content-length",
                    "40",
                    "host",
                    "evil",
                    "cookie",
                    "a=b",
                    "x-forwarded-for",
                    "1",
                    "x-sum",
                    "1");
            assertThat(http2.answer(stream).status()).isEqualTo(200);
        }
        assertThat(node.next().bodyText()).isEqualTo("hello\n--\nx-sum: 1");
    }

    @Test
    void shouldPassNoForbiddenTrailersOfAnAnswerOn() throws Exception {
        node.behave(exchange -> exchange.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n"
                + FORBIDDEN + "X-Sum: 1\r\n\r\n"));
        assertThat(client.get("/").text()).isEqualTo("ok\n--\nX-Sum: 1");
    }

    /** A server that does not know chunks would continue reading after the head (RFC 9112, 6.1). */
    @Test
    void shouldRefuseChunksOfHttp10() throws Exception {
        client.send("POST /first HTTP/1.0\r\nConnection: keep-alive\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"
                + SMUGGLED);
        assertThat(client.rest()).startsWith("HTTP/1.1 400 ");
        assertThat(node.lines()).doesNotContain("GET /smuggled HTTP/1.1");
    }
}
