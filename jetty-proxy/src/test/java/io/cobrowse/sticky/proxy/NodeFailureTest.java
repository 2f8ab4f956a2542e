package io.cobrowse.sticky.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.cobrowse.sticky.proxy.config.ProxyConfig.Timeouts;
import io.cobrowse.sticky.routing.Balance;
import io.cobrowse.sticky.routing.Node;
import io.cobrowse.sticky.routing.Stickiness;
import io.cobrowse.sticky.routing.Stickiness.OnNodeDown;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** R19, with R10 and R18: nodes that refuse connections, go away, fall silent or do not answer in HTTP. */
class NodeFailureTest {
    private static final String AFFINITY = "Cookie: gcbSessionServer=node-1";
    private static final String POLL =
            "POST /cobrowse/cometd/connect HTTP/1.1\r\nHost: p\r\n" + AFFINITY + "\r\nContent-Length: 2\r\n\r\n[]";
    private static final Duration LONG = Duration.ofSeconds(60);
    private static final Duration SHORT = Duration.ofMillis(300);

    private final List<AutoCloseable> open = new ArrayList<>();
    private StickyProxyServer proxy;
    private RawClient client;

    @AfterEach
    void stop() throws Exception {
        await().atMost(Duration.ofSeconds(10)).until(() -> proxy.inFlight() == 0);
        assertThat(proxy.router().table().nodes()).allMatch(node -> node.activeRequests() == 0);
        client.close();
        proxy.close();
        for (AutoCloseable each : open) {
            each.close();
        }
    }

    private RawNode node(RawNode.Behaviour behaviour) throws IOException {
        RawNode node = new RawNode(behaviour);
        open.add(node);
        return node;
    }

    private String gone() throws IOException {
        RefusingNode node = new RefusingNode();
        open.add(node);
        return node.url();
    }

    private void start(String... urls) throws IOException {
        start(OnNodeDown.NOTIFY, LONG, urls);
    }

    private void start(OnNodeDown onNodeDown, Duration response, String... urls) throws IOException {
        Timeouts defaults = Timeouts.DEFAULTS;
        StickyProxyServerBuilder builder = StickyProxyServer.builder()
                .listen("127.0.0.1", 0)
                .admin("127.0.0.1", 0)
                .stickiness(stickiness(onNodeDown))
                .balance(Balance.ROUND_ROBIN)
                .timeouts(new Timeouts(
                        defaults.connect(), response, defaults.idle(), defaults.tunnelIdle(), defaults.drain()));
        for (int i = 0; i < urls.length; i++) {
            builder.node("" + (i + 1), "node-" + (i + 1), urls[i]);
        }
        proxy = builder.build().start();
        client = new RawClient(proxy.uri("public"));
    }

    private static Stickiness stickiness(OnNodeDown onNodeDown) {
        Stickiness defaults = Stickiness.DEFAULTS;
        return new Stickiness(
                defaults.cookie(),
                defaults.queryParameter(),
                null,
                false,
                onNodeDown,
                defaults.onUnknownNode(),
                defaults.sessionStart(),
                defaults.cookiePath(),
                null,
                null,
                true);
    }

    private static void assertProblem(RawClient.Answer answer, int status, String type) {
        assertThat(answer.status()).as(answer::text).isEqualTo(status);
        assertThat(answer.values("Content-Type")).containsExactly("application/problem+json");
        assertThat(answer.text()).contains("\"urn:cobrowse-proxy:" + type + "\"");
    }

    private static void assertNodeDown(RawClient.Answer answer) {
        assertProblem(answer, 503, "node-down");
        assertThat(answer.text()).contains("\"node\":\"1\"");
        assertThat(answer.values("Retry-After")).containsExactly("4");
        assertThat(answer.values("Cache-Control")).containsExactly("no-store");
        assertThat(answer.values("Set-Cookie"))
                .containsExactly("gcbSessionServer=; Path=/; Max-Age=0; Expires=Thu, 01 Jan 1970 00:00:00 GMT");
        assertThat(answer.values("Sticky-Route")).containsExactly("node=1; by=cookie");
    }

    // Connecting fails.

    @Test
    void shouldTryAnotherNodeWhereThereIsNoAffinity() throws Exception {
        RawNode alive = node(RawNode.OK);
        start(gone(), gone(), alive.url());
        for (int i = 0; i < 9; i++) {
            RawClient.Answer answer = client.get("/");
            assertThat(answer.text()).isEqualTo("ok");
            assertThat(answer.values("Sticky-Route")).containsExactly("node=3; by=none");
        }
    }

    @Test
    void shouldSendTheWholeBodyToTheNodeThatIsThere() throws Exception {
        RawNode alive = node(RawNode.OK);
        start(gone(), gone(), alive.url());
        for (int i = 0; i < 3; i++) {
            client.send("POST /b HTTP/1.1\r\nHost: p\r\nContent-Length: 10\r\n\r\nhello");
            client.send("world");
            assertThat(client.answer().text()).isEqualTo("ok");
            assertThat(alive.next().bodyText()).isEqualTo("helloworld");
        }
    }

    @Test
    void shouldGiveUpAfterThreeNodes() throws Exception {
        start(gone(), gone(), gone(), gone());
        RawClient.Answer answer = client.get("/");
        assertProblem(answer, 503, "no-node-available");
        assertThat(answer.values("Retry-After")).containsExactly("4");
        assertThat(answer.values("Sticky-Route")).isEmpty();
        assertThat(answer.values("Set-Cookie")).isEmpty();
    }

    @Test
    void shouldGiveUpWhenNoNodeIsLeft() throws Exception {
        start(gone(), gone());
        assertProblem(client.get("/"), 503, "no-node-available");
    }

    @Test
    void shouldNotifyTheClientWhoseNodeRefuses() throws Exception {
        start(gone(), node(RawNode.OK).url());
        assertNodeDown(client.get("/", AFFINITY));
        assertThat(client.get("/", "Cookie: gcbSessionServer=node-2").text()).isEqualTo("ok");
    }

    @Test
    void shouldNotExpireACookieThatDoesNotNameTheNode() throws Exception {
        start(gone(), node(RawNode.OK).url());
        RawClient.Answer answer = client.get("/?co-browse-node-id=1", "Cookie: gcbSessionServer=node-2");
        assertProblem(answer, 503, "node-down");
        assertThat(answer.values("Set-Cookie")).isEmpty();
        assertThat(answer.values("Sticky-Route")).containsExactly("node=1; by=url");
    }

    @Test
    void shouldRebalanceTheClientWhoseNodeRefuses() throws Exception {
        RawNode second = node(RawNode.OK);
        RawNode third = node(RawNode.OK);
        start(OnNodeDown.REBALANCE, LONG, gone(), second.url(), third.url());
        for (int i = 0; i < 4; i++) {
            RawClient.Answer answer = client.get("/", AFFINITY);
            assertThat(answer.text()).isEqualTo("ok");
            assertThat(answer.values("Sticky-Route")).hasSize(1);
        }
        // All to the same one.
        assertThat(List.of(second.received(), third.received())).containsExactlyInAnyOrder(0, 4);
    }

    @Test
    void shouldRebalancePastANodeThatRefusesToo() throws Exception {
        RawNode alive = node(RawNode.OK);
        start(OnNodeDown.REBALANCE, LONG, gone(), gone(), alive.url());
        for (int id = 1; id <= 3; id++) {
            RawClient.Answer answer = client.get("/", "Cookie: gcbSessionServer=node-" + id);
            assertThat(answer.text()).isEqualTo("ok");
        }
    }

    // The connection breaks before the first byte of the answer.

    /** Closes the connection of the first requests, and answers the others. */
    private static RawNode.Behaviour losing(int count) {
        AtomicInteger left = new AtomicInteger(count);
        return exchange -> {
            if (left.getAndDecrement() > 0) {
                exchange.socket().close();
            } else {
                RawNode.OK.serve(exchange);
            }
        };
    }

    @ParameterizedTest
    @ValueSource(strings = {"GET", "HEAD", "OPTIONS"})
    void shouldRepeatSafeRequestOnceOnANewConnection(String method) throws Exception {
        RawNode node = node(losing(1));
        start(node.url());
        assertThat(client.request(method, "/r").status()).isEqualTo(200);
        assertThat(node.connections()).isEqualTo(2);
        assertThat(node.lines()).containsExactly(method + " /r HTTP/1.1", method + " /r HTTP/1.1");
    }

    @Test
    void shouldRepeatOnlyOnce() throws Exception {
        RawNode node = node(losing(2));
        start(node.url());
        RawClient.Answer answer = client.get("/r");
        assertProblem(answer, 502, "upstream-failed");
        assertThat(answer.text()).contains("\"node\":\"1\"");
        assertThat(node.received()).isEqualTo(2);
    }

    @ParameterizedTest
    @ValueSource(strings = {"POST", "PUT", "DELETE", "PATCH", "get"})
    void shouldNotRepeatOtherRequests(String method) throws Exception {
        RawNode node = node(losing(1));
        start(node.url());
        assertProblem(client.request(method, "/r"), 502, "upstream-failed");
        assertThat(node.received()).isEqualTo(1);
        assertThat(client.get("/after").text()).isEqualTo("ok");
    }

    /** A hundred retries in ten seconds, or a fifth of the requests if that is more. */
    @Test
    void shouldNotHitASickNodeHarderThanTheRetryBudgetAllows() throws Exception {
        int requests = 300;
        int budget = 100;
        RawNode node = node(losing(Integer.MAX_VALUE));
        start(node.url());
        long begin = System.nanoTime();
        for (int i = 0; i < requests; i++) {
            assertProblem(client.get("/" + i), 502, "upstream-failed");
        }
        long windows = 1 + TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - begin) / 10;
        assertThat((long) node.received()).isBetween((long) requests + budget, requests + budget * windows);
    }

    @Test
    void shouldNotNoticeThatAnIdleConnectionWasClosedMeanwhile() throws Exception {
        RawNode node = node(exchange -> {
            RawNode.OK.serve(exchange);
            exchange.socket().close();
        });
        start(node.url());
        for (int i = 0; i < 200; i++) {
            assertThat(client.get("/" + i).text()).isEqualTo("ok");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"GET", "POST"})
    void shouldNotifyWhenTheNodeIsGoneForGood(String method) throws Exception {
        RawNode node = new RawNode();
        open.add(node);
        node.behave(exchange -> {
            node.refuse();
            exchange.socket().close();
        });
        start(node.url(), node(RawNode.OK).url());
        client.send(method.equals("GET") ? "GET /r HTTP/1.1\r\nHost: p\r\n" + AFFINITY + "\r\n\r\n" : POLL);
        assertNodeDown(client.answer());
    }

    @Test
    void shouldRebalanceARepeatableRequestWhenTheNodeIsGoneForGood() throws Exception {
        RawNode node = new RawNode();
        open.add(node);
        node.behave(exchange -> {
            node.refuse();
            exchange.socket().close();
        });
        start(OnNodeDown.REBALANCE, LONG, node.url(), node(RawNode.OK).url());
        assertThat(client.get("/r", AFFINITY).values("Sticky-Route")).containsExactly("node=2; by=none");
    }

    @Test
    void shouldNotRebalanceAPollWhoseBodyIsGoneWithTheNode() throws Exception {
        RawNode node = new RawNode();
        open.add(node);
        RawNode other = node(RawNode.OK);
        node.behave(exchange -> {
            node.refuse();
            exchange.socket().close();
        });
        start(OnNodeDown.REBALANCE, LONG, node.url(), other.url());
        client.send(POLL);
        assertProblem(client.answer(), 502, "upstream-failed");
        assertThat(other.received()).isZero();
        assertThat(client.get("/r", AFFINITY).text()).isEqualTo("ok");
    }

    @Test
    void shouldTellAPollThatItsNodeBrokeWhereTheNodeLives() throws Exception {
        RawNode node = node(losing(1));
        start(node.url());
        client.send(POLL);
        assertProblem(client.answer(), 502, "upstream-failed");
        assertThat(node.received()).isEqualTo(1);
    }

    // It breaks later.

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Content-Length: 100\r\n\r\nhello",
                "Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n",
            })
    void shouldAbortResponseThatBreaks(String response) throws Exception {
        RawNode node = node(exchange -> {
            exchange.send("HTTP/1.1 200 OK\r\n" + response);
            exchange.socket().close();
        });
        start(node.url());
        client.send("GET /r HTTP/1.1\r\nHost: p\r\n\r\n");
        assertThat(client.head().status()).isEqualTo(200);
        String body = client.rest();
        assertThat(body).contains("hello").doesNotContain("\r\n0\r\n");
        assertThat(node.received()).isEqualTo(1);
    }

    @Test
    void shouldAbortResponseOfUnknownLengthThatIsReset() throws Exception {
        RawNode node = node(exchange -> {
                    exchange.send("HTTP/1.1 200 OK\r\n\r\nhello");
                    exchange.in().read();
                    exchange.socket().setSoLinger(true, 0);
                    exchange.socket().close();
                })
                .withoutReadingBodies();
        start(node.url());
        try (RawHttp2Client http2 = new RawHttp2Client(proxy.uri("public"))) {
            int stream = http2.begin("POST", "/r", false);
            http2.head(stream);
            http2.data(stream, false, "x");
            assertThat(http2.answer(stream).isReset()).isTrue();
        }
    }

    @Test
    void shouldAbortTheStreamOfAResponseThatBreaks() throws Exception {
        RawNode node = node(exchange -> {
            exchange.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n");
            exchange.socket().close();
        });
        start(node.url());
        try (RawHttp2Client http2 = new RawHttp2Client(proxy.uri("public"))) {
            RawHttp2Client.Answer answer = http2.get("/r");
            assertThat(answer.isReset()).isTrue();
            assertThat(answer.text()).isEqualTo("hello");
        }
    }

    // What comes is no answer.

    @ParameterizedTest
    @ValueSource(
            strings = {
                "This is no HTTP\r\n\r\n",
                "HTTP/1.1 20\r\n\r\n",
                "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nhello",
                "HTTP/1.1 200 OK\r\nContent-Length: five\r\n\r\nhello",
                "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n",
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n",
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\n\r\nhello",
                "HTTP/1.1 200 OK\r\nno field\r\n\r\n",
                "HTTP/1.1 200 OK\r\nContent-Le",
                "HTTP/1.1 101 Switching Protocols\r\nUpgrade: h9\r\nConnection: upgrade\r\n\r\n",
                "\u0016\u0003\u0001",
            })
    void shouldNotPassOnWhatIsNoHttp(String bytes) throws Exception {
        RawNode node = node(exchange -> {
            exchange.send(bytes);
            exchange.socket().close();
        });
        start(node.url());
        assertProblem(client.get("/r"), 502, "upstream-failed");
        assertThat(node.received()).isEqualTo(1);
    }

    @Test
    void shouldRefuseOversizedResponseHead() throws Exception {
        RawNode node = node(exchange ->
                exchange.send("HTTP/1.1 200 OK\r\nX: " + "y".repeat(40_000) + "\r\nContent-Length: 0\r\n\r\n"));
        start(node.url());
        assertProblem(client.get("/r"), 502, "upstream-failed");
        node.behave(exchange ->
                exchange.send("HTTP/1.1 200 OK\r\nX: " + "y".repeat(32_000) + "\r\nContent-Length: 0\r\n\r\n"));
        assertThat(client.get("/r").values("X")).containsExactly("y".repeat(32_000));
    }

    // Nothing comes.

    @ParameterizedTest
    @ValueSource(strings = {"", "HTTP/1.1 200 OK\r\nX: "})
    void shouldTellThatTheNodeIsSilent(String begin) throws Exception {
        RawNode node = node(exchange -> {
            exchange.send(begin);
            RawNode.PARK.serve(exchange);
        });
        start(OnNodeDown.NOTIFY, SHORT, node.url());
        RawClient.Answer answer = client.get("/r");
        assertProblem(answer, 504, "upstream-timeout");
        assertThat(answer.text()).contains("\"node\":\"1\"");
        assertThat(node.received()).isEqualTo(1);
        await().until(() -> node.open() == 0);
    }

    @Test
    void shouldAbortResponseThatFallsSilent() throws Exception {
        RawNode node = node(exchange -> {
            exchange.send("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhello");
            RawNode.PARK.serve(exchange);
        });
        start(OnNodeDown.NOTIFY, SHORT, node.url());
        client.send("GET /r HTTP/1.1\r\nHost: p\r\n\r\n");
        assertThat(client.head().status()).isEqualTo(200);
        assertThat(client.rest()).isEqualTo("hello");
        await().until(() -> node.open() == 0);
    }

    @Test
    void shouldTellThatTheNodeStoppedReading() throws Exception {
        RawNode node = node(exchange ->
                        await().forever().until(() -> exchange.socket().isClosed()))
                .withoutReadingBodies();
        start(OnNodeDown.NOTIFY, SHORT, node.url());
        client.socket().setSoTimeout(30_000);
        client.send("POST /r HTTP/1.1\r\nHost: p\r\nContent-Length: 1000000000\r\n\r\n");
        Thread sender = new Thread(() -> {
            try {
                while (true) {
                    client.socket().getOutputStream().write(new byte[1 << 16]);
                }
            } catch (IOException cut) {
                // As it has to be.
            }
        });
        sender.start();
        assertProblem(client.answer(), 504, "upstream-timeout");
        client.close();
        sender.join();
    }

    @Test
    void shouldNotCountTheUploadBehindA100AsSilence() throws Exception {
        RawNode node = node(exchange -> {
                    exchange.send("HTTP/1.1 100 Continue\r\n\r\n");
                    assertThat(exchange.in().readNBytes(5)).hasSize(5);
                    RawNode.OK.serve(exchange);
                })
                .withoutReadingBodies();
        start(OnNodeDown.NOTIFY, SHORT, node.url());
        client.send("POST /r HTTP/1.1\r\nHost: p\r\nExpect: 100-continue\r\nContent-Length: 5\r\n\r\n");
        assertThat(client.head().status()).isEqualTo(100);
        await().during(Duration.ofMillis(800)).until(() -> proxy.inFlight() == 1);
        client.send("hello");
        assertThat(client.answer().text()).isEqualTo("ok");
    }

    // Answers before the request is there.

    @Test
    void shouldPassRefusalOfUnfinishedUpload() throws Exception {
        RawNode node = node(exchange -> {
                    exchange.send("HTTP/1.1 413 Too much\r\nContent-Length: 4\r\nConnection: close\r\n\r\nmuch");
                    exchange.socket().close();
                })
                .withoutReadingBodies();
        start(node.url());
        client.send("POST /r HTTP/1.1\r\nHost: p\r\nContent-Length: 1000000\r\n\r\nbegin");
        RawClient.Answer answer = client.answer();
        assertThat(answer.status()).isEqualTo(413);
        assertThat(answer.text()).isEqualTo("much");
    }

    @Test
    void shouldPassRefusalOfUploadThatGoesOn() throws Exception {
        RawNode node = node(exchange -> {
                    exchange.send("HTTP/1.1 413 Too much\r\nContent-Length: 4\r\nConnection: close\r\n\r\nmuch");
                    exchange.socket().close();
                })
                .withoutReadingBodies();
        start(node.url());
        for (int i = 0; i < 20; i++) {
            try (RawHttp2Client http2 = new RawHttp2Client(proxy.uri("public"))) {
                int stream = http2.begin("POST", "/r", false);
                http2.data(stream, false, new byte[10_000]);
                http2.data(stream, false, new byte[10_000]);
                assertThat(http2.head(stream).status()).isEqualTo(413);
            }
        }
    }

    @Test
    void shouldPassInterimResponsesAndTheOneBehind() throws Exception {
        RawNode node = node(exchange -> {
            exchange.send("HTTP/1.1 102 Processing\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n");
            exchange.send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
        });
        start(node.url());
        client.send("GET /r HTTP/1.1\r\nHost: p\r\n\r\n");
        assertThat(client.head().status()).isEqualTo(102);
        assertThat(client.head().values("Link")).containsExactly("</a>");
        assertThat(client.answer().text()).isEqualTo("ok");
        assertThat(client.get("/other").status()).isEqualTo(102);
    }

    @Test
    void shouldNotPassInterimResponsesToHttp10() throws Exception {
        RawNode node = node(exchange -> exchange.send(
                "HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"));
        start(node.url());
        client.send("GET /r HTTP/1.0\r\n\r\n");
        assertThat(client.answer().text()).isEqualTo("ok");
    }

    @Test
    void shouldNotKeepNodesConnectionWithBytesToSpare() throws Exception {
        RawNode node = node(exchange ->
                exchange.send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nokHTTP/1.1 200 OK\r\nX: evil\r\n\r\n"));
        start(node.url());
        for (int i = 0; i < 3; i++) {
            RawClient.Answer answer = client.get("/" + i);
            assertThat(answer.text()).isEqualTo("ok");
            assertThat(answer.values("X")).isEmpty();
        }
        assertThat(node.connections()).isEqualTo(3);
    }

    @Test
    void shouldCountNodesRight() throws Exception {
        start(gone(), node(RawNode.OK).url());
        for (int i = 0; i < 10; i++) {
            client.get("/");
        }
        await().until(() -> proxy.router().table().nodes().stream()
                .mapToInt(Node::activeRequests)
                .allMatch(active -> active == 0));
    }
}
