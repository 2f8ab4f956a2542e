package io.cobrowse.sticky.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.cobrowse.sticky.proxy.config.ProxyConfig.Timeouts;
import io.cobrowse.sticky.routing.Node;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Tunnels over HTTP/1.1, in raw bytes on both sides. */
class TunnelTest {
    private static final String SWITCH =
            "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                    + "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\nSec-WebSocket-Protocol: chat\r\n"
                    + "Set-Cookie: gcbSessionServer=node-1\r\n\r\n";
    private static final String ASK = "GET /ws?x=1 HTTP/1.1\r\nHost: p\r\nConnection: keep-alive, Upgrade\r\n"
            + "Upgrade: websocket\r\nOrigin: http://o\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
            + "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Extensions: permessage-deflate\r\n\r\n";

    /** Switches protocols and then echoes everything until its end. */
    private static final RawNode.Behaviour ECHO = exchange -> {
        exchange.send(SWITCH);
        exchange.in().transferTo(exchange.out());
        exchange.socket().close();
    };

    private RawNode node;
    private StickyProxyServer proxy;
    private RawClient client;

    @BeforeEach
    void start() throws IOException {
        node = new RawNode(ECHO);
        startProxy(Timeouts.DEFAULTS);
    }

    private void startProxy(Timeouts timeouts) throws IOException {
        proxy = StickyProxyServer.builder()
                .listen("127.0.0.1", 0)
                .admin("127.0.0.1", 0)
                .timeouts(timeouts)
                .node("1", "node-1", node.url())
                .build()
                .start();
        client = new RawClient(proxy.uri("public"));
    }

    private void restartProxy(Timeouts timeouts) throws IOException {
        proxy.close();
        client.close();
        startProxy(timeouts);
    }

    @AfterEach
    void stop() throws IOException {
        client.close();
        proxy.close();
        node.close();
    }

    private int tunnels() {
        return proxy.router().table().nodes().get(0).activeTunnels();
    }

    private int requests() {
        return proxy.router().table().nodes().get(0).activeRequests();
    }

    private void open(RawClient each) throws IOException {
        each.send(ASK);
        assertThat(each.head().status()).isEqualTo(101);
    }

    @Test
    void shouldPassTheHandshakeFaithfully() throws Exception {
        client.send(ASK);
        RawClient.Answer answer = client.head();
        assertThat(answer.head().lines().skip(1).filter(line -> !line.isEmpty()))
                .containsExactlyInAnyOrder(
                        "Upgrade: websocket",
                        "Connection: Upgrade",
                        "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=",
                        "Sec-WebSocket-Protocol: chat",
                        "Set-Cookie: gcbSessionServer=node-1");
        RawNode.Exchange seen = node.next();
        assertThat(seen.line()).isEqualTo("GET /ws?x=1 HTTP/1.1");
        assertThat(seen.values("Connection")).containsExactly("Upgrade");
        assertThat(seen.values("Upgrade")).containsExactly("websocket");
        assertThat(seen.values("Origin")).containsExactly("http://o");
        assertThat(seen.values("Sec-WebSocket-Key")).containsExactly("dGhlIHNhbXBsZSBub25jZQ==");
        assertThat(seen.values("Sec-WebSocket-Extensions")).containsExactly("permessage-deflate");
    }

    @Test
    void shouldRelayBothWaysAndCount() throws Exception {
        open(client);
        for (int i = 0; i < 1000; i++) {
            String text = "message " + i;
            client.send(text);
            assertThat(new String(client.in().readNBytes(text.length()), StandardCharsets.US_ASCII))
                    .isEqualTo(text);
        }
        assertThat(tunnels()).isEqualTo(1);
        await().until(() -> requests() == 0);
        client.close();
        await().until(() -> tunnels() == 0 && node.open() == 0);
    }

    @Test
    void shouldNotLoseWhatTheClientSendsBehindTheHandshake() throws Exception {
        String early = "x".repeat(20_000);
        client.send(ASK + early);
        assertThat(client.head().status()).isEqualTo(101);
        assertThat(client.in().readNBytes(early.length())).hasSize(early.length());
    }

    @Test
    void shouldNotLoseWhatTheNodeSendsBehindTheHandshake() throws Exception {
        node.behave(exchange -> {
            exchange.send(SWITCH + "early bird");
            exchange.in().read();
        });
        open(client);
        assertThat(client.in().readNBytes(10)).asString().isEqualTo("early bird");
    }

    @Test
    void shouldPassARefusedUpgradeAsAnOrdinaryResponse() throws Exception {
        node.behave(exchange -> exchange.send("HTTP/1.1 403 No\r\nContent-Length: 2\r\nX: y\r\n\r\nno"));
        client.send(ASK);
        RawClient.Answer answer = client.answer();
        assertThat(answer.status()).isEqualTo(403);
        assertThat(answer.text()).isEqualTo("no");
        node.behave(RawNode.OK);
        assertThat(client.get("/after").text()).isEqualTo("ok");
        assertThat(tunnels()).isZero();
    }

    @Test
    void shouldWaitForTheWholeOfTheNodesHandshake() throws Exception {
        CountDownLatch begun = new CountDownLatch(1);
        node.behave(exchange -> {
            exchange.send(SWITCH.substring(0, 60));
            begun.await();
            exchange.send(SWITCH.substring(60) + "x");
            exchange.in().read();
        });
        client.send(ASK);
        client.socket().setSoTimeout(300);
        assertThatThrownBy(() -> client.in().read()).isInstanceOf(SocketTimeoutException.class);
        begun.countDown();
        client.socket().setSoTimeout(15_000);
        assertThat(client.head().values("Set-Cookie")).containsExactly("gcbSessionServer=node-1");
        assertThat(client.in().read()).isEqualTo('x');
    }

    @Test
    void shouldRefuseAHandshakeThatIsTooLarge() throws Exception {
        client.send(ASK.replace("Origin: http://o", "Origin: http://" + "o".repeat(40_000)));
        assertThat(client.answer().status()).isEqualTo(431);
        assertThat(node.received()).isZero();
    }

    @Test
    void shouldAnswer502WhereTheNodesHandshakeIsTooLarge() throws Exception {
        node.behave(exchange -> exchange.send(SWITCH.replace("chat", "chat" + "t".repeat(40_000))));
        client.send(ASK);
        assertThat(client.answer().status()).isEqualTo(502);
        await().until(() -> tunnels() == 0 && requests() == 0);
    }

    @Test
    void shouldAnswer504WhereTheNodeDoesNotAnswerTheHandshakeInTime() throws Exception {
        Timeouts defaults = Timeouts.DEFAULTS;
        restartProxy(new Timeouts(
                defaults.connect(), Duration.ofMillis(300), defaults.idle(), defaults.tunnelIdle(), defaults.drain()));
        node.behave(RawNode.PARK);
        client.send(ASK);
        assertThat(client.answer().status()).isEqualTo(504);
        await().until(() -> node.open() == 0 && tunnels() == 0 && requests() == 0);
    }

    @Test
    void shouldNotTunnelOtherProtocols() throws Exception {
        node.behave(RawNode.OK);
        assertThat(client.get("/x", "Connection: Upgrade", "Upgrade: spdy/3").status())
                .isEqualTo(200);
        assertThat(node.next().values("Upgrade")).isEmpty();
    }

    @Test
    void shouldPassTheEndOfTheClientOn() throws Exception {
        CountDownLatch ended = new CountDownLatch(1);
        node.behave(exchange -> {
            exchange.send(SWITCH);
            while (exchange.in().read() >= 0) {
                // To the end.
            }
            ended.countDown();
            exchange.send("still talking");
            exchange.socket().close();
        });
        open(client);
        client.send("bye").socket().shutdownOutput();
        assertThat(ended.await(5, TimeUnit.SECONDS)).isTrue();
        assertThat(new String(client.in().readAllBytes(), StandardCharsets.US_ASCII))
                .isEqualTo("still talking");
        await().until(() -> tunnels() == 0);
    }

    @Test
    void shouldPassTheEndOfTheNodeOn() throws Exception {
        CompletableFuture<String> heard = new CompletableFuture<>();
        node.behave(exchange -> {
            exchange.send(SWITCH + "bye");
            exchange.socket().shutdownOutput();
            heard.complete(new String(exchange.in().readAllBytes(), StandardCharsets.US_ASCII));
            exchange.socket().close();
        });
        open(client);
        assertThat(new String(client.in().readAllBytes(), StandardCharsets.US_ASCII))
                .isEqualTo("bye");
        client.send("still talking").socket().shutdownOutput();
        assertThat(heard.get(5, TimeUnit.SECONDS)).isEqualTo("still talking");
        await().until(() -> tunnels() == 0);
    }

    @Test
    void shouldPassAResetOfTheClientOn() throws Exception {
        open(client);
        client.socket().setSoLinger(true, 0);
        client.close();
        await().atMost(Duration.ofSeconds(1)).until(() -> node.open() == 0 && tunnels() == 0);
    }

    @Test
    void shouldPassAResetOfTheNodeOn() throws Exception {
        node.behave(exchange -> {
            exchange.send(SWITCH + "\u0081\u007e");
            exchange.in().read();
            exchange.socket().setSoLinger(true, 0);
            exchange.socket().close();
        });
        open(client);
        client.in().readNBytes(2);
        client.send("x");
        assertThat(endedOrReset()).isTrue();
        await().until(() -> tunnels() == 0);
    }

    private boolean endedOrReset() throws IOException {
        try {
            return client.in().read() < 0;
        } catch (SocketException reset) {
            return true;
        }
    }

    @Test
    void shouldHoldTheWriterBackWhileTheReaderStops() throws Exception {
        AtomicLong taken = new AtomicLong();
        long total = 100L << 20;
        node.behave(exchange -> {
            exchange.send(SWITCH);
            OutputStream out = exchange.out();
            byte[] block = new byte[64 * 1024];
            for (long sent = 0; sent < total; sent += block.length) {
                out.write(block);
                taken.addAndGet(block.length);
            }
            out.flush();
            exchange.socket().close();
        });
        client.socket().setReceiveBufferSize(64 * 1024);
        open(client);
        // The sockets' buffers fill up; then nothing moves any more.
        AtomicLong before = new AtomicLong(-1);
        await().pollInterval(Duration.ofMillis(300)).until(() -> taken.get() == before.getAndSet(taken.get()));
        assertThat(taken.get()).isLessThan(total / 2);
        byte[] block = new byte[256 * 1024];
        long read = 0;
        for (int n = client.in().read(block); n >= 0; n = client.in().read(block)) {
            read += n;
        }
        assertThat(read).isEqualTo(total);
    }

    @Test
    void shouldEchoAHundredMebibytesUnchangedAlsoToAReaderThatStopsForFiveSeconds() throws Exception {
        open(client);
        int size = 100 << 20;
        CompletableFuture<Void> sent = CompletableFuture.runAsync(() -> {
            try {
                OutputStream out = client.socket().getOutputStream();
                Random random = new Random(1);
                byte[] block = new byte[64 * 1024];
                for (int i = 0; i < size; i += block.length) {
                    random.nextBytes(block);
                    out.write(block);
                }
            } catch (IOException failure) {
                throw new IllegalStateException(failure);
            }
        });
        InputStream in = client.in();
        Random random = new Random(1);
        byte[] expected = new byte[64 * 1024];
        for (int i = 0; i < size; i += expected.length) {
            if (i == 10 << 20) {
                // Meanwhile all is written into the buffers of four sockets, which may be 32 MiB each, or held back.
                TimeUnit.SECONDS.sleep(5);
            }
            random.nextBytes(expected);
            assertThat(Arrays.equals(in.readNBytes(expected.length), expected)).isTrue();
        }
        sent.get(5, TimeUnit.SECONDS);
    }

    @Test
    void shouldCloseATunnelThatIsIdle() throws Exception {
        Timeouts defaults = Timeouts.DEFAULTS;
        restartProxy(new Timeouts(
                defaults.connect(),
                defaults.response(),
                Duration.ofMillis(300),
                Duration.ofSeconds(1),
                defaults.drain()));
        long begin = System.nanoTime();
        open(client);
        assertThat(client.ended()).isTrue();
        assertThat(System.nanoTime() - begin).isGreaterThan(TimeUnit.MILLISECONDS.toNanos(900));
        await().until(() -> node.open() == 0 && tunnels() == 0);
    }

    @Test
    void shouldKeepTunnelsWhenNodesAreAddedChangedAndRemovedBesideTheirs() throws Exception {
        open(client);
        Node other = new Node("2", List.of("node-2"), URI.create("http://127.0.0.1:1"), 1, false);
        Node changed = new Node("2", List.of("node-2", "node-b"), URI.create("http://127.0.0.1:2"), 5, true);
        for (List<Node> beside : List.of(List.of(other), List.of(changed), List.<Node>of())) {
            proxy.router().update(table -> {
                List<Node> nodes = new ArrayList<>(table.nodes().subList(0, 1));
                nodes.addAll(beside);
                return table.withNodes(nodes);
            });
            client.send("ping");
            assertThat(client.in().readNBytes(4)).asString().isEqualTo("ping");
            assertThat(proxy.router().table().nodes()).hasSize(1 + beside.size());
            assertThat(tunnels()).isEqualTo(1);
        }
    }

    @Test
    void shouldCloseTheTunnelsOfANodeAtAPace() throws Exception {
        List<RawClient> clients = new ArrayList<>();
        try {
            for (int i = 0; i < 20; i++) {
                RawClient each = new RawClient(proxy.uri("public"));
                clients.add(each);
                open(each);
            }
            await().until(() -> tunnels() == 20);
            long begin = System.nanoTime();
            proxy.tunnels().close(proxy.router().table().nodes().get(0), 20).get(10, TimeUnit.SECONDS);
            assertThat(System.nanoTime() - begin).isGreaterThan(TimeUnit.MILLISECONDS.toNanos(800));
            assertThat(tunnels()).isZero();
            for (RawClient each : clients) {
                assertThat(each.ended()).isTrue();
            }
        } finally {
            for (RawClient each : clients) {
                each.close();
            }
        }
    }
}
