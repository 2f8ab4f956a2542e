package io.cobrowse.sticky.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.awaitility.Awaitility.await;

import io.cobrowse.sticky.proxy.config.ProxyConfig;
import io.cobrowse.sticky.proxy.config.ProxyConfig.Address;
import io.cobrowse.sticky.proxy.config.ProxyConfig.Admin;
import io.cobrowse.sticky.proxy.config.ProxyConfig.Health;
import io.cobrowse.sticky.proxy.config.ProxyConfig.Listener;
import io.cobrowse.sticky.proxy.config.ProxyConfig.NodeConfig;
import io.cobrowse.sticky.proxy.config.ProxyConfig.Timeouts;
import io.cobrowse.sticky.proxy.config.ProxyConfig.Tunnels;
import io.cobrowse.sticky.routing.Balance;
import io.cobrowse.sticky.routing.NodeState;
import io.cobrowse.sticky.routing.NodeTable;
import io.cobrowse.sticky.routing.Stickiness;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Changes of the nodes while the proxy runs. */
class ReloadTest {
    private RawNode one;
    private RawNode two;
    private StickyProxyServer proxy;

    @BeforeEach
    void start() throws IOException {
        one = new RawNode();
        two = new RawNode();
        proxy = StickyProxyServer.builder(config(Timeouts.DEFAULTS, one))
                .build()
                .start();
    }

    @AfterEach
    void stop() throws IOException {
        proxy.close();
        one.close();
        two.close();
    }

    private ProxyConfig config(Timeouts timeouts, RawNode... nodes) {
        return new ProxyConfig(
                List.of(new Listener("public", new Address("127.0.0.1", 0), null, List.of(), List.of())),
                new Admin(new Address("127.0.0.1", 0), null),
                Stickiness.DEFAULTS,
                Balance.ROUND_ROBIN,
                Stream.of(nodes).map(this::node).toList(),
                Health.DEFAULTS,
                timeouts,
                Tunnels.DEFAULTS);
    }

    private NodeConfig node(RawNode node) {
        String id = node == one ? "1" : "2";
        return new NodeConfig(id, List.of("node-" + id), URI.create(node.url()), 1, false);
    }

    @Test
    void shouldServeAndCheckNodesThatAreAddedAndForgetThoseThatAreRemoved() throws Exception {
        assertThat(proxy.reload(config(Timeouts.DEFAULTS, one, two))).isEmpty();
        try (RawClient client = new RawClient(proxy.uri("public"))) {
            assertThat(client.get("/", "Cookie: gcbSessionServer=node-2").status())
                    .isEqualTo(200);
            assertThat(two.received()).isEqualTo(1);
            await().until(() -> two.checks() > 0);
            proxy.reload(config(Timeouts.DEFAULTS, one));
            assertThat(client.get("/", "Cookie: gcbSessionServer=node-2").status())
                    .isEqualTo(200);
            assertThat(one.received()).isEqualTo(1);
        }
    }

    @Test
    void shouldKeepTheStateOfNodesThatStay() {
        proxy.states().setAdmin("1", NodeState.MAINT);
        proxy.reload(config(Timeouts.DEFAULTS, one, two));
        assertThat(proxy.router().table().nodes().stream().map(proxy.router().table()::state))
                .containsExactly(NodeState.MAINT, NodeState.READY);
    }

    @Test
    void shouldNameWhatNeedsARestartAndTakeTheRest() throws Exception {
        ProxyConfig now = config(Timeouts.DEFAULTS, one);
        Admin secret = new Admin(new Address("127.0.0.1", 0), "secret");
        ProxyConfig next = new ProxyConfig(
                now.listeners(),
                secret,
                now.stickiness(),
                now.balance(),
                config(Timeouts.DEFAULTS, two).nodes(),
                now.health(),
                now.timeouts(),
                now.tunnels());
        assertThat(proxy.reload(next)).containsExactly("admin");
        assertThat(proxy.reload(next)).containsExactly("admin");
        try (RawClient client = new RawClient(proxy.uri("public"))) {
            client.get("/");
            assertThat(two.received()).isEqualTo(1);
        }
        assertThat(proxy.reload(now)).isEmpty();
    }

    @Test
    void shouldTakeStickinessBalanceHealthAndTimeouts() throws Exception {
        Stickiness settings = new Stickiness(
                "other",
                "n",
                null,
                false,
                Stickiness.OnNodeDown.NOTIFY,
                Stickiness.OnUnknownNode.REJECT,
                List.of(),
                "/x",
                null,
                null,
                true);
        ProxyConfig now = config(Timeouts.DEFAULTS, one, two);
        Timeouts quick = new Timeouts(
                Timeouts.DEFAULTS.connect(),
                Duration.ofMillis(200),
                Timeouts.DEFAULTS.idle(),
                Timeouts.DEFAULTS.tunnelIdle(),
                Timeouts.DEFAULTS.drain());
        Health health = new Health("/cobrowse/health", Duration.ofMillis(50), Duration.ofSeconds(1), 100, 1);
        assertThat(proxy.reload(new ProxyConfig(
                        now.listeners(),
                        now.admin(),
                        settings,
                        Balance.LEAST_ACTIVE,
                        now.nodes(),
                        health,
                        quick,
                        Tunnels.DEFAULTS)))
                .isEmpty();
        try (RawClient client = new RawClient(proxy.uri("public"))) {
            RawClient.Answer answer = client.get("/", "Cookie: other=node-2; gcbSessionServer=node-1");
            assertThat(answer.values("Sticky-Route")).containsExactly("node=2; by=cookie");
            assertThat(client.get("/?n=3").status()).isEqualTo(404);
            await().until(() -> one.checks() > 3);
            two.behave(RawNode.PARK);
            assertThat(client.get("/", "Cookie: other=node-2").status()).isEqualTo(504);
            two.close();
            await().until(() ->
                    proxy.router().table().state(proxy.router().table().node("2")) == NodeState.DOWN);
            RawClient.Answer down = client.get("/", "Cookie: other=node-2");
            assertThat(down.values("Retry-After")).containsExactly("5");
            assertThat(down.values("Set-Cookie")).singleElement().asString().startsWith("other=; Path=/x;");
        }
    }

    @Test
    void shouldChangeNothingWhenTheNodesAreWrong() {
        ProxyConfig now = config(Timeouts.DEFAULTS, one);
        NodeTable table = proxy.router().table();
        NodeConfig same = new NodeConfig("1", List.of("node-2"), URI.create(two.url()), 1, false);
        ProxyConfig wrong = new ProxyConfig(
                now.listeners(),
                now.admin(),
                now.stickiness(),
                Balance.RANDOM_TWO,
                List.of(now.nodes().get(0), same),
                now.health(),
                now.timeouts(),
                now.tunnels());
        assertThatIllegalArgumentException()
                .isThrownBy(() -> proxy.reload(wrong))
                .withMessage("nodes[1].id: \"1\": must be unique, and nodes[0].id has it");
        assertThat(proxy.router().table()).isSameAs(table);
    }

    @Test
    void shouldDisturbNothingUnderWay() throws Exception {
        one.behave(exchange -> {
            if (exchange.line().startsWith("GET /ws ")) {
                exchange.send("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                        + "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n");
                exchange.in().transferTo(exchange.out());
            } else {
                RawNode.OK.serve(exchange);
            }
        });
        AtomicBoolean reloading = new AtomicBoolean(true);
        try (RawClient tunnel = new RawClient(proxy.uri("public"))) {
            tunnel.send("GET /ws HTTP/1.1\r\nHost: p\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
                    + "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n");
            assertThat(tunnel.head().status()).isEqualTo(101);
            List<CompletableFuture<Integer>> load =
                    Stream.generate(() -> load(reloading)).limit(4).toList();
            for (int i = 0; i < 100; i++) {
                proxy.reload(i % 2 == 0 ? config(Timeouts.DEFAULTS, one, two) : config(Timeouts.DEFAULTS, one));
            }
            reloading.set(false);
            for (CompletableFuture<Integer> requests : load) {
                assertThat(requests.get(30, TimeUnit.SECONDS)).isPositive();
            }
            tunnel.send("ping");
            assertThat(tunnel.in().readNBytes(4)).asString().isEqualTo("ping");
        }
        await().until(() -> proxy.router().table().nodes().get(0).active() == 0);
    }

    /** Sends requests with and without sessions, and fails at the first that is not served. */
    private CompletableFuture<Integer> load(AtomicBoolean going) {
        return CompletableFuture.supplyAsync(() -> {
            int requests = 0;
            try (RawClient client = new RawClient(proxy.uri("public"))) {
                do {
                    assertThat(client.get("/", "Cookie: gcbSessionServer=node-1")
                                    .status())
                            .isEqualTo(200);
                    assertThat(client.get("/").status()).isEqualTo(200);
                    requests += 2;
                } while (going.get());
            } catch (IOException failure) {
                throw new AssertionError(failure);
            }
            return requests;
        });
    }
}
