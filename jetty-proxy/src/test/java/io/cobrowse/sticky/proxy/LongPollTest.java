package io.cobrowse.sticky.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.cobrowse.sticky.proxy.config.Limits;
import io.cobrowse.sticky.proxy.config.ProxyConfig.Address;
import io.cobrowse.sticky.proxy.config.ProxyConfig.Health;
import io.cobrowse.sticky.proxy.config.ProxyConfig.Listener;
import io.cobrowse.sticky.proxy.config.ProxyConfig.Timeouts;
import io.cobrowse.sticky.routing.Node;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Many polls that are parked far longer than {@code idle}, beside other requests. */
class LongPollTest {
    private static final int POLLS = 2_000;
    private static final int STREAMS = 100;
    private static final Duration IDLE = Duration.ofSeconds(3);
    private static final Duration PARKED = Duration.ofSeconds(4);
    private static final Duration SOON = Duration.ofMinutes(2);

    private final CountDownLatch release = new CountDownLatch(1);
    private final List<RawNode> nodes = new ArrayList<>();
    private final List<RawClient> clients = new ArrayList<>();
    private StickyProxyServer proxy;

    @BeforeEach
    void start() throws IOException {
        Timeouts defaults = Timeouts.DEFAULTS;
        StickyProxyServerBuilder builder = StickyProxyServer.builder()
                .listen(new Listener("public", new Address("127.0.0.1", 0), null, List.of(), List.of())
                        .withLimits(Limits.DEFAULTS.withConnectionsPerClient(0)))
                .admin("127.0.0.1", 0)
                // A machine that is busy with thousands of connections must not have the nodes seen down.
                .health(new Health("/cobrowse/health", Duration.ofMinutes(2), Duration.ofMinutes(1), 1, 3))
                .timeouts(new Timeouts(
                        Duration.ofSeconds(20), Duration.ofMinutes(5), IDLE, defaults.tunnelIdle(), defaults.drain()));
        for (int i = 1; i <= 3; i++) {
            RawNode node = new RawNode(exchange -> {
                if (exchange.line().contains("/connect")) {
                    release.await();
                }
                RawNode.OK.serve(exchange);
            });
            nodes.add(node);
            builder.node("" + i, "node-" + i, node.url());
        }
        proxy = builder.build().start();
    }

    @AfterEach
    void stop() throws IOException {
        release.countDown();
        for (RawClient client : clients) {
            client.close();
        }
        proxy.close();
        for (RawNode node : nodes) {
            node.close();
        }
    }

    private int active() {
        return proxy.router().table().nodes().stream()
                .mapToInt(Node::activeRequests)
                .sum();
    }

    private int parked() {
        return nodes.stream().mapToInt(RawNode::received).sum();
    }

    /** Sends requests while polls are parked; each must be answered, and all polls must stay. */
    private void serveOthersBeside(int polls) throws IOException, InterruptedException {
        long end = System.nanoTime() + PARKED.toNanos();
        try (RawClient other = new RawClient(proxy.uri("public"))) {
            while (System.nanoTime() - end < 0 && !release.await(10, TimeUnit.MILLISECONDS)) {
                assertThat(other.get("/x?co-browse-node-id=2").text()).isEqualTo("ok");
                assertThat(active()).isGreaterThanOrEqualTo(polls);
            }
        }
    }

    @Test
    void shouldParkThousandsOfPolls() throws Exception {
        for (int i = 0; i < POLLS; i++) {
            RawClient client = new RawClient(proxy.uri("public"));
            client.socket().setSoTimeout((int) SOON.toMillis());
            clients.add(client);
            client.send("POST /cobrowse/cometd/connect HTTP/1.1\r\nHost: p\r\nCookie: gcbSessionServer=node-"
                    + (i % 3 + 1) + "\r\nContent-Length: 2\r\n\r\n[]");
        }
        await().atMost(SOON).until(() -> parked() == POLLS);
        assertThat(proxy.inFlight()).isEqualTo(POLLS);
        serveOthersBeside(POLLS);
        release.countDown();
        for (RawClient client : clients) {
            assertThat(client.answer().text()).isEqualTo("ok");
        }
        await().atMost(SOON).until(() -> active() == 0 && proxy.inFlight() == 0);
    }

    @Test
    void shouldParkManyPollsOnOneHttp2Connection() throws Exception {
        try (RawHttp2Client client = new RawHttp2Client(proxy.uri("public"))) {
            int[] streams = new int[STREAMS];
            for (int i = 0; i < STREAMS; i++) {
                streams[i] = client.begin("POST", "/cobrowse/cometd/connect?co-browse-node-id=1", false);
                client.data(streams[i], true, "[]");
            }
            await().atMost(SOON).until(() -> parked() == STREAMS);
            serveOthersBeside(STREAMS);
            release.countDown();
            for (int stream : streams) {
                RawHttp2Client.Answer answer = client.answer(stream);
                assertThat(answer.isReset()).isFalse();
                assertThat(answer.text()).isEqualTo("ok");
            }
            assertThat(client.get("/after").text()).isEqualTo("ok");
        }
        await().atMost(SOON).until(() -> active() == 0 && proxy.inFlight() == 0);
    }

    @Test
    void shouldCloseHttp2ConnectionThatAsksForNothing() throws Exception {
        try (RawHttp2Client client = new RawHttp2Client(proxy.uri("public"))) {
            assertThat(client.get("/x").text()).isEqualTo("ok");
            client.awaitEnd();
            assertThat(proxy.inFlight()).isZero();
        }
    }

    @Test
    void shouldKeepConnectionForTheNextPoll() throws Exception {
        try (RawClient client = new RawClient(proxy.uri("public"))) {
            client.send("GET /connect HTTP/1.1\r\nHost: p\r\n\r\n");
            await().during(IDLE.multipliedBy(2)).atMost(SOON).until(() -> active() == 1);
            release.countDown();
            assertThat(client.answer().text()).isEqualTo("ok");
            assertThat(client.get("/connect").text()).isEqualTo("ok");
        }
    }
}
