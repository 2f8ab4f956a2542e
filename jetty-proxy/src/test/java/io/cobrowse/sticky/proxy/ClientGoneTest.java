package io.cobrowse.sticky.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.cobrowse.sticky.proxy.config.ProxyConfig.Timeouts;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** R22: when a client goes away, its exchange with the node ends. Also covers clients that stop sending or reading. */
class ClientGoneTest {
    /** R22 allows a second; the rest is for busy machines. All time-outs that could end the exchange are longer. */
    private static final Duration SOON = Duration.ofSeconds(5);

    private static final String POLL =
            "POST /cobrowse/cometd/connect HTTP/1.1\r\nHost: p\r\nContent-Length: 2\r\n\r\n[]";
    /** More than the buffers of all sockets on the way can hold. */
    private static final long MUCH = 256L * 1024 * 1024;

    private static final long BUFFERED = 64L * 1024 * 1024;

    private enum Departure {
        END,
        RESET;

        void of(RawClient client) throws IOException {
            if (this == END) {
                client.close();
            } else {
                client.reset();
            }
        }
    }

    private RawNode node;
    private StickyProxyServer proxy;
    private RawClient client;

    @BeforeEach
    void start() throws IOException {
        node = new RawNode(RawNode.PARK);
        startProxy(Timeouts.DEFAULTS.response(), Timeouts.DEFAULTS.idle());
    }

    private void startProxy(Duration response, Duration idle) throws IOException {
        Timeouts defaults = Timeouts.DEFAULTS;
        proxy = StickyProxyServer.builder()
                .listen("127.0.0.1", 0)
                .admin("127.0.0.1", 0)
                .timeouts(new Timeouts(defaults.connect(), response, idle, defaults.tunnelIdle(), defaults.drain()))
                .node("1", "node-1", node.url())
                .build()
                .start();
        client = new RawClient(proxy.uri("public"));
    }

    private void restartProxy(Duration response, Duration idle) throws IOException {
        client.close();
        proxy.close();
        startProxy(response, idle);
    }

    @AfterEach
    void stop() throws IOException {
        client.close();
        proxy.close();
        node.close();
    }

    private void awaitNothingLeft() {
        await().atMost(SOON).until(() -> node.open() == 0);
        await().atMost(SOON).until(() -> proxy.inFlight() == 0);
        assertThat(proxy.router().table().nodes().get(0).activeRequests()).isZero();
        await().atMost(SOON)
                .until(() -> proxy.connections(proxy.router().table().nodes().get(0)) == 0);
    }

    @ParameterizedTest
    @EnumSource
    void shouldEndParkedPoll(Departure departure) throws Exception {
        client.send(POLL);
        node.next();
        departure.of(client);
        awaitNothingLeft();
    }

    @ParameterizedTest
    @EnumSource
    void shouldEndParkedPollWithMoreBehindIt(Departure departure) throws Exception {
        client.send(POLL + POLL + "GET /");
        node.next();
        departure.of(client);
        awaitNothingLeft();
    }

    @ParameterizedTest
    @EnumSource
    void shouldEndParkedPollWithMoreComingLater(Departure departure) throws Exception {
        client.send(POLL);
        node.next();
        for (int i = 0; i < 100; i++) {
            client.send(POLL);
        }
        departure.of(client);
        awaitNothingLeft();
    }

    /** More than is read ahead: the proxy would not notice the end, and therefore does not wait for it. */
    @ParameterizedTest
    @EnumSource
    void shouldEndParkedPollWithTooMuchBehindIt(Departure departure) throws Exception {
        client.send(POLL);
        node.next();
        client.send("GET /" + "x".repeat(20_000));
        departure.of(client);
        awaitNothingLeft();
    }

    @ParameterizedTest
    @EnumSource
    void shouldEndStalledUploads(Departure departure) throws Exception {
        node.withoutReadingBodies();
        List<RawClient> clients = new ArrayList<>();
        for (int i = 0; i < 50; i++) {
            RawClient stalled = new RawClient(proxy.uri("public"));
            clients.add(stalled);
            stalled.send(
                    "POST /upload HTTP/1.1\r\nHost: p\r\nContent-Length: 1000000\r\n\r\n" + "x".repeat(10_000 + i));
            node.next();
        }
        for (RawClient each : clients) {
            departure.of(each);
        }
        awaitNothingLeft();
    }

    @ParameterizedTest
    @EnumSource
    void shouldEndUpload(Departure departure) throws Exception {
        node.withoutReadingBodies();
        client.send("POST /upload HTTP/1.1\r\nHost: p\r\nContent-Length: 1000\r\n\r\nbegin");
        node.next();
        departure.of(client);
        awaitNothingLeft();
    }

    @ParameterizedTest
    @EnumSource
    void shouldEndResponseThatPauses(Departure departure) throws Exception {
        node.behave(exchange -> {
            exchange.send("HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\nbegin");
            RawNode.PARK.serve(exchange);
        });
        client.send(POLL);
        assertThat(client.head().status()).isEqualTo(200);
        departure.of(client);
        awaitNothingLeft();
    }

    @ParameterizedTest
    @EnumSource
    void shouldEndResponseThatFlows(Departure departure) throws Exception {
        node.behave(new Flood(MUCH));
        client.send(POLL);
        assertThat(client.head().status()).isEqualTo(200);
        departure.of(client);
        awaitNothingLeft();
    }

    @Test
    void shouldTakeHalfClosedClientForGone() throws Exception {
        client.send(POLL);
        node.next();
        client.socket().shutdownOutput();
        client.rest();
        awaitNothingLeft();
    }

    @Test
    void shouldEndStreamThatIsReset() throws Exception {
        try (RawHttp2Client http2 = new RawHttp2Client(proxy.uri("public"))) {
            int poll = http2.begin("POST", "/cobrowse/cometd/connect", true);
            int upload = http2.begin("POST", "/upload", false);
            int other = http2.begin("GET", "/other", true);
            http2.data(upload, false, "begin");
            node.next();
            node.next();
            http2.reset(poll);
            http2.reset(upload);
            await().atMost(SOON).until(() -> node.open() == 1 && proxy.inFlight() == 1);
            http2.reset(other);
            awaitNothingLeft();
            http2.ping();
        }
    }

    @ParameterizedTest
    @EnumSource
    void shouldEndAllStreamsOfAConnection(Departure departure) throws Exception {
        try (RawHttp2Client http2 = new RawHttp2Client(proxy.uri("public"))) {
            for (int i = 0; i < 10; i++) {
                http2.begin("GET", "/cobrowse/cometd/connect", true);
            }
            for (int i = 0; i < 10; i++) {
                node.next();
            }
            http2.socket().setSoLinger(departure == Departure.RESET, 0);
        }
        awaitNothingLeft();
    }

    @Test
    void shouldNotWarnOfClientsThatGo() throws Exception {
        try (Warnings warnings = new Warnings();
                RawHttp2Client http2 = new RawHttp2Client(proxy.uri("public"))) {
            client.send(POLL);
            int stream = http2.begin("GET", "/cobrowse/cometd/connect", true);
            node.next();
            node.next();
            client.reset();
            http2.reset(stream);
            awaitNothingLeft();
            assertThat(warnings.messages()).isEmpty();
        }
    }

    @Test
    void shouldNotTouchTheNextExchangeOnTheNodesConnection() throws Exception {
        CountDownLatch answer = new CountDownLatch(1);
        node.behave(exchange -> {
            if (exchange.line().contains("/parked")) {
                answer.await();
            }
            RawNode.OK.serve(exchange);
        });
        // Connections of clients go to one event loop after the other: the next one is to share the client's.
        List<RawClient> others = new ArrayList<>();
        for (int i = 1; i < Runtime.getRuntime().availableProcessors(); i++) {
            others.add(new RawClient(proxy.uri("public")));
        }
        try (RawHttp2Client stuck = new RawHttp2Client(proxy.uri("public"), 0)) {
            // The node is done with it, but the client takes no byte of the body.
            int stream = stuck.begin("GET", "/stuck", true);
            stuck.head(stream);
            client.send("GET /parked HTTP/1.1\r\nHost: p\r\n\r\n");
            assertThat(node.next().line()).contains("/stuck");
            assertThat(node.next().line()).contains("/parked");
            assertThat(node.connections()).isEqualTo(1);
            stuck.reset(stream);
            await().atMost(SOON).until(() -> proxy.inFlight() == 1);
        }
        answer.countDown();
        assertThat(client.answer().text()).isEqualTo("ok");
        for (RawClient other : others) {
            other.close();
        }
    }

    @Test
    void shouldEndRequestWhoseBodyStops() throws Exception {
        restartProxy(Duration.ofSeconds(60), Duration.ofMillis(300));
        node.withoutReadingBodies();
        client.send("POST /upload HTTP/1.1\r\nHost: p\r\nContent-Length: 1000\r\n\r\nbegin");
        RawClient.Answer answer = client.answer();
        assertThat(answer.status()).isEqualTo(408);
        assertThat(answer.text()).contains("urn:cobrowse-proxy:request-timeout");
        assertThat(client.ended()).isTrue();
        awaitNothingLeft();
    }

    @Test
    void shouldEndStreamWhoseBodyStops() throws Exception {
        restartProxy(Duration.ofSeconds(60), Duration.ofMillis(300));
        node.withoutReadingBodies();
        try (RawHttp2Client http2 = new RawHttp2Client(proxy.uri("public"))) {
            int stream = http2.begin("POST", "/upload", false);
            http2.data(stream, false, "begin");
            RawHttp2Client.Answer answer = http2.answer(stream);
            assertThat(answer.status()).isEqualTo(408);
            assertThat(answer.text()).contains("urn:cobrowse-proxy:request-timeout");
            awaitNothingLeft();
        }
    }

    @Test
    void shouldEndStreamThatIsNotRead() throws Exception {
        restartProxy(Duration.ofSeconds(60), Duration.ofMillis(300));
        Flood flood = new Flood(MUCH);
        node.behave(flood);
        try (RawHttp2Client http2 = new RawHttp2Client(proxy.uri("public"), 10_000)) {
            int stream = http2.begin("GET", "/much", true);
            assertThat(http2.answer(stream).isReset()).isTrue();
            awaitNothingLeft();
            assertThat(flood.sent.get()).isLessThan(BUFFERED);
        }
    }

    @Test
    void shouldEndStreamThatIsResetAfterALongTime() throws Exception {
        restartProxy(Duration.ofSeconds(60), Duration.ofMillis(300));
        try (RawHttp2Client http2 = new RawHttp2Client(proxy.uri("public"))) {
            int stream = http2.begin("POST", "/cobrowse/cometd/connect", true);
            node.next();
            await().during(Duration.ofSeconds(1)).until(() -> proxy.inFlight() == 1);
            http2.reset(stream);
            awaitNothingLeft();
        }
    }

    @Test
    void shouldCloseConnectionThatAsksForNothing() throws Exception {
        restartProxy(Duration.ofSeconds(60), Duration.ofMillis(300));
        assertThat(client.ended()).isTrue();
    }

    @Test
    void shouldNotReadForAClientThatDoesNot() throws Exception {
        restartProxy(Duration.ofSeconds(60), Duration.ofSeconds(1));
        Flood flood = new Flood(MUCH);
        node.behave(flood);
        client.send("GET /much HTTP/1.1\r\nHost: p\r\n\r\n");
        node.next();
        awaitNothingLeft();
        assertThat(flood.sent.get()).isLessThan(BUFFERED);
    }

    @Test
    void shouldNotCountTheClientsPauseAsTheNodes() throws Exception {
        restartProxy(Duration.ofMillis(300), Duration.ofSeconds(60));
        Flood flood = new Flood(MUCH);
        node.behave(flood);
        client.send("GET /much HTTP/1.1\r\nHost: p\r\n\r\n");
        node.next();
        await().during(Duration.ofSeconds(1)).until(() -> proxy.inFlight() == 1);
        assertThat(client.head().status()).isEqualTo(200);
        byte[] buffer = new byte[1 << 16];
        long received = 0;
        while (received < MUCH) {
            int read = client.in().read(buffer);
            assertThat(read).as("read behind %s bytes", received).isPositive();
            received += read;
        }
        assertThat(received).isEqualTo(MUCH);
    }

    /** Answers with a long body, and counts how much of it has been taken. */
    private static final class Flood implements RawNode.Behaviour {
        private final long length;
        private final AtomicLong sent = new AtomicLong();

        private Flood(long length) {
            this.length = length;
        }

        @Override
        public void serve(RawNode.Exchange exchange) throws IOException {
            exchange.send("HTTP/1.1 200 OK\r\nContent-Length: " + length + "\r\n\r\n");
            byte[] block = new byte[1 << 16];
            while (sent.get() < length) {
                exchange.out().write(block);
                sent.addAndGet(block.length);
            }
        }
    }
}
