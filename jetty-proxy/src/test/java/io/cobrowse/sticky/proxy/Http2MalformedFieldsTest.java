package io.cobrowse.sticky.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Over HTTP/2, a malformed request ends its stream (RFC 9113, 8.1.1), but not the other streams of its connection. */
class Http2MalformedFieldsTest {
    private static final int LITERAL = 0x00;
    private static final int LITERAL_TO_BE_INDEXED = 0x40;
    private static final int INDEXED = 0x80;
    private static final int DYNAMIC_TABLE = 62;

    private final CountDownLatch parked = new CountDownLatch(1);
    private RawNode node;
    private StickyProxyServer proxy;
    private RawHttp2Client client;

    @BeforeEach
    void start() throws Exception {
        node = new RawNode(exchange -> {
            if (exchange.line().contains("/parked")) {
                parked.await();
            }
            RawNode.OK.serve(exchange);
        });
        proxy = SmallProxy.start(node.url());
        client = new RawHttp2Client(proxy.uri("public"));
    }

    @AfterEach
    void stop() throws Exception {
        parked.countDown();
        client.close();
        proxy.close();
        node.close();
    }

    static Stream<Arguments> malformed() {
        List<Arguments> all = new ArrayList<>();
        for (String length : List.of("", "abc", "-1", "+1", "1, 1", "1 ", "0x1", "99999999999999999999")) {
            all.add(Arguments.of("content-length", length));
        }
        for (String authority : List.of("[::1", "p:99999", "p:x", "a:b:c", "p:-1", "p q")) {
            all.add(Arguments.of(":authority", authority));
        }
        return all.stream();
    }

    @ParameterizedTest(name = "{0}: {1}")
    @MethodSource("malformed")
    void shouldEndTheStreamAlone(String name, String value) throws Exception {
        int neighbour = client.begin("GET", "/parked", true);
        assertThat(node.next().line()).isEqualTo("GET /parked HTTP/1.1");
        for (int representation : new int[] {LITERAL, LITERAL_TO_BE_INDEXED}) {
            assertRefused(request(representation, name, value));
        }
        parked.countDown();
        assertThat(client.answer(neighbour).text()).isEqualTo("ok");
        assertThat(client.get("/after").text()).isEqualTo("ok");
        assertThat(node.next().line()).isEqualTo("GET /after HTTP/1.1");
    }

    @ParameterizedTest(name = "{0}: {1}")
    @MethodSource("malformed")
    void shouldKeepTheTableOfFieldsInStep(String name, String value) throws Exception {
        byte[] block = request(LITERAL_TO_BE_INDEXED, name, value);
        ByteArrayOutputStream first = new ByteArrayOutputStream();
        first.write(block);
        field(first, LITERAL_TO_BE_INDEXED, "x-later", "1");
        assertRefused(first.toByteArray());

        ByteArrayOutputStream good = new ByteArrayOutputStream();
        good.write(request(LITERAL, "x-now", "2"));
        good.write(INDEXED | DYNAMIC_TABLE);
        assertThat(client.answer(client.beginEncoded(good.toByteArray())).text())
                .isEqualTo("ok");
        RawNode.Exchange seen = node.next();
        assertThat(seen.values("x-later")).containsExactly("1");
        assertThat(seen.values("x-now")).containsExactly("2");

        ByteArrayOutputStream again = new ByteArrayOutputStream();
        again.write(INDEXED | DYNAMIC_TABLE + 1);
        again.write(request(LITERAL, "x-now", "3"));
        assertRefused(again.toByteArray());
        assertThat(client.get("/after").text()).isEqualTo("ok");
        assertThat(node.next().line()).isEqualTo("GET /after HTTP/1.1");
    }

    @Test
    void shouldNotTakeFieldsOfARefusedRequestForThoseOfTheNext() throws Exception {
        assertRefused(request(LITERAL, "content-length", "5", "Capital", "x"));
        assertThat(client.get("/after").text()).isEqualTo("ok");
        assertThat(node.next().values("content-length")).isEmpty();
    }

    @Test
    void shouldEndTheStreamAloneForTrailers() throws Exception {
        int neighbour = client.begin("GET", "/parked", true);
        assertThat(node.next().line()).isEqualTo("GET /parked HTTP/1.1");
        int stream = client.begin("POST", "/body", false);
        client.data(stream, false, "hello");
        client.headers(stream, true, "content-length", "abc");
        client.answer(stream);
        parked.countDown();
        assertThat(client.answer(neighbour).text()).isEqualTo("ok");
        assertThat(client.get("/after").text()).isEqualTo("ok");
    }

    private void assertRefused(byte[] block) throws IOException {
        RawHttp2Client.Answer answer = client.answer(client.beginEncoded(block));
        assertThat(answer.isReset() || answer.status() == 400)
                .as("reset, or 400")
                .isTrue();
    }

    /**
     * Returns the head of a request with this field, each pseudo field once, and further fields as names and values in
     * turn.
     */
    private static byte[] request(int representation, String name, String value, String... more) {
        ByteArrayOutputStream block = new ByteArrayOutputStream();
        boolean isPseudo = name.startsWith(":");
        if (isPseudo) {
            field(block, representation, name, value);
        }
        field(block, LITERAL, ":method", "GET");
        field(block, LITERAL, ":scheme", "http");
        field(block, LITERAL, ":path", "/malformed");
        if (!isPseudo) {
            field(block, LITERAL, ":authority", "p");
            field(block, representation, name, value);
        }
        for (int i = 0; i < more.length; i += 2) {
            field(block, LITERAL, more[i], more[i + 1]);
        }
        return block.toByteArray();
    }

    private static void field(ByteArrayOutputStream block, int representation, String name, String value) {
        block.write(representation);
        RawHttp2Client.string(block, name);
        RawHttp2Client.string(block, value);
    }
}
