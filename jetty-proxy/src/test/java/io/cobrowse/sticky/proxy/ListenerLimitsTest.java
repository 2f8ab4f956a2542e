package io.cobrowse.sticky.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.cobrowse.sticky.proxy.config.Limits;
import io.cobrowse.sticky.proxy.listener.ListenerCounters;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Each limit of a listener: the answer to a client that exceeds it, and a client just below it, which is served. */
class ListenerLimitsTest {
    private static final int OFF = 0;
    private static final Duration LONG = Duration.ofHours(1);

    private final List<RawClient> clients = new ArrayList<>();
    private RawNode node;
    private StickyProxyServer proxy;

    @BeforeEach
    void startNode() throws IOException {
        node = new RawNode();
    }

    @AfterEach
    void stop() throws IOException {
        for (RawClient client : clients) {
            client.close();
        }
        proxy.close();
        node.close();
    }

    private void start(Limits limits, String... trustedPeers) throws IOException {
        proxy = SmallProxy.start(node.url(), SmallProxy.listener(List.of(), List.of(trustedPeers), 0, false, limits));
    }

    private static Limits connections(int all, int perClient) {
        return new Limits(all, perClient, OFF, LONG, OFF, 32 * 1024, 8 * 1024, 1 << 20, 200, 256, 200);
    }

    private static Limits requests(int perSecond) {
        return new Limits(100, OFF, perSecond, LONG, OFF, 32 * 1024, 8 * 1024, 1 << 20, 200, 256, 200);
    }

    private static Limits slowness(Duration headTimeout, int bodyRate) {
        return new Limits(100, OFF, OFF, headTimeout, bodyRate, 32 * 1024, 8 * 1024, 1 << 20, 200, 256, 200);
    }

    private static Limits sizes(int header, int target, long body, int count) {
        return new Limits(100, OFF, OFF, LONG, OFF, header, target, body, count, 256, 200);
    }

    private RawClient client() throws IOException {
        RawClient client = new RawClient(proxy.uri("public"));
        clients.add(client);
        return client;
    }

    private long count(String limit) {
        return proxy.listeners().get(0).counters().count(limit);
    }

    private int open() {
        return proxy.listeners().get(0).openConnections();
    }

    @Test
    void shouldAcceptNoMoreConnectionsUntilOneCloses() throws Exception {
        node.behave(RawNode.PARK);
        start(connections(3, OFF));
        for (int i = 0; i < 3; i++) {
            client().send("GET /parked HTTP/1.1\r\nHost: p\r\n\r\n");
            node.next();
        }
        node.behave(RawNode.OK);
        RawClient waiting = client().send("GET /waiting HTTP/1.1\r\nHost: p\r\n\r\n");
        await().until(() -> count(ListenerCounters.CONNECTIONS) > 0);
        assertThat(open()).isEqualTo(3);
        assertThat(node.received()).isZero();
        clients.get(0).close();
        assertThat(waiting.answer().status()).isEqualTo(200);
        assertThat(open()).isEqualTo(3);
    }

    @Test
    void shouldGiveThePlacesOfIdleConnectionsToWhoAsks() throws Exception {
        node.behave(RawNode.PARK);
        start(connections(3, OFF));
        RawClient parked = client().send("GET /parked HTTP/1.1\r\nHost: p\r\n\r\n");
        node.next();
        node.behave(RawNode.OK);
        RawClient silent = client();
        RawClient slow = client().send("GET / HTTP/1.1\r\nX: ");
        for (int i = 0; i < 4; i++) {
            assertThat(client().get("/").status()).isEqualTo(200);
        }
        assertThat(silent.rest()).isEmpty();
        assertThat(slow.rest()).isEmpty();
        assertThat(parked.in().available()).isZero();
        // The last answer may have been read before its request had left.
        await().until(() -> proxy.inFlight() == 1);
    }

    @Test
    void shouldServeEverybodyHoweverOftenItPauses() throws Exception {
        start(connections(2, OFF));
        List<CompletableFuture<Void>> all = new ArrayList<>();
        ExecutorService threads = Executors.newFixedThreadPool(8);
        try {
            for (int i = 0; i < 400; i++) {
                all.add(CompletableFuture.runAsync(
                        () -> {
                            try (RawClient client = new RawClient(proxy.uri("public"))) {
                                assertThat(client.get("/", "Connection: close").status())
                                        .isEqualTo(200);
                            } catch (IOException failure) {
                                throw new UncheckedIOException(failure);
                            }
                        },
                        threads));
            }
            CompletableFuture.allOf(all.toArray(CompletableFuture[]::new)).get(60, TimeUnit.SECONDS);
        } finally {
            threads.shutdownNow();
        }
        assertThat(count(ListenerCounters.CONNECTIONS)).isPositive();
    }

    @Test
    void shouldCloseWhatAClientHasTooMuchOf() throws Exception {
        start(connections(100, 2));
        assertThat(client().get("/").status()).isEqualTo(200);
        assertThat(client().get("/").status()).isEqualTo(200);
        assertThat(client().rest()).isEmpty();
        assertThat(count(ListenerCounters.CONNECTIONS_PER_CLIENT)).isEqualTo(1);
        clients.get(0).close();
        await().until(() -> open() == 1);
        assertThat(client().get("/").status()).isEqualTo(200);
    }

    @Test
    void shouldNotCountConnectionsOfTrustedPeers() throws Exception {
        start(connections(100, 2), "127.0.0.1");
        for (int i = 0; i < 5; i++) {
            assertThat(client().get("/").status()).isEqualTo(200);
        }
    }

    @Test
    void shouldNotCountRequestsOfTrustedPeers() throws Exception {
        start(requests(1), "127.0.0.1");
        RawClient client = client();
        for (int i = 0; i < 20; i++) {
            assertThat(client.get("/").status()).isEqualTo(200);
        }
        assertThat(count(ListenerCounters.REQUESTS_PER_CLIENT)).isZero();
    }

    @Test
    void shouldCountATunnelAsAConnectionUntilItIsClosed() throws Exception {
        node.behave(exchange -> {
            exchange.send("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                    + "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n");
            exchange.in().readAllBytes();
            exchange.socket().close();
        });
        start(connections(100, 1));
        RawClient tunnel = client().send("GET /ws HTTP/1.1\r\nHost: p\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
                + "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n");
        assertThat(tunnel.head().status()).isEqualTo(101);
        assertThat(open()).isEqualTo(1);
        assertThat(client().rest()).isEmpty();
        tunnel.close();
        await().until(() -> open() == 0);
    }

    @Test
    void shouldAnswerRequestsThatAreTooMany() throws Exception {
        start(requests(5));
        RawClient client = client();
        List<RawClient.Answer> answers = new ArrayList<>();
        // However slow this machine is, some come within a second.
        await().until(() -> {
            answers.add(client.get("/"));
            return answers.get(answers.size() - 1).status() == 429;
        });
        RawClient.Answer last = answers.get(answers.size() - 1);
        assertThat(last.values("Retry-After")).containsExactly("1");
        assertThat(last.text()).contains("urn:cobrowse-proxy:too-many-requests");
        assertThat(answers.subList(0, 5)).allMatch(answer -> answer.status() == 200);
        assertThat(count(ListenerCounters.REQUESTS_PER_CLIENT)).isPositive();
        await().until(() -> client.get("/").status() == 200);
    }

    @Test
    void shouldEndHeadsThatTrickle() throws Exception {
        start(slowness(Duration.ofMillis(500), OFF));
        RawClient idle = client();
        RawClient kept = client();
        assertThat(kept.get("/").status()).isEqualTo(200);
        RawClient slow = client().send("GET / HTTP/1.1\r\nHost: p\r\nX: ");
        trickle(slow, "y");
        RawClient.Answer answer = slow.answer();
        assertThat(answer.status()).isEqualTo(408);
        assertThat(answer.values("Content-Type")).containsExactly("application/problem+json");
        assertThat(slow.rest()).isEmpty();
        assertThat(count(ListenerCounters.HEAD_TIMEOUT)).isEqualTo(1);
        assertThat(idle.get("/").status()).isEqualTo(200);
        assertThat(kept.get("/").status()).isEqualTo(200);
    }

    @Test
    void shouldEndHeadsThatTrickleBehindAnotherRequest() throws Exception {
        start(slowness(Duration.ofMillis(500), OFF));
        RawClient slow = client();
        assertThat(slow.get("/").status()).isEqualTo(200);
        slow.send("G");
        assertThat(slow.answer().status()).isEqualTo(408);
    }

    /** Keeps sending until there is something to read, or nobody takes it any more. */
    private static void trickle(RawClient client, String piece) {
        await().pollInterval(Duration.ofMillis(50)).until(() -> {
            try {
                if (client.in().available() == 0) {
                    client.send(piece);
                }
                return client.in().available() > 0;
            } catch (IOException closed) {
                return true;
            }
        });
    }

    @Test
    void shouldEndHttp2HeadsThatTrickle() throws Exception {
        start(slowness(Duration.ofMillis(500), OFF));
        try (RawHttp2Client slow = new RawHttp2Client(proxy.uri("public"))) {
            slow.ping();
            slow.frame(1, 0, 1, new byte[] {(byte) 0x82});
            await().pollInterval(Duration.ofMillis(50)).until(() -> {
                try {
                    slow.frame(9, 0, 1, new byte[0]);
                    return count(ListenerCounters.HEAD_TIMEOUT) > 0;
                } catch (IOException closed) {
                    return true;
                }
            });
            assertThatThrownBy(slow::awaitEnd).isInstanceOf(IOException.class);
        } catch (IOException closed) {
            // As it should be.
        }
        await().until(() -> open() == 0);
    }

    @Test
    void shouldLimitSizesAndCountsOfHeads() throws Exception {
        start(sizes(2000, 500, 1 << 20, 20));
        RawClient client = client();
        assertThat(client.get("/" + "t".repeat(499)).status()).isEqualTo(200);
        RawClient.Answer tooLong = client.get("/" + "t".repeat(500));
        assertThat(tooLong.status()).isEqualTo(414);
        assertThat(tooLong.text()).contains("urn:cobrowse-proxy:uri-too-long");
        assertThat(count(ListenerCounters.TARGET_BYTES)).isEqualTo(1);

        int left = 2000 - "Host: proxy\r\n".length() - "X: \r\n".length();
        assertThat(client.get("/", "X: " + "x".repeat(left)).status()).isEqualTo(200);
        RawClient.Answer tooLarge = client.get("/", "X: " + "x".repeat(left + 1));
        assertThat(tooLarge.status()).isEqualTo(431);
        assertThat(tooLarge.text()).contains("urn:cobrowse-proxy:request-header-too-large");
        assertThat(count(ListenerCounters.HEADER_BYTES)).isEqualTo(1);

        assertThat(client.get("/", fields(19)).status()).isEqualTo(200);
        assertThat(client.get("/", fields(20)).status()).isEqualTo(431);
        assertThat(count(ListenerCounters.HEADER_COUNT)).isEqualTo(1);
        try (RawHttp2Client http2 = new RawHttp2Client(proxy.uri("public"))) {
            assertThat(http2.get("/" + "t".repeat(499)).status()).isEqualTo(200);
            assertThat(http2.get("/" + "t".repeat(500)).status()).isEqualTo(414);
            assertThat(http2.get("/", "x", "x".repeat(2000)).status()).isEqualTo(431);
            assertThat(http2.get("/").status()).isEqualTo(200);
        }
    }

    private static String[] fields(int count) {
        String[] fields = new String[count];
        for (int i = 0; i < count; i++) {
            fields[i] = "X" + i + ": y";
        }
        return fields;
    }

    @Test
    void shouldLimitBodies() throws Exception {
        start(sizes(32 * 1024, 8 * 1024, 1000, 200));
        assertThat(post("Content-Length: 1000\r\n\r\n" + "b".repeat(1000)).status())
                .isEqualTo(200);
        RawClient.Answer tooLarge = post("Content-Length: 1001\r\n\r\n");
        assertThat(tooLarge.status()).isEqualTo(413);
        assertThat(tooLarge.text()).contains("urn:cobrowse-proxy:content-too-large");
        String chunked = "Transfer-Encoding: chunked\r\n\r\n";
        String chunk = "1f4\r\n" + "b".repeat(500) + "\r\n";
        assertThat(post(chunked + chunk + chunk + "0\r\n\r\n").status()).isEqualTo(200);
        assertThat(post(chunked + chunk + chunk + "1\r\nb\r\n0\r\n\r\n").status())
                .isEqualTo(413);
        assertThat(count(ListenerCounters.BODY_BYTES)).isEqualTo(2);
        try (RawHttp2Client http2 = new RawHttp2Client(proxy.uri("public"))) {
            assertThat(postOverHttp2(http2, 1000)).isEqualTo(200);
            assertThat(postOverHttp2(http2, 1001)).isEqualTo(413);
        }
    }

    private static int postOverHttp2(RawHttp2Client client, int bytes) throws IOException {
        int stream = client.begin("POST", "/", false);
        client.data(stream, true, "b".repeat(bytes));
        return client.answer(stream).status();
    }

    private RawClient.Answer post(String fieldsAndBody) throws IOException {
        return client().send("POST / HTTP/1.1\r\nHost: p\r\n" + fieldsAndBody).answer();
    }

    @Test
    void shouldEndBodiesThatTrickle() throws Exception {
        start(slowness(LONG, 1000));
        RawClient slow = client().send("POST / HTTP/1.1\r\nHost: p\r\nContent-Length: 1000000\r\n\r\n");
        await().atMost(Duration.ofSeconds(60))
                .pollInterval(Duration.ofMillis(100))
                .until(() -> {
                    if (slow.in().available() == 0) {
                        slow.send("b");
                    }
                    return slow.in().available() > 0;
                });
        assertThat(slow.answer().status()).isEqualTo(408);
        assertThat(count(ListenerCounters.BODY_RATE)).isEqualTo(1);
    }

    @Test
    void shouldEndBodiesOfHttp2ThatTrickleAndNoOthers() throws Exception {
        start(slowness(LONG, 1000));
        try (RawHttp2Client client = new RawHttp2Client(proxy.uri("public"))) {
            int slow = client.begin("POST", "/slow", false);
            int silent = client.begin("POST", "/silent", false);
            int fast = client.begin("POST", "/fast", false);
            await().atMost(Duration.ofSeconds(60))
                    .pollInterval(Duration.ofMillis(100))
                    .until(() -> {
                        client.data(slow, false, "b");
                        client.data(fast, false, "b".repeat(1_000));
                        return count(ListenerCounters.BODY_RATE) >= 2;
                    });
            assertThat(client.answer(slow).status()).isEqualTo(408);
            assertThat(client.answer(silent).status()).isEqualTo(408);
            client.data(fast, true, "b");
            assertThat(client.answer(fast).status()).isEqualTo(200);
        }
        assertThat(count(ListenerCounters.BODY_RATE)).isEqualTo(2);
    }

    @Test
    void shouldEndHttp2ConnectionsOfTooManyEvents() throws Exception {
        start(connections(100, OFF));
        try (RawHttp2Client client = new RawHttp2Client(proxy.uri("public"))) {
            for (int i = 0; i < 150; i++) {
                client.ping();
            }
            assertThatThrownBy(() -> {
                        while (true) {
                            for (int i = 0; i < 300; i++) {
                                client.frame(6, 0, 0, new byte[8]);
                            }
                            client.ping();
                        }
                    })
                    .isInstanceOf(IOException.class);
        }
        assertThat(count(ListenerCounters.HTTP2_EVENTS)).isPositive();
    }

    @Test
    void shouldRefuseStreamsThatAreTooMany() throws Exception {
        node.behave(RawNode.PARK);
        start(new Limits(100, OFF, OFF, LONG, OFF, 32 * 1024, 8 * 1024, 1 << 20, 200, 2, 200));
        try (RawHttp2Client client = new RawHttp2Client(proxy.uri("public"))) {
            int first = client.begin("GET", "/1", true);
            client.begin("GET", "/2", true);
            node.next();
            node.next();
            assertThat(client.answer(client.begin("GET", "/3", true)).isReset()).isTrue();
            client.reset(first);
            node.behave(RawNode.OK);
            assertThat(client.get("/4").status()).isEqualTo(200);
        }
    }

    @Test
    void shouldNeverUpgradeToHttp2() throws Exception {
        start(Limits.DEFAULTS);
        RawClient.Answer answer = client().get(
                        "/",
                        "Connection: Upgrade, HTTP2-Settings",
                        "Upgrade: h2c",
                        "HTTP2-Settings: AAMAAABkAARAAAAAAAIAAAAA");
        assertThat(answer.status()).isEqualTo(200);
        assertThat(node.next().head()).doesNotContain("h2c").doesNotContain("HTTP2-Settings");
    }
}
