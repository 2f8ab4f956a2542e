package io.cobrowse.sticky.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import io.cobrowse.sticky.proxy.config.ProxyConfig.Health;
import io.cobrowse.sticky.routing.NodeState;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What a page experiences when its node has died, request by request, over HTTP/1.1 and HTTP/2. A live node serves the
 * script, look-ups and preflights, all other requests get an answer that the page can read, and the next session starts
 * on a live node (R10, R11, R23, R24, R25). This holds from the first request on, which finds the node dead, and after
 * the node is known to be down.
 */
class DeadNodeTest {
    private static final String ORIGIN = "https://shop.example";
    private static final String EXPIRY = "gcbSessionServer=; Path=/; Max-Age=0; Expires=Thu, 01 Jan 1970 00:00:00 GMT";
    private static final String SCRIPT = "/cobrowse/js/gcb.min.js";
    private static final String LOOK_UP = "/cobrowse/rest/live/sessions/845800826";
    private static final String START = "/cobrowse/rest/live/sessions";
    private static final String CHAT_START = "/cobrowse/rest/chat/sessions";
    private static final String HANDSHAKE = "/cobrowse/cometd/handshake";
    private static final String POLL = "/cobrowse/cometd/connect";
    private static final String STOP = "/cobrowse/rest/live/users/1/session/stop";

    private enum Protocol {
        HTTP_1_1,
        HTTP_2
    }

    /** The ways to name node 2, which is dead. */
    private enum By {
        COOKIE,
        URL,
        URL_AND_COOKIE;

        boolean isUrl() {
            return this != COOKIE;
        }

        boolean isCookie() {
            return this != URL;
        }
    }

    private record Answer(int status, String body, List<String> setCookies, List<String> allowedOrigins) {}

    private final List<RawNode> nodes = new ArrayList<>();
    private StickyProxyServer proxy;

    @BeforeEach
    void start() throws Exception {
        StickyProxyServerBuilder builder = StickyProxyServer.builder()
                .listen("127.0.0.1", 0)
                .admin("127.0.0.1", 0)
                .health(new Health("/cobrowse/health", Duration.ofHours(1), Duration.ofMinutes(5), 2, 3));
        for (String id : List.of("1", "2", "3")) {
            RawNode node = new RawNode(exchange -> exchange.send("HTTP/1.1 200 OK\r\nSet-Cookie: gcbSessionServer=node-"
                    + id + "; Path=/\r\nContent-Length: 6\r\n\r\nnode-" + id));
            nodes.add(node);
            builder.node(id, "node-" + id, node.url());
        }
        proxy = builder.build().start();
        nodes.get(1).refuse();
    }

    @AfterEach
    void stop() throws IOException {
        proxy.close();
        for (RawNode node : nodes) {
            node.close();
        }
    }

    private static Stream<Arguments> everyWay(By by, String... methodsAndPaths) {
        return Arrays.stream(Protocol.values())
                .flatMap(protocol -> Stream.of(false, true)
                        .flatMap(known -> Arrays.stream(methodsAndPaths).map(each -> {
                            String[] parts = each.split(" ", 2);
                            return Arguments.of(protocol, known, by, parts[0], parts[1]);
                        })));
    }

    static Stream<Arguments> served() {
        return Stream.of(
                        everyWay(By.COOKIE, "GET " + SCRIPT, "GET " + LOOK_UP),
                        everyWay(By.COOKIE, "POST " + START, "POST " + CHAT_START, "POST " + HANDSHAKE),
                        everyWay(By.URL, "GET " + SCRIPT, "GET " + LOOK_UP),
                        everyWay(By.URL_AND_COOKIE, "GET " + SCRIPT, "GET " + LOOK_UP),
                        everyWay(By.URL, "OPTIONS " + SCRIPT, "OPTIONS " + LOOK_UP, "OPTIONS " + START),
                        everyWay(By.URL, "OPTIONS " + POLL, "OPTIONS " + HANDSHAKE, "OPTIONS " + STOP))
                .flatMap(each -> each);
    }

    static Stream<Arguments> told() {
        return Stream.of(
                        everyWay(By.COOKIE, "GET " + POLL, "POST " + POLL, "POST " + STOP, "GET /cobrowse/x"),
                        everyWay(By.COOKIE, "GET " + START, "POST " + LOOK_UP, "HEAD /cobrowse/x", "DELETE " + LOOK_UP),
                        everyWay(By.URL, "GET " + POLL, "POST " + POLL, "POST " + START, "POST " + HANDSHAKE),
                        everyWay(By.URL_AND_COOKIE, "GET " + POLL, "POST " + POLL, "POST " + START, "POST " + STOP))
                .flatMap(each -> each);
    }

    @ParameterizedTest
    @MethodSource("served")
    void shouldBeServedByALivingNode(Protocol protocol, boolean known, By by, String method, String path)
            throws Exception {
        Answer answer = ask(protocol, known, by, method, path);
        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.body()).isIn("node-1", "node-3");
        assertThat(answer.setCookies()).containsExactly("gcbSessionServer=" + answer.body() + "; Path=/");
        assertThat(answer.allowedOrigins()).isEmpty(); // The node decides this.
    }

    @ParameterizedTest
    @MethodSource("told")
    void shouldBeToldThatTheNodeIsDown(Protocol protocol, boolean known, By by, String method, String path)
            throws Exception {
        Answer answer = ask(protocol, known, by, method, path);
        assertThat(answer.status()).isEqualTo(503);
        if (!method.equals("HEAD")) {
            assertThat(answer.body()).contains("\"type\":\"urn:cobrowse-proxy:node-down\"", "\"node\":\"2\"");
        }
        assertThat(answer.setCookies()).isEqualTo(by.isCookie() ? List.of(EXPIRY) : List.of());
        assertThat(answer.allowedOrigins()).containsExactly(ORIGIN);
    }

    private Answer ask(Protocol protocol, boolean known, By by, String method, String path) throws Exception {
        if (known) {
            proxy.router().update(table -> table.withState("2", NodeState.DOWN));
        }
        List<String> fields = new ArrayList<>(List.of("origin", ORIGIN));
        if (by.isCookie()) {
            fields.addAll(List.of("cookie", "a=b; gcbSessionServer=node-2"));
        }
        if (method.equals("OPTIONS")) {
            fields.addAll(List.of("access-control-request-method", "POST"));
        }
        String target = path + (by.isUrl() ? "?co-browse-node-id=2" : "");
        return protocol == Protocol.HTTP_2 ? overHttp2(method, target, fields) : overHttp1(method, target, fields);
    }

    private Answer overHttp1(String method, String target, List<String> fields) throws IOException {
        String[] lines = new String[fields.size() / 2];
        for (int i = 0; i < lines.length; i++) {
            lines[i] = fields.get(2 * i) + ": " + fields.get(2 * i + 1);
        }
        try (RawClient client = new RawClient(proxy.uri("public"))) {
            RawClient.Answer answer = client.request(method, target, lines);
            return new Answer(
                    answer.status(),
                    answer.text(),
                    answer.values("Set-Cookie"),
                    answer.values("Access-Control-Allow-Origin"));
        }
    }

    private Answer overHttp2(String method, String target, List<String> fields) throws IOException {
        try (RawHttp2Client client = new RawHttp2Client(proxy.uri("public"))) {
            RawHttp2Client.Answer answer =
                    client.answer(client.begin(method, target, true, fields.toArray(String[]::new)));
            return new Answer(
                    answer.status(),
                    answer.text(),
                    answer.values("Set-Cookie"),
                    answer.values("Access-Control-Allow-Origin"));
        }
    }
}
