package io.cobrowse.sticky.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.cobrowse.sticky.proxy.config.ProxyConfig;
import io.cobrowse.sticky.proxy.config.ProxyConfig.Address;
import io.cobrowse.sticky.proxy.config.ProxyConfig.Listener;
import io.cobrowse.sticky.proxy.config.ProxyConfig.LogFormat;
import io.cobrowse.sticky.proxy.config.ProxyConfig.Observation;
import io.cobrowse.sticky.routing.NodeState;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Each request has one line in the access log, whatever answers it. */
class ToldRequestsTest {
    @TempDir
    Path directory;

    private RawNode node;
    private StickyProxyServer proxy;

    @BeforeEach
    void start() throws IOException {
        node = new RawNode(RawNode.OK);
        proxy = StickyProxyServer.builder()
                .listen(new Listener("public", new Address("127.0.0.1", 0), null, List.of("/served/**"), List.of()))
                .admin("127.0.0.1", 0)
                .node("1", "node-1", node.url())
                .observation(new Observation(
                        new ProxyConfig.AccessLog(
                                directory.resolve("access.log").toString(), LogFormat.JSON, 1 << 20, 2, false),
                        true,
                        ProxyConfig.Audit.DEFAULTS))
                .build()
                .start();
    }

    @AfterEach
    void stop() throws IOException {
        proxy.close();
        node.close();
    }

    /** Sends requests on connections of their own, stops the proxy, and returns the lines. */
    private List<JsonNode> lines(String... requests) throws IOException {
        for (String request : requests) {
            try (RawClient client = new RawClient(proxy.uri("public"))) {
                client.send(request).answer();
            }
        }
        proxy.close();
        ObjectMapper json = new ObjectMapper();
        return Files.readAllLines(directory.resolve("access.log")).stream()
                .map(line -> {
                    try {
                        return json.readTree(line);
                    } catch (IOException notJson) {
                        throw new AssertionError(line, notJson);
                    }
                })
                .toList();
    }

    private static String get(String target, String fields) {
        return "GET " + target + " HTTP/1.1\r\nHost: proxy\r\nConnection: close\r\n" + fields + "\r\n";
    }

    /** Returns the only line that contains this; requests on different loops are logged in any order. */
    private static JsonNode only(List<JsonNode> lines, String field, String text) {
        List<JsonNode> found = lines.stream()
                .filter(line -> line.get(field).asText().equals(text))
                .toList();
        assertThat(found).hasSize(1);
        return found.get(0);
    }

    private static void check(JsonNode line, int status, String by, String sticky, String end) {
        assertThat(line.get("status").asInt()).isEqualTo(status);
        assertThat(line.get("by").asText()).isEqualTo(by);
        assertThat(line.get("sticky").asText()).isEqualTo(sticky);
        assertThat(line.get("end").asText()).isEqualTo(end);
    }

    @Test
    void shouldTellOfAForwardedRequestOnce() throws Exception {
        List<JsonNode> lines = lines(get("/served/a", "Cookie: gcbSessionServer=node-1\r\n"));
        assertThat(lines).hasSize(1);
        check(lines.get(0), 200, "cookie", "kept", "ok");
        assertThat(lines.get(0).get("node").asText()).isEqualTo("1");
        assertThat(lines.get(0).get("responseBytes").asInt()).isEqualTo(2);
        assertThat(lines.get(0).get("firstByteMs").isNumber()).isTrue();
    }

    @Test
    void shouldTellOfWhatTheFilterAnswers() throws Exception {
        proxy.states().setAdmin("1", NodeState.MAINT);
        List<JsonNode> lines = lines(
                get("/served/a?co-browse-node-id=9", ""),
                get("/served/a", "Cookie: gcbSessionServer=node-1\r\n"),
                get("/served/a", ""));
        assertThat(lines).hasSize(3);
        check(only(lines, "sticky", "unknown"), 404, "none", "unknown", "refused");
        check(only(lines, "sticky", "node-down"), 503, "cookie", "node-down", "refused");
        assertThat(only(lines, "sticky", "node-down").get("node").asText()).isEqualTo("1");
        check(only(lines, "sticky", "new"), 503, "none", "new", "refused");
    }

    @Test
    void shouldTellThatAnAnswerToHeadHasNoBytes() throws Exception {
        JsonNode line =
                only(lines(get("/served/a?co-browse-node-id=9", "").replaceFirst("GET", "HEAD")), "method", "HEAD");
        check(line, 404, "none", "unknown", "refused");
        assertThat(line.get("responseBytes").asInt()).isZero();
    }

    @Test
    void shouldTellOfWhatGateCheckAndParserRefuse() throws Exception {
        List<JsonNode> lines = lines(
                get("/secret", ""),
                "CONNECT a:1 HTTP/1.1\r\nHost: a:1\r\nConnection: close\r\n\r\n",
                get("/served/a", "X: " + "x".repeat(33_000) + "\r\n"),
                "GET /served/%00 HTTP/1.1\r\nHost: proxy\r\n\r\n",
                "nonsense\r\n\r\n");
        assertThat(lines.stream().map(line -> line.get("status").asInt()))
                .containsExactlyInAnyOrder(404, 405, 431, 400, 400);
        assertThat(lines).allSatisfy(line -> {
            assertThat(line.get("end").asText()).isEqualTo("refused");
            assertThat(line.get("listener").asText()).isEqualTo("public");
            assertThat(line.get("client").asText()).isEqualTo("127.0.0.1");
        });
        assertThat(only(lines, "status", "404").get("target").asText()).isEqualTo("/secret");
        assertThat(lines).filteredOn(line -> line.get("target").isNull()).hasSize(2); // Refused by the parser.
    }
}
