package io.cobrowse.sticky.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import io.cobrowse.sticky.filter.CorsErrors;
import io.cobrowse.sticky.proxy.config.FieldRules;
import io.cobrowse.sticky.proxy.config.Limits;
import io.cobrowse.sticky.proxy.config.ProxyConfig;
import io.cobrowse.sticky.proxy.config.ProxyConfig.Address;
import io.cobrowse.sticky.proxy.config.ProxyConfig.Listener;
import io.cobrowse.sticky.proxy.config.ProxyConfig.Observation;
import io.cobrowse.sticky.proxy.config.SetCookieRule;
import io.cobrowse.sticky.proxy.config.SetCookieRule.Attribute;
import io.cobrowse.sticky.proxy.config.UpstreamTls;
import io.cobrowse.sticky.routing.NodeState;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What pages of other origins can read, and how cookies and fields are changed: R23, R25, R26, R28, over real sockets.
 */
class BrowserRulesTest {
    private static final String ORIGIN = "https://shop.example";
    private static final String COOKIE = "gcbSessionServer=node-2; Path=/; HttpOnly";

    private static final List<SetCookieRule> PARTITIONED = List.of(new SetCookieRule(
            "gcbSessionServer", Map.of(Attribute.SECURE, "", Attribute.SAME_SITE, "None", Attribute.PARTITIONED, "")));
    private static final FieldRules RESPONSE = new FieldRules(
            List.of("server"), Map.of("Strict-Transport-Security", "max-age=1"), Map.of("X-Note", "added"));

    /** Answers a handshake, and reads until the connection ends. */
    private static final RawNode.Behaviour WEB_SOCKET = exchange -> {
        exchange.send(
                "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nServer: node\r\n"
                        + "Set-Cookie: " + COOKIE + "\r\nSec-WebSocket-Accept: "
                        + WebSocketKeys.accept(
                                exchange.values("Sec-WebSocket-Key").get(0)) + "\r\n\r\n");
        exchange.in().readAllBytes();
        exchange.socket().close();
    };

    private final List<RawNode> nodes = new ArrayList<>();
    private StickyProxyServer proxy;
    private RawClient client;

    @AfterEach
    void stop() throws IOException {
        if (client != null) {
            client.close();
        }
        if (proxy != null) {
            proxy.close();
        }
        for (RawNode node : nodes) {
            node.close();
        }
    }

    private void start(Listener listener, CorsErrors cors, List<SetCookieRule> cookies, RawNode.Behaviour behaviour)
            throws IOException {
        StickyProxyServerBuilder builder = StickyProxyServer.builder()
                .listen(listener)
                .admin("127.0.0.1", 0)
                .cors(cors)
                .setCookie(cookies);
        for (String id : List.of("1", "2")) {
            RawNode node = new RawNode(behaviour);
            nodes.add(node);
            builder.node(id, "node-" + id, node.url());
        }
        proxy = builder.build().start();
        client = new RawClient(proxy.uri("public"));
    }

    private void start(CorsErrors cors) throws IOException {
        start(listener(List.of(), FieldRules.NONE, FieldRules.NONE), cors, List.of(), RawNode.OK);
    }

    private static Listener listener(List<String> deny, FieldRules request, FieldRules response) {
        return new Listener(
                "public",
                new Address("127.0.0.1", 0),
                null,
                List.of(),
                deny,
                List.of(),
                request,
                response,
                0,
                false,
                Limits.DEFAULTS);
    }

    private static RawNode.Behaviour answering(String fields) {
        return exchange -> exchange.send("HTTP/1.1 200 OK\r\n" + fields + "Content-Length: 2\r\n\r\nok");
    }

    private void down(String id) {
        proxy.router().update(table -> table.withState(id, NodeState.DOWN));
    }

    private static void assertReadable(RawClient.Answer answer, String origin) {
        assertThat(answer.values("Access-Control-Allow-Origin")).containsExactly(origin);
        assertThat(answer.values("Access-Control-Allow-Credentials")).containsExactly("true");
        assertThat(answer.values("Access-Control-Expose-Headers")).containsExactly("Retry-After, Sticky-Route");
        assertThat(answer.values("Vary")).containsExactly("Origin");
    }

    private static void assertUnreadable(RawClient.Answer answer) {
        assertThat(answer.head()).doesNotContainIgnoringCase("access-control").doesNotContainIgnoringCase("vary:");
    }

    static Stream<Arguments> ownAnswers() {
        String origin = "Origin: " + ORIGIN + "\r\n";
        String host = " HTTP/1.1\r\nHost: p\r\n" + origin;
        return Stream.of(
                Arguments.of(503, "GET /?co-browse-node-id=2" + host + "\r\n"),
                Arguments.of(404, "GET /?co-browse-node-id=9" + host + "\r\n"),
                Arguments.of(404, "GET /denied/x" + host + "\r\n"),
                Arguments.of(400, "GET /#fragment" + host + "\r\n"),
                Arguments.of(400, "POST /" + host + "Content-Length: x\r\n\r\n"),
                Arguments.of(400, "POST /" + host + "Transfer-Encoding: gzip, chunked\r\n\r\n"),
                Arguments.of(405, "CONNECT a:1 HTTP/1.1\r\nHost: a:1\r\n" + origin + "\r\n"),
                Arguments.of(431, "GET /" + host + "Cookie: a=" + "x".repeat(40_000) + "\r\n\r\n"),
                Arguments.of(431, "GET /" + host + "Cookie: a=" + "x".repeat(60_000) + "\r\n\r\n"));
    }

    @ParameterizedTest
    @MethodSource("ownAnswers")
    void shouldLetPagesReadOurOwnAnswers(int status, String request) throws Exception {
        start(
                listener(List.of("/denied/**"), FieldRules.NONE, FieldRules.NONE),
                CorsErrors.REFLECT,
                List.of(),
                RawNode.OK);
        down("2");
        RawClient.Answer answer = client.send(request).answer();
        assertThat(answer.status()).isEqualTo(status);
        assertThat(answer.values("Content-Type")).containsExactly("application/problem+json");
        assertReadable(answer, ORIGIN);
    }

    @ParameterizedTest
    @MethodSource("ownAnswers")
    void shouldSayNothingToOthersThanPages(int status, String request) throws Exception {
        start(
                listener(List.of("/denied/**"), FieldRules.NONE, FieldRules.NONE),
                CorsErrors.REFLECT,
                List.of(),
                RawNode.OK);
        down("2");
        RawClient.Answer answer =
                client.send(request.replace("Origin: ", "X-Origin: ")).answer();
        assertThat(answer.status()).isEqualTo(status);
        assertUnreadable(answer);
    }

    @Test
    void shouldNotTakeTheOriginOfTheRequestBefore() throws Exception {
        start(CorsErrors.REFLECT);
        assertThat(client.get("/", "Origin: " + ORIGIN).status()).isEqualTo(200);
        RawClient.Answer answer = client.send("POST / HTTP/1.1\r\nHost: p\r\nContent-Length: x\r\n\r\n")
                .answer();
        assertThat(answer.status()).isEqualTo(400);
        assertUnreadable(answer);
    }

    @Test
    void shouldLetPagesReadThatNobodyIsLeft() throws Exception {
        start(CorsErrors.REFLECT);
        down("1");
        down("2");
        RawClient.Answer answer = client.get("/", "Origin: null");
        assertThat(answer.status()).isEqualTo(503);
        assertReadable(answer, "null");
    }

    @Test
    void shouldLeaveAnswersOfNodesAsTheyAre() throws Exception {
        start(
                listener(List.of(), FieldRules.NONE, FieldRules.NONE),
                CorsErrors.REFLECT,
                List.of(),
                answering("Access-Control-Allow-Origin: https://other\r\n"));
        RawClient.Answer answer = client.get("/", "Origin: " + ORIGIN);
        assertThat(answer.values("Access-Control-Allow-Origin")).containsExactly("https://other");
        assertThat(answer.values("Vary")).isEmpty();
    }

    @Test
    void shouldLetOnlyListedPagesReadOurAnswersAndTakeTheListAtAReload() throws Exception {
        start(CorsErrors.of(List.of(ORIGIN)));
        down("2");
        assertReadable(client.get("/?co-browse-node-id=2", "Origin: " + ORIGIN), ORIGIN);
        assertUnreadable(client.get("/?co-browse-node-id=2", "Origin: https://other.example"));
        assertUnreadable(client.get("/?co-browse-node-id=2", "Origin: " + ORIGIN + ".evil"));
        assertThat(proxy.reload(with(CorsErrors.OFF, List.of()))).isEmpty();
        assertUnreadable(client.get("/?co-browse-node-id=2", "Origin: " + ORIGIN));
    }

    @Test
    void shouldRepeatNothingThatIsNoOrigin() throws Exception {
        start(CorsErrors.REFLECT);
        down("2");
        assertUnreadable(client.get("/?co-browse-node-id=2", "Origin: https://a.example, https://b.example"));
    }

    @Test
    void shouldNotLetPagesReadTheAdminListener() throws Exception {
        start(CorsErrors.REFLECT);
        try (RawClient admin = new RawClient(proxy.adminUri())) {
            assertUnreadable(admin.get("/nothing", "Origin: " + ORIGIN));
        }
    }

    private ProxyConfig with(CorsErrors cors, List<SetCookieRule> cookies) {
        ProxyConfig now = proxy.config();
        return new ProxyConfig(
                now.listeners(),
                now.admin(),
                now.stickiness(),
                now.balance(),
                now.nodes(),
                now.discovery(),
                now.health(),
                now.timeouts(),
                now.tunnels(),
                cors,
                cookies,
                UpstreamTls.DEFAULTS,
                Observation.DEFAULTS);
    }

    @Test
    void shouldChangeCookiesOfNodesAsTheRulesSayAndTakeTheRulesAtAReload() throws Exception {
        List<SetCookieRule> rules = List.of(new SetCookieRule(
                "gcbSessionServer",
                Map.of(Attribute.SECURE, "", Attribute.SAME_SITE, "None", Attribute.PARTITIONED, "")));
        start(
                listener(List.of(), FieldRules.NONE, FieldRules.NONE),
                CorsErrors.REFLECT,
                List.of(),
                answering("Set-Cookie: " + COOKIE + "\r\nSet-Cookie: other=1\r\n"));
        assertThat(client.get("/").values("Set-Cookie")).containsExactly(COOKIE, "other=1");
        assertThat(proxy.reload(with(CorsErrors.REFLECT, rules))).isEmpty();
        assertThat(client.get("/").values("Set-Cookie"))
                .containsExactly(COOKIE + "; Secure; SameSite=None; Partitioned", "other=1");
        down("2");
        assertThat(client.get("/", "Cookie: gcbSessionServer=node-2").values("Set-Cookie"))
                .containsExactly("gcbSessionServer=; Path=/; Max-Age=0; Expires=Thu, 01 Jan 1970 00:00:00 GMT");
    }

    @Test
    void shouldChangeFieldsOfRequestsAndResponses() throws Exception {
        FieldRules request =
                new FieldRules(List.of("x-debug", "cookie"), Map.of("X-Listener", "public"), Map.of("X-Note", "added"));
        FieldRules response = new FieldRules(
                List.of("server"), Map.of("Strict-Transport-Security", "max-age=1"), Map.of("X-Note", "added"));
        start(
                listener(List.of("/denied"), request, response),
                CorsErrors.REFLECT,
                List.of(),
                answering("Server: node\r\nX-Note: node\r\nStrict-Transport-Security: max-age=2\r\n"));
        RawClient.Answer answer = client.get(
                "/",
                "X-Debug: 1",
                "X-LISTENER: forged",
                "X-Listener: twice",
                "X-Note: mine",
                "Cookie: gcbSessionServer=node-2");
        RawNode.Exchange got = nodes.get(1).next(); // It was routed by what the client sent.
        assertThat(got.values("X-Debug")).isEmpty();
        assertThat(got.values("Cookie")).isEmpty();
        assertThat(got.values("X-Listener")).containsExactly("public");
        assertThat(got.values("X-Note")).containsExactly("mine", "added");
        assertThat(got.values("Host")).containsExactly("proxy");
        assertThat(answer.text()).isEqualTo("ok");
        assertThat(answer.values("Server")).isEmpty();
        assertThat(answer.values("X-Note")).containsExactly("node", "added");
        assertThat(answer.values("Strict-Transport-Security")).containsExactly("max-age=1");
        RawClient.Answer own = client.get("/denied");
        assertThat(own.status()).isEqualTo(404);
        assertThat(own.values("Strict-Transport-Security")).containsExactly("max-age=1");
        assertThat(own.values("X-Note")).containsExactly("added");
    }

    @Test
    void shouldChangeCookiesAndFieldsOfTheAnswerToAHandshake() throws Exception {
        start(listener(List.of(), FieldRules.NONE, RESPONSE), CorsErrors.REFLECT, PARTITIONED, WEB_SOCKET);
        RawClient.Answer answer = client.send(
                        "GET /ws HTTP/1.1\r\nHost: p\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
                                + "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n")
                .head();
        assertThat(answer.status()).isEqualTo(101);
        assertThat(answer.values("Set-Cookie")).containsExactly(COOKIE + "; Secure; SameSite=None; Partitioned");
        assertThat(answer.values("Server")).isEmpty();
        assertThat(answer.values("X-Note")).containsExactly("added");
        assertThat(answer.values("Upgrade")).containsExactly("websocket");
    }

    @Test
    void shouldChangeCookiesAndFieldsOfTheAnswerToAHandshakeOverHttp2() throws Exception {
        start(listener(List.of(), FieldRules.NONE, RESPONSE), CorsErrors.REFLECT, PARTITIONED, WEB_SOCKET);
        try (RawHttp2Client http2 = new RawHttp2Client(proxy.uri("public"))) {
            int stream = http2.begin(
                    false,
                    ":method",
                    "CONNECT",
                    ":protocol",
                    "websocket",
                    ":scheme",
                    "http",
                    ":authority",
                    "proxy",
                    ":path",
                    "/ws",
                    "sec-websocket-version",
                    "13");
            RawHttp2Client.Answer answer = http2.head(stream);
            assertThat(answer.status()).isEqualTo(200);
            assertThat(answer.values("Set-Cookie")).containsExactly(COOKIE + "; Secure; SameSite=None; Partitioned");
            assertThat(answer.values("Server")).isEmpty();
            assertThat(answer.values("X-Note")).containsExactly("added");
        }
    }

    @Test
    void shouldChangeCookiesAndFieldsOverHttp2() throws Exception {
        FieldRules request = new FieldRules(List.of("x-debug"), Map.of("X-Listener", "public"), Map.of());
        start(
                listener(List.of("/denied"), request, RESPONSE),
                CorsErrors.REFLECT,
                PARTITIONED,
                answering("Server: node\r\nX-Note: node\r\nSet-Cookie: " + COOKIE + "\r\n"));
        try (RawHttp2Client http2 = new RawHttp2Client(proxy.uri("public"))) {
            RawHttp2Client.Answer answer = http2.get("/?co-browse-node-id=1", "x-debug", "1", "x-listener", "forged");
            RawNode.Exchange got = nodes.get(0).next();
            assertThat(got.values("X-Debug")).isEmpty();
            assertThat(got.values("X-Listener")).containsExactly("public");
            assertThat(answer.values("Server")).isEmpty();
            assertThat(answer.values("X-Note")).containsExactly("node", "added");
            assertThat(answer.values("Strict-Transport-Security")).containsExactly("max-age=1");
            assertThat(answer.values("Set-Cookie")).containsExactly(COOKIE + "; Secure; SameSite=None; Partitioned");
            RawHttp2Client.Answer own = http2.get("/denied");
            assertThat(own.status()).isEqualTo(404);
            assertThat(own.values("Strict-Transport-Security")).containsExactly("max-age=1");
            assertThat(own.values("X-Note")).containsExactly("added");
        }
    }

    @Test
    void shouldNotServeWhatIsDeniedHoweverItIsSpelt() throws Exception {
        start(
                listener(List.of("/cobrowse/rest/history/**"), FieldRules.NONE, FieldRules.NONE),
                CorsErrors.OFF,
                List.of(),
                RawNode.OK);
        for (String path : List.of(
                "/cobrowse/rest/history",
                "/cobrowse/rest/history/1",
                "/cobrowse/rest/%68istory/1",
                "/cobrowse/js/../rest/history/1",
                "/cobrowse/rest/x/..%2fhistory/1",
                "/cobrowse/rest/history;a=b/1")) {
            try (RawClient each = new RawClient(proxy.uri("public"))) {
                assertThat(each.get(path).status()).as(path).isIn(400, 404);
            }
        }
        assertThat(client.get("/cobrowse/rest/histories").status()).isEqualTo(200);
    }

    @Test
    void shouldTakeAnyNodeForAScriptWhoseNodeRefuses() throws Exception {
        start(CorsErrors.REFLECT);
        nodes.get(1).close();
        String cookie = "Cookie: gcbSessionServer=node-2";
        RawClient.Answer script = client.get("/cobrowse/js/gcb.min.js", cookie);
        assertThat(script.status()).isEqualTo(200);
        assertThat(script.values("Set-Cookie")).isEmpty();
        RawClient.Answer preflight = client.request(
                "OPTIONS",
                "/cobrowse/cometd?co-browse-node-id=2",
                "Origin: " + ORIGIN,
                "Access-Control-Request-Method: POST");
        assertThat(preflight.status()).isEqualTo(200);
        RawClient.Answer poll = client.get("/cobrowse/cometd/connect", cookie, "Origin: " + ORIGIN);
        assertThat(poll.status()).isEqualTo(503);
        assertThat(poll.values("Set-Cookie")).hasSize(1);
        assertReadable(poll, ORIGIN);
    }
}
