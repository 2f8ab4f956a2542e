package io.cobrowse.sticky.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Requests designed to be read differently by the proxy and by a node. In every case, no node sees a request or a field
 * that the proxy did not see, and no other host is reached.
 */
class HostileInputTest {
    private static final String SMUGGLED = "GET /smuggled HTTP/1.1\r\nHost: p\r\n\r\n";

    private RawNode node;
    private StickyProxyServer proxy;

    @BeforeEach
    void start() throws IOException {
        node = new RawNode();
        proxy = SmallProxy.start(node.url());
    }

    @AfterEach
    void stop() throws IOException {
        proxy.close();
        node.close();
    }

    private static Arguments post(String what, String fields, String body) {
        return Arguments.of(what, "POST /first HTTP/1.1\r\nHost: p\r\n" + fields + "\r\n" + body);
    }

    private static Arguments get(String what, String fields) {
        return Arguments.of(what, "GET /first HTTP/1.1\r\nHost: p\r\n" + fields + "\r\n");
    }

    static Stream<Arguments> ambiguousLengths() {
        String chunks = "0\r\n\r\n" + SMUGGLED;
        String te = "Transfer-Encoding: chunked\r\n";
        return Stream.of(
                post("length and chunks", "Content-Length: 5\r\n" + te, chunks),
                post("chunks and length", te + "Content-Length: 5\r\n", chunks),
                post("two lengths", "Content-Length: 0\r\nContent-Length: 40\r\n", SMUGGLED),
                post("two lengths in one field", "Content-Length: 0, 40\r\n", SMUGGLED),
                post("negative length", "Content-Length: -1\r\n", SMUGGLED),
                post("signed length", "Content-Length: +40\r\n", SMUGGLED),
                post("hexadecimal length", "Content-Length: 0x28\r\n", SMUGGLED),
                post("length with blanks", "Content-Length: 4 0\r\n", SMUGGLED),
                post("empty length", "Content-Length:\r\n", SMUGGLED),
                post("length beyond a long", "Content-Length: 18446744073709551616\r\n", SMUGGLED),
                post("chunked before identity", "Transfer-Encoding: chunked, identity\r\n", chunks),
                post("identity", "Transfer-Encoding: identity\r\n", chunks),
                post("chunked twice", "Transfer-Encoding: chunked, chunked\r\n", chunks),
                post("chunked in two fields", te + te, chunks),
                post("a coding alone", "Transfer-Encoding: gzip\r\n", chunks),
                post("quoted coding", "Transfer-Encoding: \"chunked\"\r\n", chunks),
                post("blank before the colon", "Transfer-Encoding : chunked\r\n", chunks),
                post("control character behind", "Transfer-Encoding: chunked\u000b\r\n", chunks),
                post("prefixed coding", "Transfer-Encoding: xchunked\r\n", chunks),
                post("folded coding", "Transfer-Encoding:\r\n chunked\r\n", chunks),
                post("folded length", "Content-Length:\r\n 5\r\n", "hello" + SMUGGLED),
                post("length before a blank line end", "Content-Length: 5\nX: y\r\n", "hello" + SMUGGLED),
                post("chunk size signed", te, "+0\r\n\r\n" + SMUGGLED),
                post("chunk size hexadecimal", te, "0x0\r\n\r\n" + SMUGGLED),
                post("chunk size negative", te, "-1\r\n\r\n" + SMUGGLED),
                post("chunk size too large", te, "10000000000000000\r\n" + SMUGGLED),
                post("chunk extension with bare line feed", te, "5;a\nx\r\nhello\r\n" + chunks),
                post("chunk ended by bare line feed", te, "5\nhello\n0\n\n" + SMUGGLED),
                post("chunk longer than it says", te, "2\r\nhello\r\n" + chunks),
                Arguments.of("HTTP/1.0 with chunks", "POST /first HTTP/1.0\r\n" + te + "\r\n" + chunks));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("ambiguousLengths")
    void shouldNotBeSmuggledBy(String what, String bytes) throws Exception {
        List<String> lines = afterwards(bytes);
        // What stands behind a request whose length is doubtless is a request of its own, which both have to see as
        // such.
        assertThat(lines).doesNotHaveDuplicates().allMatch(line -> line.startsWith("POST /first "));
    }

    static Stream<Arguments> malformed() {
        return Stream.of(
                get("folded field", "X: y\r\n z\r\n"),
                get("bare line feed", "X: y\nTransfer-Encoding: chunked\r\n"),
                get("coding that would get lost", "Transfer-Encoding: gzip, chunked\r\n"),
                get("bare carriage return", "X: y\rTransfer-Encoding: chunked\r\n"),
                get("blank before the colon", "X : y\r\n"),
                get("no colon", "Xy\r\n"),
                get("no name", ": y\r\n"),
                get("blank in the name", "X Y: z\r\n"),
                get("null character", "X: y\u0000z\r\n"),
                get("two hosts", "Host: q\r\n"),
                Arguments.of("no host", "GET /first HTTP/1.1\r\nX: y\r\n\r\n"),
                Arguments.of("host of two", "GET /first HTTP/1.1\r\nHost: a, b\r\n\r\n"),
                Arguments.of("host with quotes", "GET /first HTTP/1.1\r\nHost: a\";x=\"\r\n\r\n"),
                Arguments.of("host with a path", "GET /first HTTP/1.1\r\nHost: a/b\r\n\r\n"),
                Arguments.of("host with a user", "GET /first HTTP/1.1\r\nHost: a@b\r\n\r\n"),
                Arguments.of("field before the first", "GET /first HTTP/1.1\r\n Host: p\r\n\r\n"),
                Arguments.of("blank in the target", "GET /fir st HTTP/1.1\r\nHost: p\r\n\r\n"),
                Arguments.of("tab in the target", "GET /fir\tst HTTP/1.1\r\nHost: p\r\n\r\n"),
                Arguments.of("delete in the target", "GET /fir\u007fst HTTP/1.1\r\nHost: p\r\n\r\n"),
                Arguments.of("no version", "GET /first\r\n\r\n"),
                Arguments.of("unknown version", "GET /first HTTP/1.2\r\nHost: p\r\n\r\n"),
                Arguments.of("version of one digit", "GET /first HTTP/1\r\nHost: p\r\n\r\n"),
                Arguments.of("not a token", "G@T /first HTTP/1.1\r\nHost: p\r\n\r\n"),
                Arguments.of("other host in the target", "GET http://other/first HTTP/1.1\r\nHost: p\r\n\r\n"),
                Arguments.of("user in the target", "GET http://p@other/first HTTP/1.1\r\nHost: p\r\n\r\n"));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("malformed")
    void shouldRefuse(String what, String bytes) throws Exception {
        try (RawClient client = new RawClient(proxy.uri("public"))) {
            assertThat(client.send(bytes).answer().status()).isIn(400, 505);
        }
        assertThat(afterwards("")).isEmpty();
    }

    @Test
    void shouldTakeChunkExtensionsAway() throws Exception {
        List<String> lines = afterwards("POST /first HTTP/1.1\r\nHost: p\r\nTransfer-Encoding: chunked\r\n\r\n"
                + "5;a=\"\r\n\";b\r\nhello\r\n0;last\r\n\r\n");
        assertThat(lines).isSubsetOf("POST /first HTTP/1.1");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"Content-Length", "Cookie", "Host", "host, content-length", "Transfer-Encoding", "Forwarded"})
    void shouldNotLetConnectionTakeAway(String option) throws Exception {
        try (RawClient client = new RawClient(proxy.uri("public"))) {
            client.send("POST /first HTTP/1.1\r\nHost: p\r\nCookie: a=b\r\nContent-Length: 5\r\nConnection: " + option
                    + "\r\n\r\nhello");
            assertThat(client.answer().status()).isEqualTo(200);
        }
        RawNode.Exchange seen = node.next();
        assertThat(seen.bodyText()).isEqualTo("hello");
        assertThat(seen.values("Host")).containsExactly("p");
        assertThat(seen.values("Cookie")).containsExactly("a=b");
        assertThat(seen.values("Forwarded")).hasSize(1);
    }

    @Test
    void shouldNotReachTheHostOfTheTarget() throws Exception {
        try (RawNode other = new RawNode();
                RawClient client = new RawClient(proxy.uri("public"))) {
            String authority = "127.0.0.1:" + other.port();
            client.send("GET http://" + authority + "/first HTTP/1.1\r\nHost: " + authority + "\r\n\r\n");
            assertThat(client.answer().text()).isEqualTo("ok");
            assertThat(node.next().line()).isEqualTo("GET http://" + authority + "/first HTTP/1.1");
            assertThat(other.connections()).isZero();
        }
    }

    /**
     * Sends the bytes and then, from another client, a request; returns the request lines that the node saw before that
     * request.
     */
    private List<String> afterwards(String bytes) throws Exception {
        try (RawClient hostile = new RawClient(proxy.uri("public"));
                RawClient client = new RawClient(proxy.uri("public"))) {
            hostile.send(bytes).socket().shutdownOutput();
            hostile.rest();
            assertThat(client.get("/other").text()).isEqualTo("ok");
        }
        List<String> lines = node.lines();
        assertThat(lines).endsWith("GET /other HTTP/1.1");
        return lines.subList(0, lines.size() - 1);
    }

    static Stream<Arguments> http2Requests() {
        return Stream.of(
                Arguments.of("line end in the method", pseudo("GET / HTTP/1.1\r\nX: y", "p", "/first")),
                Arguments.of("blank in the method", pseudo("GET /smuggled HTTP/1.1", "p", "/first")),
                Arguments.of("no method", pseudo("", "p", "/first")),
                Arguments.of("line end in the path", pseudo("GET", "p", "/first HTTP/1.1\r\nX: y\r\n\r\n")),
                Arguments.of("blank in the path", pseudo("GET", "p", "/first HTTP/1.1")),
                Arguments.of("line end in the authority", pseudo("GET", "p\r\nX: y", "/first")),
                Arguments.of("blank in the authority", pseudo("GET", "p q", "/first")),
                Arguments.of("quote in the authority", pseudo("GET", "p\";for=\"q", "/first")),
                Arguments.of("user in the authority", pseudo("GET", "p@q", "/first")),
                Arguments.of("path in the authority", pseudo("GET", "p/q", "/first")),
                Arguments.of("two authorities", pseudo("GET", "p", "/first", ":authority", "q")),
                Arguments.of("two hosts", pseudo("GET", "p", "/first", "host", "p", "host", "q")),
                Arguments.of("other host", pseudo("GET", "p", "/first", "host", "q")),
                Arguments.of("line end in a name", pseudo("GET", "p", "/first", "x\r\ny", "z")),
                Arguments.of("colon in a name", pseudo("GET", "p", "/first", "x:y", "z")),
                Arguments.of("capital in a name", pseudo("GET", "p", "/first", "X-y", "z")),
                Arguments.of("blank in a name", pseudo("GET", "p", "/first", "x ", "z")),
                Arguments.of("empty name", pseudo("GET", "p", "/first", "", "z")),
                Arguments.of("line end in a value", pseudo("GET", "p", "/first", "x", "y\r\nz: 1")),
                Arguments.of("line end in a cookie", pseudo("GET", "p", "/first", "cookie", "a=b\r\nz: 1")),
                Arguments.of("connection", pseudo("GET", "p", "/first", "connection", "keep-alive")),
                Arguments.of("two lengths", pseudo("GET", "p", "/first", "content-length", "0", "content-length", "5")),
                Arguments.of("signed length", pseudo("GET", "p", "/first", "content-length", "+0")),
                Arguments.of("length that is none", pseudo("GET", "p", "/first", "content-length", "zero")),
                Arguments.of("list of lengths", pseudo("GET", "p", "/first", "content-length", "0, 0")));
    }

    private static String[] pseudo(String method, String authority, String path, String... fields) {
        String[] pseudo = {":method", method, ":scheme", "http", ":authority", authority, ":path", path};
        return Stream.concat(Stream.of(pseudo), Stream.of(fields)).toArray(String[]::new);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("http2Requests")
    void shouldRefuseOverHttp2(String what, String[] fields) throws Exception {
        try (RawHttp2Client hostile = new RawHttp2Client(proxy.uri("public"))) {
            RawHttp2Client.Answer answer = hostile.answer(hostile.begin(true, fields));
            assertThat(answer.isReset() || answer.status() == 400).isTrue();
        } catch (IOException connectionError) {
            // A frame of the client's may have been under way.
            assertThat(connectionError)
                    .message()
                    .matches("The server gave the connection up.*|Broken pipe.*|Connection reset.*");
        }
        assertThat(afterwards("")).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"5", "+5", "05 ", "5,5", "5\t"})
    void shouldNotForwardDoubtfulLengthOverHttp2(String length) throws Exception {
        try (RawHttp2Client hostile = new RawHttp2Client(proxy.uri("public"))) {
            int stream = hostile.begin("POST", "/first", false, "content-length", length, "content-length", "0");
            hostile.data(stream, true, "hello");
            RawHttp2Client.Answer answer = hostile.answer(stream);
            assertThat(answer.isReset() || answer.status() == 400).isTrue();
        } catch (IOException connectionError) {
            // A frame of the client's may have been under way.
            assertThat(connectionError)
                    .message()
                    .matches("The server gave the connection up.*|Broken pipe.*|Connection reset.*");
        }
        assertThat(afterwards("")).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"upgrade: websocket", "transfer-encoding: chunked", "keep-alive: 1", "proxy-connection: x"})
    void shouldNotForwardConnectionFieldsOfHttp2(String field) throws Exception {
        try (RawHttp2Client hostile = new RawHttp2Client(proxy.uri("public"))) {
            assertThat(hostile.get("/first", field.split(": ")).status()).isIn(200, 400);
        }
        assertThat(afterwards("")).isSubsetOf("GET /first HTTP/1.1");
        assertThat(node.next().head().toLowerCase(Locale.ROOT)).doesNotContain(field);
    }

    @Test
    void shouldNotForwardLineEndsInTrailers() throws Exception {
        try (RawHttp2Client hostile = new RawHttp2Client(proxy.uri("public"))) {
            int stream = hostile.begin("POST", "/first", false);
            hostile.data(stream, false, "hello");
            hostile.headers(stream, true, "x-t", "1\r\n\r\n" + SMUGGLED);
            hostile.answer(stream);
        } catch (IOException connectionError) {
            assertThat(connectionError).hasMessageContaining("The server gave the connection up");
        }
        assertThat(afterwards("")).isEmpty();
    }
}
