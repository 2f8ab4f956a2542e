package io.cobrowse.sticky.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.cobrowse.sticky.proxy.cluster.Checked;
import io.cobrowse.sticky.proxy.cluster.NodeStatus;
import io.cobrowse.sticky.proxy.config.ProxyConfig.Health;
import io.cobrowse.sticky.proxy.config.ProxyConfig.StatusRange;
import io.cobrowse.sticky.proxy.config.ProxyConfig.Timeouts;
import io.cobrowse.sticky.proxy.config.ProxyConfig.Tunnels;
import io.cobrowse.sticky.routing.Node;
import io.cobrowse.sticky.routing.NodeState;
import io.cobrowse.sticky.routing.Stickiness;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Nodes that fail, drain and come back, and the requests and tunnels that are open on them. */
class HealthChecksTest {
    private static final Duration INTERVAL = Duration.ofMillis(50);
    private static final Health QUICK = new Health(
            "/cobrowse/health",
            INTERVAL,
            Duration.ofMillis(500),
            2,
            3,
            List.of(StatusRange.SUCCESS),
            true,
            0,
            Duration.ZERO);
    /** During a test, only the first check runs. */
    private static final Health RARE = new Health("/cobrowse/health", Duration.ofHours(1), Duration.ofMinutes(1), 2, 3);

    private static final RawNode.Behaviour BROKEN =
            exchange -> exchange.send("HTTP/1.1 500 Broken\r\nContent-Length: 0\r\n\r\n");
    private static final RawNode.Behaviour SWITCH = exchange -> {
        exchange.send("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                + "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n");
        exchange.in().readAllBytes();
        exchange.socket().close();
    };
    private static final String POLL = "POST /cobrowse/cometd/connect HTTP/1.1\r\nHost: p\r\n"
            + "Cookie: gcbSessionServer=node-1\r\nContent-Length: 2\r\n\r\n[]";
    private static final String UPGRADE = "GET /ws HTTP/1.1\r\nHost: p\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
            + "Cookie: gcbSessionServer=node-1\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
            + "Sec-WebSocket-Version: 13\r\n\r\n";

    private final List<RawClient> clients = new ArrayList<>();
    private RawNode one;
    private RawNode two;
    private StickyProxyServer proxy;

    @BeforeEach
    void start() throws IOException {
        one = new RawNode();
        two = new RawNode();
    }

    private void startProxy(Health health) throws IOException {
        startProxy(health, Stickiness.DEFAULTS);
    }

    private void startProxy(Health health, Stickiness stickiness) throws IOException {
        Timeouts defaults = Timeouts.DEFAULTS;
        proxy = StickyProxyServer.builder()
                .listen("127.0.0.1", 0)
                .admin("127.0.0.1", 0)
                .health(health)
                .stickiness(stickiness)
                .tunnels(new Tunnels(20))
                .timeouts(new Timeouts(
                        defaults.connect(),
                        defaults.response(),
                        defaults.idle(),
                        defaults.tunnelIdle(),
                        Duration.ofSeconds(5)))
                .node("1", "node-1", one.url())
                .node("2", "node-2", two.url())
                .build()
                .start();
        await().until(() -> one.checks() > 0 && two.checks() > 0);
    }

    @AfterEach
    void stop() throws IOException {
        for (RawClient client : clients) {
            client.close();
        }
        proxy.close();
        one.close();
        two.close();
    }

    private RawClient client() throws IOException {
        RawClient client = new RawClient(proxy.uri("public"));
        clients.add(client);
        return client;
    }

    @Test
    void shouldNotTellItsVersion() throws Exception {
        java.util.concurrent.BlockingQueue<String> heads = new java.util.concurrent.LinkedBlockingQueue<>();
        one.health(exchange -> {
            heads.add(exchange.head());
            RawNode.OK.serve(exchange);
        });
        startProxy(new Health("/cobrowse/health", Duration.ofMillis(50), Duration.ofSeconds(5), 1, 1));
        assertThat(heads.take()).contains("User-Agent: cobrowse-proxy\r\n").doesNotContain("Jetty");
    }

    private Node node(int index) {
        return proxy.router().table().nodes().get(index);
    }

    private NodeState state(int index) {
        return proxy.router().table().state(node(index));
    }

    private NodeStatus status(int index) {
        return proxy.states().status(node(index));
    }

    private void awaitState(int index, NodeState state) {
        await().until(() -> state(index) == state);
    }

    private RawClient park(RawNode node) throws Exception {
        node.behave(RawNode.PARK);
        RawClient client = client().send(POLL);
        assertThat(node.next().bodyText()).isEqualTo("[]");
        return client;
    }

    @Test
    void shouldTakeANodeDownThatAnswersWithAnErrorAndBringItUpAgain() throws Exception {
        startProxy(QUICK);
        one.health(BROKEN);
        awaitState(0, NodeState.DOWN);
        assertThat(status(0).lastCheck()).isEqualTo("answered 500");
        assertThat(client().get("/", "Cookie: gcbSessionServer=node-1").status())
                .isEqualTo(503);
        one.health(RawNode.OK);
        awaitState(0, NodeState.READY);
        assertThat(client().get("/", "Cookie: gcbSessionServer=node-1").status())
                .isEqualTo(200);
        assertThat(state(1)).isEqualTo(NodeState.READY);
        assertThat(status(1).counts().changes()).isZero();
    }

    @Test
    void shouldTakeANodeDownThatHangsWhileTheOthersAreCheckedOn() throws Exception {
        startProxy(QUICK);
        one.health(RawNode.PARK);
        int before = two.checks();
        awaitState(0, NodeState.DOWN);
        // Three time-outs of 500 ms: the other node, checked every 50 ms, was not held up by them.
        assertThat(two.checks() - before).isGreaterThan(5);
        assertThat(status(0).lastCheck()).isEqualTo("failed: no answer in time");
        one.health(RawNode.OK);
        awaitState(0, NodeState.READY);
    }

    @Test
    void shouldNotBringANodeUpBeforeEnoughSuccessesInARow() throws Exception {
        startProxy(QUICK);
        AtomicBoolean good = new AtomicBoolean();
        one.health(BROKEN);
        awaitState(0, NodeState.DOWN);
        one.health(exchange -> (good.getAndSet(!good.get()) ? RawNode.OK : BROKEN).serve(exchange));
        int before = one.checks();
        RawClient client = client();
        while (one.checks() < before + 10) {
            assertThat(client.get("/").status()).isEqualTo(200);
        }
        assertThat(state(0)).isEqualTo(NodeState.DOWN);
        assertThat(one.received()).isZero();
    }

    @Test
    void shouldDrainANodeThatAnswers404WhereThatMeansSo() throws Exception {
        startProxy(QUICK);
        one.health(exchange -> exchange.send("HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n"));
        awaitState(0, NodeState.DRAIN);
        assertThat(status(0).checked()).isEqualTo(Checked.DRAIN);
        RawClient client = client();
        assertThat(client.get("/", "Cookie: gcbSessionServer=node-1").status()).isEqualTo(200);
        assertThat(one.received()).isEqualTo(1);
        client.get("/");
        client.get("/");
        assertThat(two.received()).isEqualTo(2);
        one.health(RawNode.OK);
        awaitState(0, NodeState.READY);
    }

    @Test
    void shouldTakeRefusedConnectionsForFailedChecks() throws Exception {
        startProxy(RARE);
        one.close();
        RawClient client = client();
        // Each request tries twice, and the second failure has a check run at once, which is refused as well.
        assertThat(client.get("/", "Cookie: gcbSessionServer=node-1").status()).isEqualTo(503);
        awaitState(0, NodeState.DOWN);
    }

    @Test
    void shouldAnswerParkedPollsAtOnceWhenTheirNodeGoesDown() throws Exception {
        startProxy(QUICK);
        RawClient client = park(one);
        one.health(BROKEN);
        RawClient.Answer answer = client.answer();
        assertThat(answer.status()).isEqualTo(503);
        assertThat(answer.text()).contains("urn:cobrowse-proxy:node-down").contains("\"node\":\"1\"");
        assertThat(answer.values("Retry-After")).containsExactly("1");
        assertThat(answer.values("Set-Cookie")).singleElement().asString().startsWith("gcbSessionServer=;");
        await().until(() -> node(0).activeRequests() == 0 && proxy.connections(node(0)) == 0);
    }

    @Test
    void shouldMoveAWaitingRequestThatMayBeRepeatedWhereSessionsAreRebalanced() throws Exception {
        Stickiness d = Stickiness.DEFAULTS;
        startProxy(
                QUICK,
                new Stickiness(
                        d.cookie(),
                        d.queryParameter(),
                        d.header(),
                        d.routeSuffix(),
                        Stickiness.OnNodeDown.REBALANCE,
                        d.onUnknownNode(),
                        d.sessionStart(),
                        d.cookiePath(),
                        d.cookieDomain(),
                        d.cookieAttributes(),
                        d.exposeRoute()));
        RawClient poll = park(one);
        RawClient get = client().send("GET /wait HTTP/1.1\r\nHost: p\r\nCookie: gcbSessionServer=node-1\r\n\r\n");
        assertThat(one.next().line()).startsWith("GET /wait");
        one.health(BROKEN);
        assertThat(get.answer().status()).isEqualTo(200);
        assertThat(two.next().line()).isEqualTo("GET /wait HTTP/1.1");
        assertThat(poll.answer().status()).isEqualTo(502);
    }

    @Test
    void shouldCloseTheTunnelsOfANodeThatGoesDown() throws Exception {
        startProxy(QUICK);
        one.behave(SWITCH);
        RawClient client = client().send(UPGRADE);
        assertThat(client.head().status()).isEqualTo(101);
        one.health(BROKEN);
        assertThat(client.ended()).isTrue();
        await().until(() -> node(0).activeTunnels() == 0);
    }

    @Test
    void shouldClosePollsAndTunnelsOfANodeInMaintenanceAtAPace() throws Exception {
        startProxy(RARE);
        List<RawClient> polls = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
            polls.add(park(one));
        }
        one.behave(SWITCH);
        List<RawClient> tunnels = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
            tunnels.add(client().send(UPGRADE));
            assertThat(tunnels.get(i).head().status()).isEqualTo(101);
        }
        long begin = System.nanoTime();
        proxy.states().setAdmin("1", NodeState.MAINT);
        for (RawClient poll : polls) {
            assertThat(poll.answer().status()).isEqualTo(503);
        }
        for (RawClient tunnel : tunnels) {
            assertThat(tunnel.ended()).isTrue();
        }
        // The first goes at once, and nineteen more at 20 a second, whichever kind they are.
        assertThat(System.nanoTime() - begin).isGreaterThan(TimeUnit.MILLISECONDS.toNanos(900));
    }

    @Test
    void shouldEndPollsAndTunnelsInTurnAndTakeAnotherPaceWhileItGoesOn() throws Exception {
        startProxy(RARE);
        List<RawClient> polls = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
            polls.add(park(one));
        }
        one.behave(SWITCH);
        for (int i = 0; i < 10; i++) {
            RawClient tunnel = client().send(UPGRADE);
            assertThat(tunnel.head().status()).isEqualTo(101);
        }
        proxy.states().setAdmin("1", NodeState.MAINT, 1);
        await().until(() -> node(0).activeTunnels() < 10 && node(0).activeRequests() < 10);
        assertThat(node(0).active()).isPositive();
        proxy.states().setAdmin("1", NodeState.MAINT, 1000);
        // At the former pace the rest would take 18 s.
        await().atMost(Duration.ofSeconds(10)).until(() -> node(0).active() == 0);
    }

    @Test
    void shouldLetTheRestStayWhenMaintenanceEndsEarly() throws Exception {
        startProxy(RARE);
        List<RawClient> polls = new ArrayList<>();
        for (int i = 0; i < 40; i++) {
            polls.add(park(one));
        }
        proxy.states().setAdmin("1", NodeState.MAINT);
        await().until(() -> node(0).activeRequests() < 40);
        proxy.states().setAdmin("1", NodeState.READY);
        await().during(Duration.ofMillis(300)).until(() -> node(0).activeRequests() > 0);
    }

    @Test
    void shouldKeepTheSessionsOfADrainingNodeAndSendItNoNewOnes() throws Exception {
        startProxy(QUICK);
        RawClient parked = park(one);
        proxy.states().setAdmin("1", NodeState.DRAIN);
        RawClient client = client();
        for (int i = 0; i < 10; i++) {
            client.get("/new");
        }
        assertThat(two.received()).isEqualTo(10);
        assertThat(node(0).activeRequests()).isEqualTo(1);
        one.behave(RawNode.OK);
        assertThat(client.get("/", "Cookie: gcbSessionServer=node-1").status()).isEqualTo(200);
        parked.close();
        await().until(() -> node(0).activeRequests() == 0);
    }

    @Test
    void shouldAnswerWhileAllNodesAreDownAndRecoverByItself() throws Exception {
        startProxy(QUICK);
        one.health(BROKEN);
        two.health(BROKEN);
        awaitState(0, NodeState.DOWN);
        awaitState(1, NodeState.DOWN);
        RawClient client = client();
        for (int i = 0; i < 100; i++) {
            RawClient.Answer answer = client.get("/");
            assertThat(answer.status()).isEqualTo(503);
            assertThat(answer.text()).contains("no-node-available");
        }
        one.health(RawNode.OK);
        awaitState(0, NodeState.READY);
        assertThat(client.get("/").status()).isEqualTo(200);
    }

    @Test
    void shouldCloseTunnelsWhenStoppingWithinTheDrainTime() throws Exception {
        startProxy(RARE);
        one.behave(SWITCH);
        List<RawClient> tunnels = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
            tunnels.add(client().send(UPGRADE));
            assertThat(tunnels.get(i).head().status()).isEqualTo(101);
        }
        long begin = System.nanoTime();
        proxy.stop();
        assertThat(System.nanoTime() - begin)
                .isBetween(TimeUnit.MILLISECONDS.toNanos(400), TimeUnit.SECONDS.toNanos(5));
        for (RawClient tunnel : tunnels) {
            assertThat(tunnel.ended()).isTrue();
        }
    }
}
