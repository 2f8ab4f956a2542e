package io.cobrowse.sticky.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** R4, R14 and R21 over HTTP/1.1, in raw bytes on both sides. */
class ForwardingTest {
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
    @ValueSource(
            strings = {
                "/",
                "/a%2Fb",
                "/a/./b",
                "/a/../b",
                "//a//b",
                "//a/../../b",
                "//a:b/c",
                "//[/b",
                "/a;x=1/b;y",
                "/a|b",
                "/a?x=%zz",
                "/a?",
                "/a?b|c",
                "/a%20b?c=%20+",
                "/a?b=c?d",
                "/%7Euser/%41",
                "/a?x=\"q\"",
                "/a?x={y}&[z]",
                "/cobrowse/cometd?co-browse-node-id=1",
                "/a\\b",
                "/a^b",
                "http://proxy/a//b?c",
            })
    void shouldForwardTargetByteForByte(String target) throws Exception {
        assertThat(client.get(target).status()).isEqualTo(200);
        assertThat(node.next().line()).isEqualTo("GET " + target + " HTTP/1.1");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"/a%00b", "/a%zz", "/../..", "/a#f", "/a?b#f", "/\u00ff", "/a?\u00ff\u00fe", "/%2e%2e/%2e%2e"})
    void shouldRefuseTargetThatCannotBeHeld(String target) throws Exception {
        assertThat(client.get(target).status()).isEqualTo(400);
        assertThat(node.received()).isZero();
    }

    @ParameterizedTest
    @ValueSource(strings = {"get", "Post", "PROPFIND", "x-y.z", "DELETE", "OPTIONS"})
    void shouldForwardMethodWithItsCase(String method) throws Exception {
        client.request(method, "/m");
        assertThat(node.next().line()).isEqualTo(method + " /m HTTP/1.1");
    }

    @Test
    void shouldForwardAsteriskForm() throws Exception {
        assertThat(client.request("OPTIONS", "*").status()).isEqualTo(200);
        assertThat(node.next().line()).isEqualTo("OPTIONS * HTTP/1.1");
    }

    @Test
    void shouldRefuseConnect() throws Exception {
        client.send("CONNECT example.org:443 HTTP/1.1\r\nHost: example.org:443\r\n\r\n");
        assertThat(client.answer().status()).isEqualTo(405);
    }

    @Test
    void shouldForwardFieldsInOrderWithoutHopByHopOnes() throws Exception {
        client.get(
                "/f",
                "X-b: 2",
                "x-A:  1  ",
                "X-b: 1",
                "Connection: keep-alive, x-hop, Upgrade",
                "X-Hop: gone",
                "Keep-Alive: timeout=5",
                "TE: gzip",
                "Upgrade: h9",
                "Content-Type: Text/HTML;Charset=utf-8",
                "Accept-Encoding: GZIP",
                "Via: 1.0 other");
        assertThat(node.next().fields())
                .filteredOn(field -> !field.startsWith("X-Forwarded") && !field.startsWith("Forwarded"))
                .containsExactly(
                        "Host: proxy",
                        "X-b: 2",
                        "x-A: 1",
                        "X-b: 1",
                        "Content-Type: Text/HTML;Charset=utf-8",
                        "Accept-Encoding: GZIP",
                        "Via: 1.0 other");
    }

    @Test
    void shouldReplaceForwardingFieldsFromOutside() throws Exception {
        client.get(
                "/f",
                "X-Forwarded-For: 6.6.6.6",
                "X-Forwarded-Proto: https",
                "x-forwarded-host: evil",
                "Forwarded: for=6.6.6.6");
        RawNode.Exchange seen = node.next();
        assertThat(seen.values("X-Forwarded-For")).containsExactly("127.0.0.1");
        assertThat(seen.values("X-Forwarded-Proto")).containsExactly("http");
        assertThat(seen.values("X-Forwarded-Host")).containsExactly("proxy");
        assertThat(seen.values("Forwarded")).containsExactly("for=127.0.0.1;host=\"proxy\";proto=http");
    }

    @Test
    void shouldJoinCookieFields() throws Exception {
        client.get("/c", "Cookie: a=1", "X: y", "Cookie: b=2; c=3", "cookie: d=\"4\"");
        assertThat(node.next().values("Cookie")).containsExactly("a=1; b=2; c=3; d=\"4\"");
    }

    @Test
    void shouldForwardBodyOfGivenLength() throws Exception {
        client.send("POST /b HTTP/1.1\r\nHost: p\r\nContent-Length: 5\r\n\r\nhello");
        assertThat(client.answer().text()).isEqualTo("ok");
        RawNode.Exchange seen = node.next();
        assertThat(seen.bodyText()).isEqualTo("hello");
        assertThat(seen.values("Content-Length")).containsExactly("5");
        assertThat(seen.values("Transfer-Encoding")).isEmpty();
    }

    @Test
    void shouldForwardChunkedBodyWithTrailers() throws Exception {
        client.send("POST /b HTTP/1.1\r\nHost: p\r\nTransfer-Encoding: chunked\r\nTrailer: X-T\r\n\r\n"
                + "5\r\nhello\r\n6\r\n world\r\n0\r\nX-T: t\r\n\r\n");
        assertThat(client.answer().status()).isEqualTo(200);
        assertThat(node.next().bodyText()).isEqualTo("hello world\n--\nX-T: t");
    }

    @Test
    void shouldServeManyRequestsOnOneConnection() throws Exception {
        for (int i = 0; i < 100; i++) {
            assertThat(client.get("/" + i).text()).isEqualTo("ok");
            assertThat(node.next().line()).isEqualTo("GET /" + i + " HTTP/1.1");
        }
        // An answer may arrive before the connection knows that its request has been written; then it is not free yet.
        assertThat(node.connections()).isLessThan(10);
    }

    @Test
    void shouldServePipelinedRequestsInOrder() throws Exception {
        client.send("GET /1 HTTP/1.1\r\nHost: p\r\n\r\nGET /2 HTTP/1.1\r\nHost: p\r\n\r\n"
                + "POST /3 HTTP/1.1\r\nHost: p\r\nContent-Length: 3\r\n\r\nabcGET /4 HTTP/1.1\r\nHost: p\r\n\r\n");
        for (int i = 1; i <= 4; i++) {
            assertThat(client.answer().text()).isEqualTo("ok");
            assertThat(node.next().line()).endsWith(" /" + i + " HTTP/1.1");
        }
    }

    @Test
    void shouldPassResponseUnchanged() throws Exception {
        node.behave(exchange -> exchange.send("HTTP/1.1 299 Odd One\r\nServer: Node/1\r\nDate: long ago\r\n"
                + "content-type: Text/PLAIN;Charset=UTF-8\r\nSet-Cookie: a=1; Path=/\r\nX-One:  1 \r\nset-cookie: b=\"2\"\r\n"
                + "Set-Cookie: gcbSessionServer=node-1\r\nConnection: x-gone\r\nX-Gone: 1\r\nKeep-Alive: timeout=9\r\n"
                + "Content-Length: 4\r\n\r\nbody"));
        RawClient.Answer answer = client.get("/r");
        assertThat(answer.head().lines().findFirst())
                .hasValueSatisfying(line -> assertThat(line).startsWith("HTTP/1.1 299"));
        assertThat(answer.text()).isEqualTo("body");
        assertThat(answer.head().lines().skip(1).filter(line -> !line.isEmpty()))
                .usingElementComparator(String.CASE_INSENSITIVE_ORDER)
                .containsExactlyInAnyOrder(
                        "Server: Node/1",
                        "Date: long ago",
                        "content-type: Text/PLAIN;Charset=UTF-8",
                        "Set-Cookie: a=1; Path=/",
                        "X-One: 1",
                        "set-cookie: b=\"2\"",
                        "Set-Cookie: gcbSessionServer=node-1",
                        "Content-Length: 4");
    }

    @Test
    void shouldAddNothingToResponse() throws Exception {
        RawClient.Answer answer = client.get("/r");
        assertThat(answer.head()).isEqualTo("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n");
    }

    @Test
    void shouldPassChunkedResponseWithTrailers() throws Exception {
        node.behave(exchange -> exchange.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTrailer: X-T\r\n\r\n"
                + "3\r\nabc\r\n3\r\ndef\r\n0\r\nX-T: end\r\n\r\n"));
        RawClient.Answer answer = client.get("/r");
        assertThat(answer.text()).isEqualTo("abcdef\n--\nX-T: end");
        for (int i = 0; i < 10; i++) {
            assertThat(client.get("/again").text()).startsWith("abcdef");
        }
        // A client may be quicker than the return of the write of its last request, which then has the connection
        // still.
        assertThat(node.connections()).isLessThan(10);
    }

    @Test
    void shouldPassResponseDelimitedByClose() throws Exception {
        node.behave(exchange -> {
            exchange.send("HTTP/1.0 200 OK\r\n\r\nuntil the end");
            exchange.socket().close();
        });
        assertThat(client.get("/r").text()).isEqualTo("until the end");
    }

    @Test
    void shouldPassHeadOfHeadResponse() throws Exception {
        node.behave(exchange -> exchange.send("HTTP/1.1 200 OK\r\nContent-Length: 1234\r\nX: y\r\n\r\n"));
        RawClient.Answer answer = client.request("HEAD", "/h");
        assertThat(answer.values("Content-Length")).containsExactly("1234");
        node.behave(exchange -> exchange.send("HTTP/1.1 200 OK\r\nX: z\r\n\r\n"));
        answer = client.request("HEAD", "/h");
        assertThat(answer.values("X")).containsExactly("z");
        assertThat(answer.values("Content-Length")).isEmpty();
        node.behave(RawNode.OK);
        assertThat(client.get("/after").text()).isEqualTo("ok");
    }

    @ParameterizedTest
    @ValueSource(ints = {204, 304})
    void shouldPassBodylessResponse(int status) throws Exception {
        node.behave(exchange -> exchange.send("HTTP/1.1 " + status + " None\r\nETag: \"x\"\r\n\r\n"));
        RawClient.Answer answer = client.get("/n");
        assertThat(answer.status()).isEqualTo(status);
        assertThat(answer.head().lines().skip(1).filter(line -> !line.isEmpty()))
                .containsExactly("ETag: \"x\"");
        node.behave(RawNode.OK);
        assertThat(client.get("/after").text()).isEqualTo("ok");
    }

    @Test
    void shouldPassInterimResponses() throws Exception {
        node.behave(exchange -> exchange.send(
                "HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n" + "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"));
        client.send("GET /i HTTP/1.1\r\nHost: p\r\n\r\n");
        assertThat(client.head().head()).startsWith("HTTP/1.1 103").contains("Link: </a>");
        assertThat(client.answer().text()).isEqualTo("ok");
    }

    @Test
    void shouldLetTheNodeAskForTheBody() throws Exception {
        node.withoutReadingBodies().behave(exchange -> {
            exchange.send("HTTP/1.1 100 Continue\r\n\r\n");
            byte[] body = exchange.in().readNBytes(5);
            exchange.send("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n" + new String(body, StandardCharsets.US_ASCII));
        });
        client.send("POST /e HTTP/1.1\r\nHost: p\r\nExpect: 100-continue\r\nContent-Length: 5\r\n\r\n");
        assertThat(client.head().status()).isEqualTo(100);
        assertThat(node.next().values("Expect")).containsExactly("100-continue");
        client.send("hello");
        assertThat(client.answer().text()).isEqualTo("hello");
    }

    @Test
    void shouldPassRefusalOfExpectedBody() throws Exception {
        node.withoutReadingBodies().behave(exchange -> exchange.send("HTTP/1.1 417 No\r\nContent-Length: 2\r\n\r\nno"));
        client.send("POST /e HTTP/1.1\r\nHost: p\r\nExpect: 100-continue\r\nContent-Length: 5\r\n\r\n");
        assertThat(client.answer().status()).isEqualTo(417);
    }

    @Test
    void shouldServeHttp10() throws Exception {
        client.send("GET /old HTTP/1.0\r\n\r\n");
        assertThat(client.answer().text()).isEqualTo("ok");
        assertThat(client.ended()).isTrue();
        assertThat(node.next().values("Host")).containsExactly("127.0.0.1:" + node.port());
    }

    @Test
    void shouldLimitFieldsTo32KiB() throws Exception {
        String value = "x".repeat(1000);
        String[] fields = new String[32];
        Arrays.setAll(fields, i -> "X-" + (char) ('a' + i % 26) + i + ": " + value);
        assertThat(client.get("/l", fields).status()).isEqualTo(200);
        String[] more = new String[33];
        Arrays.setAll(more, i -> "X-" + (char) ('a' + i % 26) + i + ": " + value);
        assertThat(client.get("/l", more).status()).isEqualTo(431);
    }

    @Test
    void shouldRefuseFieldsFarTooLarge() throws Exception {
        assertThat(client.get("/l", "X: " + "y".repeat(60_000)).status()).isEqualTo(431);
    }
}
