package io.cobrowse.sticky.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.cobrowse.sticky.proxy.config.ProxyConfig.Health;
import io.cobrowse.sticky.proxy.config.ProxyConfig.Limit;
import io.cobrowse.sticky.proxy.config.ProxyConfig.NodeConfig;
import io.cobrowse.sticky.proxy.config.ProxyConfig.Timeouts;
import io.cobrowse.sticky.routing.NodeState;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Nodes with a limit (max-active). */
class LimitTest {
    private static final Duration LONG = Duration.ofMinutes(5);
    private static final Health RARE = new Health("/cobrowse/health", Duration.ofHours(1), LONG, 2, 3);
    private static final String STICKY = "Cookie: gcbSessionServer=node-1\r\n";
    private static final String UPGRADE = "GET /ws HTTP/1.1\r\nHost: p\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
            + STICKY + "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n";

    private final List<RawClient> clients = new ArrayList<>();
    private final CountDownLatch go = new CountDownLatch(1);
    private final RawNode.Behaviour gated = exchange -> {
        go.await();
        RawNode.OK.serve(exchange);
    };
    private RawNode one;
    private RawNode two;
    private StickyProxyServer proxy;

    @BeforeEach
    void start() throws IOException {
        one = new RawNode(gated);
        two = new RawNode(gated);
    }

    private void start(Limit first, Limit second) throws IOException {
        Timeouts defaults = Timeouts.DEFAULTS;
        proxy = StickyProxyServer.builder()
                .listen("127.0.0.1", 0)
                .admin("127.0.0.1", 0)
                .health(RARE)
                .timeouts(new Timeouts(defaults.connect(), LONG, defaults.idle(), defaults.tunnelIdle(), Duration.ZERO))
                .node(new NodeConfig("1", List.of("node-1"), URI.create(one.url()), 1, false, first))
                .node(new NodeConfig("2", List.of("node-2"), URI.create(two.url()), 1, false, second))
                .build()
                .start();
    }

    @AfterEach
    void stop() throws IOException {
        go.countDown();
        for (RawClient client : clients) {
            client.close();
        }
        await().until(() -> proxy.inFlight() == 0);
        assertThat(proxy.router().table().nodes()).allMatch(node -> node.activeRequests() == 0);
        proxy.close();
        one.close();
        two.close();
    }

    private RawClient send(String path, String fields) throws IOException {
        RawClient client = new RawClient(proxy.uri("public"));
        clients.add(client);
        return client.send("GET " + path + " HTTP/1.1\r\nHost: p\r\n" + fields + "\r\n");
    }

    private void awaitWaiting(int count) {
        await().until(() -> shown().get("waitingRequests").asInt() == count);
    }

    private JsonNode shown() throws IOException {
        try (RawClient admin = RawClient.ofAdmin(proxy.adminUri())) {
            return new ObjectMapper().readTree(admin.get("/api/nodes").body()).get(0);
        }
    }

    @Test
    void shouldHaveStickyRequestsWaitForTheirNodeInTurn() throws Exception {
        start(new Limit(1, 10, LONG), null);
        List<RawClient> sent = new ArrayList<>();
        sent.add(send("/0", STICKY));
        assertThat(one.next().line()).startsWith("GET /0");
        for (int i = 1; i < 5; i++) {
            sent.add(send("/" + i, STICKY));
            awaitWaiting(i);
        }
        assertThat(one.received()).isZero();
        assertThat(shown().get("maxActive").asInt()).isEqualTo(1);
        assertThat(shown().get("activeRequests").asInt()).isEqualTo(5);
        go.countDown();
        for (RawClient client : sent) {
            assertThat(client.answer().text()).isEqualTo("ok");
        }
        assertThat(one.lines())
                .containsExactly("GET /1 HTTP/1.1", "GET /2 HTTP/1.1", "GET /3 HTTP/1.1", "GET /4 HTTP/1.1");
        assertThat(two.received()).isZero();
        awaitWaiting(0);
    }

    @Test
    void shouldAnswerWhatExceedsTheQueue() throws Exception {
        start(new Limit(1, 1, LONG), null);
        send("/", STICKY);
        one.next();
        send("/", STICKY);
        awaitWaiting(1);
        RawClient.Answer answer = send("/", STICKY).answer();
        assertThat(answer.status()).isEqualTo(503);
        assertThat(answer.text()).contains("urn:cobrowse-proxy:node-busy").contains("\"node\":\"1\"");
        assertThat(answer.values("Retry-After")).hasSize(1);
        assertThat(answer.values("Set-Cookie")).isEmpty();
    }

    @Test
    void shouldAnswerWhatHasWaitedForTooLong() throws Exception {
        start(new Limit(1, 5, Duration.ofMillis(200)), null);
        send("/", STICKY);
        one.next();
        RawClient.Answer answer = send("/", STICKY).answer();
        assertThat(answer.status()).isEqualTo(503);
        assertThat(answer.text()).contains("urn:cobrowse-proxy:node-busy");
        awaitWaiting(0);
    }

    @Test
    void shouldBalanceAwayFromAFullNodeAndWaitOnlyWhereAllAreFull() throws Exception {
        start(new Limit(1, 0, LONG), new Limit(3, 0, LONG));
        for (int i = 0; i < 4; i++) {
            send("/", "");
        }
        one.next();
        for (int i = 0; i < 3; i++) {
            two.next();
        }
        RawClient.Answer answer = send("/", "").answer();
        assertThat(answer.status()).isEqualTo(503);
        assertThat(answer.text()).contains("urn:cobrowse-proxy:no-node-available");
    }

    @Test
    void shouldCountAParkedPollAndGiveItsPlaceOnWhenItsClientGoes() throws Exception {
        start(new Limit(1, 5, LONG), null);
        RawClient poll = send("/cobrowse/cometd/connect", STICKY);
        one.next();
        RawClient impatient = send("/impatient", STICKY);
        awaitWaiting(1);
        RawClient patient = send("/patient", STICKY);
        awaitWaiting(2);
        impatient.close();
        awaitWaiting(1);
        poll.close();
        assertThat(one.next().line()).startsWith("GET /patient");
        go.countDown();
        assertThat(patient.answer().status()).isEqualTo(200);
    }

    @Test
    void shouldCountATunnelUntilItIsClosed() throws Exception {
        one.behave(exchange -> {
            exchange.send("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                    + "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n");
            exchange.in().readAllBytes();
            exchange.socket().close();
        });
        start(new Limit(1, 5, LONG), null);
        RawClient tunnel = new RawClient(proxy.uri("public")).send(UPGRADE);
        clients.add(tunnel);
        assertThat(tunnel.head().status()).isEqualTo(101);
        one.next();
        one.behave(RawNode.OK);
        RawClient next = send("/", STICKY);
        awaitWaiting(1);
        tunnel.close();
        assertThat(next.answer().status()).isEqualTo(200);
    }

    @Test
    void shouldAnswerWhoWaitsForANodeThatGoesOutOfService() throws Exception {
        start(new Limit(1, 5, LONG), null);
        RawClient served = send("/", STICKY);
        one.next();
        RawClient waiting = send("/", STICKY);
        awaitWaiting(1);
        proxy.states().setAdmin("1", NodeState.MAINT);
        assertThat(waiting.answer().text()).contains("urn:cobrowse-proxy:node-down");
        go.countDown();
        assertThat(served.answer().status()).isEqualTo(200);
    }

    @Test
    void shouldLetWaitingRequestsInWhenAReloadRaisesOrLiftsTheLimit() throws Exception {
        start(new Limit(1, 5, LONG), null);
        List<RawClient> sent = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            sent.add(send("/", STICKY));
        }
        awaitWaiting(3);
        proxy.reload(proxy.config()
                .withNodes(List.of(new NodeConfig(
                        "1", List.of("node-1"), URI.create(one.url()), 1, false, new Limit(2, 5, LONG)))));
        awaitWaiting(2);
        proxy.reload(proxy.config()
                .withNodes(List.of(new NodeConfig("1", List.of("node-1"), URI.create(one.url()), 1, false))));
        for (int i = 0; i < 4; i++) {
            one.next();
        }
        go.countDown();
        for (RawClient client : sent) {
            assertThat(client.answer().status()).isEqualTo(200);
        }
    }
}
