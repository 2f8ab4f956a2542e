package io.cobrowse.sticky.proxy.io;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.eclipse.jetty.http.HostPortHttpField;
import org.eclipse.jetty.http.HttpCompliance;
import org.eclipse.jetty.http.HttpException;
import org.eclipse.jetty.http.HttpField;
import org.eclipse.jetty.http.HttpParser;
import org.eclipse.jetty.http.HttpVersion;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Our parser must parse a head to the same result as Jetty's, however often and in whatever pieces it comes. */
class HeadParserTest {
    private static final int MAX_HEAD_BYTES = 1024;
    private static final Loop HERE = new Loop() {
        @Override
        public boolean isCurrent() {
            return true;
        }

        @Override
        public void execute(Runnable task) {
            throw new UnsupportedOperationException();
        }
    };

    private final KnownFields known = new KnownFields();

    static Stream<String> heads() {
        return Stream.of(
                        "GET /a HTTP/1.1|Host: h|User-Agent: Mozilla/5.0 (X11; Linux x86_64)|Accept: */*|Cookie: gcbSessionServer=node-1; b=c||",
                        "GET / HTTP/1.1|Host: h||",
                        "GET / HTTP/1.1|Accept: */*|Host: h||",
                        "GET / HTTP/1.1|Host: h|Accept: */*|X-One: 1|Accept-Encoding: gzip|X-Two:2|X-Three:   3  ||",
                        "GET / HTTP/1.1|Host: h|X-Empty:|X-Blank:   |x-odd-CASE: a|ACCEPT: text/html||",
                        "GET / HTTP/1.1|Host: h|Cookie: a=1|Cookie: b=2|Cookie: a=1||",
                        "GET / HTTP/1.1|Host: h|X-Text: caf\u00e9 \t tabs||",
                        "GET / HTTP/1.1|Host: h|Connection: close||",
                        "GET / HTTP/1.1|Host: h|Connection: keep-alive, Upgrade|Upgrade: websocket|Sec-WebSocket-Key: abc||",
                        "POST / HTTP/1.1|Host: h|Content-Type: text/plain|Content-Length: 3||abc",
                        // Jetty knows some whole lines too, and looks them up behind one that is known here.
                        "POST / HTTP/1.1|Host: h|Cookie: gcbSessionServer=node-2|Content-Length: 0||",
                        "POST / HTTP/1.1|Host: h|Cookie: a=b|Transfer-Encoding: chunked||1|a|0||",
                        "POST / HTTP/1.1|Host: h|Cookie: a=b|Expect: 100-continue|Content-Length: 0||",
                        "POST / HTTP/1.1|Host: h|Cookie: a=b|content-length: 0|Accept: */*||",
                        "POST / HTTP/1.1|Host: h|Expect: 100-continue|Transfer-Encoding: chunked|Accept: */*||3|abc|0|X-Trailer: t||",
                        "POST / HTTP/1.1|Host: h|Transfer-Encoding: chunked||1|a|0|Accept: */*||",
                        // What has to be refused is refused each time.
                        "GET / HTTP/1.1|Accept: */*||",
                        "GET / HTTP/1.1|Host: h|Host: h||",
                        "GET / HTTP/1.1|Host: h|Host: i||",
                        "POST / HTTP/1.1|Host: h|Content-Length: 3|Content-Length: 3||abc",
                        "POST / HTTP/1.1|Host: h|Content-Length: 3|Content-Length: 4||abc",
                        "POST / HTTP/1.1|Host: h|Transfer-Encoding: chunked|Content-Length: 4||0||",
                        "POST / HTTP/1.1|Host: h|Transfer-Encoding: gzip||",
                        "GET / HTTP/1.1|Host: h|Accept: */*| folded||",
                        "GET / HTTP/1.1|Host: h|Accept: */*|\tfolded|Accept: */*||",
                        "GET / HTTP/1.1|Host: h|Accept: */*|: no name||",
                        "GET / HTTP/1.1|Host: h|Accept : */*||",
                        "GET / HTTP/1.1|Host: h|No colon||",
                        "GET / HTTP/1.1|Host: h|Accept: a\u0000b||",
                        "GET / HTTP/1.1|Host: h|Accept: a\rb||",
                        "GET / HTTP/1.1|Host: h|Accept: a\nX-Next: b||",
                        "GET / HTTP/1.1|Host: h|Accept: a\n\n",
                        "GET / HTTP/1.1|Host: h|Accept: " + "a".repeat(MAX_HEAD_BYTES) + "||",
                        "GET / HTTP/1.1|Host: h|" + "X-Many: fields|".repeat(80) + "|",
                        "GET / HTTP/1.1|Host: h|" + "X-Many: fields|".repeat(50) + "X-Once: " + "b".repeat(400) + "||")
                .map(head -> head.replace("|", "\r\n"));
    }

    @ParameterizedTest
    @MethodSource("heads")
    void shouldTellTheSameAsJettysParserEachTimeAndInAnyPieces(String head) {
        for (HttpCompliance compliance : List.of(HttpCompliance.STRICT, HttpCompliance.RFC2616)) {
            KnownFields fields = new KnownFields();
            for (int cut = 1; cut <= Math.min(head.length(), 200); cut++) {
                List<String> jettys = tell(head, cut, told -> jettys(told, compliance));
                List<String> ours = tell(head, cut, told -> parser(told, compliance, fields));
                assertThat(ours).as("%s, cut at %s", compliance, cut).isEqualTo(jettys);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "HTTP/1.1 200 OK|Server: nginx|Date: Mon, 01 Jan 2024 00:00:00 GMT|Content-Type: application/json|Content-Length: 2||{}",
                "HTTP/1.1 200 OK|Content-Type: application/json|Transfer-Encoding: chunked|Connection: keep-alive||1|a|0|Content-Type: application/json||",
                "HTTP/1.1 204 No Content|Set-Cookie: a=b; Path=/|Set-Cookie: a=b; Path=/|X: y||",
                "HTTP/1.1 101 Switching Protocols|Upgrade: websocket|Connection: Upgrade|Sec-WebSocket-Accept: x||",
                "HTTP/1.1 200 OK|Content-Length: 1|Content-Length: 2||a",
                "HTTP/1.1 200 OK|Content-Type: a| folded|Content-Length: 1||a",
                "HTTP/1.1 200 OK|X: a|Y: b||until the end"
            })
    void shouldTellTheSameOfAnswers(String answer) {
        String bytes = answer.replace("|", "\r\n");
        for (int cut = 1; cut < bytes.length(); cut++) {
            List<String> jettys = tell(bytes, cut, told -> {
                HttpParser parser =
                        new HttpParser((HttpParser.ResponseHandler) told, MAX_HEAD_BYTES, HttpCompliance.RFC9110);
                parser.setHeaderCacheSize(0);
                return parser;
            });
            List<String> ours = tell(bytes, cut, told -> {
                HeadParser parser = new HeadParser(
                        (HttpParser.ResponseHandler) told, MAX_HEAD_BYTES, HttpCompliance.RFC9110, HERE, known);
                parser.setHeaderCacheSize(0);
                told.parser = parser;
                return parser;
            });
            assertThat(ours).as("cut at %s", cut).isEqualTo(jettys);
        }
    }

    @Test
    void shouldTellTheSameWhenHeadsOfMixedLinesFollowEachOther() {
        List<String> heads = heads().filter(head -> head.startsWith("GET")).toList();
        for (int round = 0; round < 3; round++) {
            for (String head : heads) {
                assertThat(tell(head, head.length(), told -> parser(told, HttpCompliance.STRICT, known)))
                        .isEqualTo(tell(head, head.length(), told -> jettys(told, HttpCompliance.STRICT)));
            }
        }
    }

    /**
     * Each head consists of a few lines, some of which Jetty's parser knows completely, so that all neighbours occur.
     */
    @Test
    void shouldTellTheSameOfAnyNeighboursInAnyPieces() {
        List<String> lines = List.of(
                "Content-Length: 0",
                "Content-Length: 3",
                "Connection: close",
                "Connection: keep-alive",
                "Connection: Upgrade",
                "Accept: */*",
                "Accept: text/html",
                "Accept-Encoding: gzip",
                "Accept-Encoding: gzip, deflate",
                "accept-encoding: GZIP",
                "Accept-Language: en-US,en;q=0.5",
                "Cache-Control: no-cache",
                "Cache-Control: no-cachE",
                "Pragma: no-cache",
                "Content-Type: text/plain",
                "Content-Type: text/html; charset=utf-8",
                "Content-Type: application/json",
                "Expect: 100-continue",
                "Transfer-Encoding: chunked",
                "Upgrade: websocket",
                "Cookie: a=b",
                "Cookie: gcbSessionServer=node-1; x=y",
                "Date: Mon, 01 Jan 2024 00:00:00 GMT",
                "User-Agent: Mozilla/5.0 (X11; Linux x86_64)",
                "X-Own: 1",
                "X-Empty:",
                "X:a",
                "DNT: 1",
                "C: d",
                " folded",
                "no colon");
        Random random = new Random(1);
        for (int i = 0; i < 20_000; i++) {
            List<String> head = new ArrayList<>(List.of("POST / HTTP/1.1", ""));
            for (int left = 1 + random.nextInt(7); left > 0; left--) {
                head.add(1, lines.get(random.nextInt(lines.size())));
            }
            if (random.nextInt(10) > 0) {
                head.add(1 + random.nextInt(head.size() - 1), "Host: h"); // Otherwise it would be logged each time.
            }
            String request = String.join("\r\n", head) + "\r\nabc";
            int cut = random.nextInt(3) == 0 ? 1 + random.nextInt(request.length() - 1) : request.length();
            assertThat(tell(request, cut, told -> parser(told, HttpCompliance.RFC9110, known)))
                    .as("%s cut at %s", request, cut)
                    .isEqualTo(tell(request, cut, told -> jettys(told, HttpCompliance.RFC9110)));
        }
    }

    @Test
    void shouldCountKnownLinesAgainstTheLimitToTheByte() {
        String full = "GET / HTTP/1.1\r\nHost: h\r\nX-Long: " + "a".repeat(300) + "\r\nX-Pad: ";
        String end = "\r\nAccept: */*\r\n\r\n";
        String fits = full + "b".repeat(MAX_HEAD_BYTES - full.length() - end.length()) + end;
        String tooLong = full + "b".repeat(MAX_HEAD_BYTES - full.length() - end.length() + 1) + end;
        for (int i = 0; i < 4; i++) {
            assertThat(tell(fits, fits.length(), told -> parser(told, HttpCompliance.STRICT, known)))
                    .contains("headerComplete");
            assertThat(tell(tooLong, tooLong.length(), told -> parser(told, HttpCompliance.STRICT, known)))
                    .doesNotContain("headerComplete")
                    .contains("bad 431");
        }
    }

    @Test
    void shouldGiveTheSameFieldAgainFromTheThirdTimeOn() {
        Told told = new Told();
        HeadParser parser = parser(told, HttpCompliance.STRICT, known);
        List<HttpField> agents = new ArrayList<>();
        told.seen = field -> agents.add(field);
        for (int i = 0; i < 4; i++) {
            parser.parseNext(bytes("GET / HTTP/1.1\r\nUser-Agent: one\r\nHost: h\r\n\r\n"));
            parser.reset();
        }
        List<HttpField> userAgents =
                agents.stream().filter(field -> field.is("User-Agent")).toList();
        assertThat(userAgents.get(3)).isSameAs(userAgents.get(2));
        List<HttpField> hosts =
                agents.stream().filter(field -> field.is("Host")).toList();
        assertThat(hosts.get(3)).isSameAs(hosts.get(2));
    }

    @Test
    void shouldLeaveWhatIsKnownInItsPlaceWhenLinesComeThatNeverComeAgain() {
        Told told = new Told();
        HeadParser parser = parser(told, HttpCompliance.STRICT, known);
        List<HttpField> seen = new ArrayList<>();
        told.seen = seen::add;
        String head = "GET / HTTP/1.1\r\nUser-Agent: one\r\nHost: h\r\n\r\n";
        for (int i = 0; i < 3; i++) {
            parser.parseNext(bytes(head));
            parser.reset();
        }
        HttpField before = seen.get(seen.size() - 2);
        for (int i = 0; i < 10_000; i++) {
            parser.parseNext(bytes("GET / HTTP/1.1\r\nCookie: s=" + i + "\r\nHost: h\r\n\r\n"));
            parser.reset();
        }
        parser.parseNext(bytes(head));
        assertThat(seen.get(seen.size() - 2)).isSameAs(before);
    }

    @Test
    void shouldAllocateNothingForLinesThatAreKnown() {
        String lines = "User-Agent: Mozilla/5.0 (Windows NT 10.0; Win64; x64)\r\nAccept: */*\r\nX-Own: 12345678\r\n";
        long without = allocated("GET / HTTP/1.1\r\nHost: h\r\n\r\n");
        assertThat(allocated("GET / HTTP/1.1\r\n" + lines + "Host: h\r\n\r\n")).isEqualTo(without);
    }

    /** Returns the least allocation of parsing this head. */
    private long allocated(String head) {
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        Told told = new Told();
        told.seen = field -> {};
        HeadParser parser = parser(told, HttpCompliance.STRICT, known);
        ByteBuffer buffer = bytes(head);
        long least = Long.MAX_VALUE;
        for (int attempt = 0; attempt < 20; attempt++) {
            told.events.clear();
            parser.reset();
            buffer.rewind();
            long before = threads.getThreadAllocatedBytes(Thread.currentThread().getId());
            parser.parseNext(buffer);
            least = Math.min(
                    least,
                    threads.getThreadAllocatedBytes(Thread.currentThread().getId()) - before);
        }
        return least;
    }

    private static HttpParser jettys(Told told, HttpCompliance compliance) {
        HttpParser parser = new HttpParser((HttpParser.RequestHandler) told, MAX_HEAD_BYTES, compliance);
        parser.setHeaderCacheSize(0);
        parser.setHeaderCacheCaseSensitive(true);
        return parser;
    }

    private static HeadParser parser(Told told, HttpCompliance compliance, KnownFields known) {
        HeadParser parser = new HeadParser((HttpParser.RequestHandler) told, MAX_HEAD_BYTES, compliance, HERE, known);
        // As the proxy has them.
        parser.setHeaderCacheSize(0);
        parser.setHeaderCacheCaseSensitive(true);
        told.parser = parser;
        return parser;
    }

    private static ByteBuffer bytes(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.ISO_8859_1);
        return ByteBuffer.allocateDirect(bytes.length).put(bytes).flip();
    }

    /** Returns what a parser reports of a request in two pieces. */
    private static List<String> tell(String request, int cut, Parsers parsers) {
        Told told = new Told();
        HttpParser parser = parsers.apply(told);
        // Each piece in a buffer of its own, as a connection may change its buffer in between.
        for (String piece : List.of(request.substring(0, cut), request.substring(cut))) {
            ByteBuffer buffer = bytes(piece);
            for (int calls = 0; buffer.hasRemaining() && calls < 1000; calls++) {
                parser.parseNext(buffer);
                if (parser.isState(HttpParser.State.END) || parser.isState(HttpParser.State.CLOSE)) {
                    break;
                }
            }
        }
        if (told.events.contains("bad 431")) {
            // Jetty tells of a field when the next line begins, we when the line ends: here one more or less has been
            // told.
            told.events.removeIf(event -> event.contains(": "));
        }
        return told.events;
    }

    /** Creates the parser that reports what it finds. */
    @FunctionalInterface
    private interface Parsers {
        HttpParser apply(Told told);
    }

    /** Records what a parser reports, and returns fields like a connection. */
    private static final class Told implements HttpParser.RequestHandler, HttpParser.ResponseHandler {
        final List<String> events = new ArrayList<>();

        @Nullable
        HeadParser parser;

        @Nullable
        Consumer<HttpField> seen;

        @Override
        public void startRequest(String method, String uri, HttpVersion version) {
            events.add(method + " " + uri + " " + version);
        }

        @Override
        public void startResponse(HttpVersion version, int status, String reason) {
            events.add(version + " " + status);
        }

        @Override
        public void parsedHeader(HttpField parsed) {
            HttpField field = parser == null ? parsed : parser.told(parsed);
            if (seen != null) {
                seen.accept(field);
            } else {
                events.add(field.getHeader() + "/" + field.getName() + ": " + field.getValue() + " "
                        + List.of(field.getValues()));
            }
            if (field instanceof HostPortHttpField host) {
                events.add("host " + host.getHost() + " port " + host.getPort());
            }
        }

        @Override
        public void parsedTrailer(HttpField field) {
            events.add("trailer " + field);
        }

        @Override
        public boolean headerComplete() {
            events.add("headerComplete");
            return false;
        }

        @Override
        public boolean content(ByteBuffer content) {
            events.add("content " + StandardCharsets.ISO_8859_1.decode(content));
            return false;
        }

        @Override
        public boolean contentComplete() {
            events.add("contentComplete");
            return false;
        }

        @Override
        public boolean messageComplete() {
            events.add("messageComplete");
            return true;
        }

        @Override
        public void badMessage(HttpException failure) {
            events.add("bad " + failure.getCode());
        }

        @Override
        public void earlyEOF() {
            events.add("earlyEOF");
        }
    }
}
