package io.cobrowse.sticky.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.cobrowse.sticky.proxy.config.ProxyConfig.Timeouts;
import io.cobrowse.sticky.proxy.config.ProxyConfig.Tunnels;
import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** During a stop, requests in progress may finish within the drain time, and no new ones are admitted. */
class GracefulStopTest {
    private static final int REQUESTS = 100;
    private static final int TUNNELS = 20;
    private static final int TUNNELS_PER_SECOND = 20;
    private static final Duration SOON = Duration.ofSeconds(30);

    private final CountDownLatch release = new CountDownLatch(1);
    private final List<RawClient> clients = new ArrayList<>();
    private RawNode node;
    private StickyProxyServer proxy;
    private CompletableFuture<Void> stopped;

    private void start(Duration drain) throws IOException {
        node = new RawNode(exchange -> {
            if (exchange.line().contains("/ws")) {
                exchange.send("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                        + "Sec-WebSocket-Accept: "
                        + WebSocketKeys.accept(
                                exchange.values("Sec-WebSocket-Key").get(0))
                        + "\r\n\r\n");
                exchange.in().transferTo(exchange.out());
                exchange.socket().close();
                return;
            }
            if (exchange.line().contains("/parked")) {
                release.await();
            }
            RawNode.OK.serve(exchange);
        });
        Timeouts defaults = Timeouts.DEFAULTS;
        proxy = StickyProxyServer.builder()
                .listen("127.0.0.1", 0)
                .admin("127.0.0.1", 0)
                .timeouts(new Timeouts(
                        defaults.connect(), defaults.response(), defaults.idle(), defaults.tunnelIdle(), drain))
                .tunnels(new Tunnels(TUNNELS_PER_SECOND))
                .node("1", "node-1", node.url())
                .build()
                .start();
    }

    @AfterEach
    void close() throws IOException {
        release.countDown();
        for (RawClient client : clients) {
            client.close();
        }
        proxy.close();
        node.close();
    }

    private RawClient client() throws IOException {
        RawClient client = new RawClient(proxy.uri("public"));
        clients.add(client);
        return client;
    }

    private void park(int count) throws IOException {
        for (int i = 0; i < count; i++) {
            client().send("GET /parked HTTP/1.1\r\nHost: p\r\n\r\n");
        }
        await().atMost(SOON).until(() -> node.received() == count);
    }

    /** Begins to stop; returns when the listener is closed. */
    private void beginToStop() {
        URI uri = proxy.uri("public");
        stopped = CompletableFuture.runAsync(proxy::stop);
        await().atMost(SOON).until(() -> {
            try (RawClient late = new RawClient(uri)) {
                return false;
            } catch (ConnectException refused) {
                return true;
            }
        });
    }

    private void openTunnels(int count) throws IOException {
        for (int i = 0; i < count; i++) {
            RawClient client = client();
            client.send("GET /ws HTTP/1.1\r\nHost: p\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
                    + "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n");
            assertThat(client.head().status()).isEqualTo(101);
        }
        await().atMost(SOON).until(() -> proxy.tunnels().count() == count);
    }

    @Test
    void shouldTellClientsOfHttp2ToGoAwayAndAnswerWhatIsUnderWay() throws Exception {
        start(SOON);
        try (RawHttp2Client http2 = new RawHttp2Client(proxy.uri("public"))) {
            int stream = http2.begin("GET", "/parked", true);
            await().atMost(SOON).until(() -> node.received() == 1);
            beginToStop();
            http2.awaitGoAway();
            release.countDown();
            assertThat(http2.answer(stream).status()).isEqualTo(200);
        }
        stopped.get(30, TimeUnit.SECONDS);
    }

    @Test
    void shouldCloseTunnelsAtAPaceWhileStopping() throws Exception {
        start(SOON);
        openTunnels(TUNNELS);
        long begin = System.nanoTime();
        beginToStop();
        for (RawClient each : clients) {
            each.in().readAllBytes();
        }
        assertThat(Duration.ofNanos(System.nanoTime() - begin))
                .isBetween(Duration.ofMillis(800), Duration.ofSeconds(15));
        stopped.get(30, TimeUnit.SECONDS);
    }

    @Test
    void shouldCloseAllTunnelsWithinTheDrainTimeWhereThePaceIsTooSlow() throws Exception {
        start(Duration.ofSeconds(1));
        openTunnels(5 * TUNNELS);
        beginToStop();
        stopped.get(15, TimeUnit.SECONDS);
        for (RawClient each : clients) {
            assertThat(each.ended()).isTrue();
        }
    }

    @Test
    void shouldFinishWhatIsInFlight() throws Exception {
        start(Duration.ofSeconds(60));
        park(REQUESTS);
        beginToStop();
        assertThat(proxy.inFlight()).isEqualTo(REQUESTS);
        assertThat(stopped).isNotDone();
        release.countDown();
        for (RawClient client : clients) {
            assertThat(client.answer().text()).isEqualTo("ok");
        }
        stopped.get(30, TimeUnit.SECONDS);
        assertThat(proxy.inFlight()).isZero();
    }

    @Test
    void shouldRefuseNewRequestsOnOpenConnections() throws Exception {
        start(Duration.ofSeconds(60));
        RawClient kept = client();
        assertThat(kept.get("/").text()).isEqualTo("ok");
        node.next();
        try (RawHttp2Client http2 = new RawHttp2Client(proxy.uri("public"))) {
            assertThat(http2.get("/").text()).isEqualTo("ok");
            node.next();
            park(1);
            beginToStop();
            RawClient.Answer answer = kept.get("/");
            assertThat(answer.status()).isEqualTo(503);
            assertThat(answer.values("Connection")).containsExactly("close");
            assertThat(answer.values("Content-Type")).containsExactly("application/problem+json");
            assertThat(answer.text()).contains("\"urn:cobrowse-proxy:stopping\"");
            assertThat(kept.ended()).isTrue();
            http2.awaitGoAway();
            assertThat(stopped).isNotDone();
        }
        release.countDown();
        stopped.get(30, TimeUnit.SECONDS);
        assertThat(node.received()).isEqualTo(1);
    }

    @Test
    void shouldCutWhatIsLeftAtTheDeadline() throws Exception {
        start(Duration.ofMillis(300));
        node.behave(RawNode.PARK);
        park(REQUESTS);
        beginToStop();
        stopped.get(30, TimeUnit.SECONDS);
        for (RawClient client : clients) {
            assertThat(client.rest()).isEmpty();
        }
        await().atMost(SOON).until(() -> node.open() == 0);
    }

    @Test
    void shouldStopAtOnceWhenNothingIsInFlight() throws Exception {
        start(Duration.ofSeconds(60));
        RawClient kept = client();
        assertThat(kept.get("/").text()).isEqualTo("ok");
        beginToStop();
        stopped.get(30, TimeUnit.SECONDS);
        assertThat(kept.ended()).isTrue();
        await().until(() -> node.open() == 0);
    }

    @Test
    void shouldSayThatItIsNotReadyWhileStopping() throws Exception {
        start(Duration.ofSeconds(60));
        park(1);
        URI admin = proxy.adminUri();
        beginToStop();
        try (RawClient probe = RawClient.ofAdmin(admin)) {
            assertThat(probe.get("/readyz").status()).isEqualTo(503);
            assertThat(probe.get("/livez").status()).isEqualTo(200);
        }
        release.countDown();
        stopped.get(30, TimeUnit.SECONDS);
        assertThatThrownBy(() -> new RawClient(admin)).isInstanceOf(ConnectException.class);
    }

    @Test
    void shouldStopTwice() throws Exception {
        start(Duration.ofSeconds(60));
        proxy.stop();
        proxy.stop();
        assertThat(proxy.inFlight()).isZero();
    }
}
