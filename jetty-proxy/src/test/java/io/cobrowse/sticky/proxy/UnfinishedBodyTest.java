package io.cobrowse.sticky.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import io.cobrowse.sticky.proxy.config.Limits;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A client that is answered before its body is there: the answer says that the connection ends (RFC 9112, 9.6), and it does. */
class UnfinishedBodyTest {
    private static final int MAX_BODY_BYTES = 1000;
    private static final Limits LIMITS =
            new Limits(100, 0, 0, Duration.ofHours(1), 0, 32 * 1024, 8 * 1024, MAX_BODY_BYTES, 200, 256, 200);

    private RawNode node;
    private StickyProxyServer proxy;
    private RawClient client;

    @BeforeEach
    void start() throws IOException {
        node = new RawNode().withoutReadingBodies();
        proxy = SmallProxy.start(node.url(), SmallProxy.listener(List.of("/denied/**"), List.of(), 0, false, LIMITS));
        client = new RawClient(proxy.uri("public"));
    }

    @AfterEach
    void stop() throws IOException {
        client.close();
        proxy.close();
        node.close();
    }

    private RawClient.Answer post(String target, String fieldsAndBody) throws IOException {
        return client.send("POST " + target + " HTTP/1.1\r\nHost: p\r\n" + fieldsAndBody)
                .answer();
    }

    private void assertEnds(RawClient.Answer answer, int status) throws IOException {
        assertThat(answer.status()).isEqualTo(status);
        assertThat(answer.values("Connection")).containsExactly("close");
        assertThat(client.rest()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "/, Content-Length: 2000, 413",
        "/denied/x, Content-Length: 100, 404",
        "/denied/x, Transfer-Encoding: chunked, 404",
        "/?co-browse-node-id=9, Content-Length: 100, 404"
    })
    void shouldBeToldThatTheConnectionEnds(String target, String field, int status) throws Exception {
        assertEnds(post(target, field + "\r\n\r\n"), status);
    }

    @Test
    void shouldBeToldSoWhereTheBodyTurnsOutTooLarge() throws Exception {
        String chunk = "1f4\r\n" + "b".repeat(500) + "\r\n";
        assertEnds(post("/", "Transfer-Encoding: chunked\r\n\r\n" + chunk + chunk + chunk), 413);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void shouldBeToldSoWhereANodeAnswersBefore(boolean chunked) throws Exception {
        node.behave(exchange -> exchange.send("HTTP/1.1 410 Gone\r\n" + framed(chunked)));
        RawClient.Answer answer = post("/", "Content-Length: 100\r\n\r\nb");
        assertThat(answer.text()).isEqualTo("text");
        assertEnds(answer, 410);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void shouldStayConnectedWhereTheBodyIsThere(boolean chunked) throws Exception {
        RawClient.Answer answer = post("/denied/x", framed(chunked));
        assertThat(answer.status()).isEqualTo(404);
        assertThat(answer.values("Connection")).isEmpty();
        assertThat(client.get("/").status()).isEqualTo(200);
    }

    private static String framed(boolean chunked) {
        return chunked ? "Transfer-Encoding: chunked\r\n\r\n4\r\ntext\r\n0\r\n\r\n" : "Content-Length: 4\r\n\r\ntext";
    }
}
