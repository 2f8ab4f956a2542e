package io.cobrowse.sticky.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.cobrowse.sticky.proxy.config.ProxyConfig.Health;
import io.cobrowse.sticky.proxy.config.ProxyConfig.NodeConfig;
import io.cobrowse.sticky.proxy.config.ProxyConfig.StatusRange;
import io.cobrowse.sticky.proxy.config.ProxyConfig.Timeouts;
import io.cobrowse.sticky.routing.Node;
import io.cobrowse.sticky.routing.NodeState;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The options of the section health beyond plain checks, and backup nodes. */
class HealthOptionsTest {
    private static final RawNode.Behaviour BROKEN =
            exchange -> exchange.send("HTTP/1.1 500 Broken\r\nContent-Length: 0\r\n\r\n");
    private static final List<StatusRange> SUCCESS = List.of(StatusRange.SUCCESS);

    private RawNode one;
    private RawNode two;
    private StickyProxyServer proxy;
    private RawClient client;

    @BeforeEach
    void start() throws IOException {
        one = new RawNode();
        two = new RawNode();
    }

    private static Health health(Duration interval, List<StatusRange> expect, int observe, Duration slowStart) {
        return new Health("/cobrowse/health", interval, Duration.ofSeconds(2), 2, 2, expect, false, observe, slowStart);
    }

    private void start(Health health, boolean secondIsBackup) throws IOException {
        Timeouts defaults = Timeouts.DEFAULTS;
        proxy = StickyProxyServer.builder()
                .listen("127.0.0.1", 0)
                .admin("127.0.0.1", 0)
                .health(health)
                .timeouts(new Timeouts(
                        defaults.connect(),
                        Duration.ofMillis(200),
                        defaults.idle(),
                        defaults.tunnelIdle(),
                        Duration.ZERO))
                .node("1", "node-1", one.url())
                .node(new NodeConfig("2", List.of("node-2"), URI.create(two.url()), 1, secondIsBackup))
                .build()
                .start();
        client = new RawClient(proxy.uri("public"));
        await().until(() -> one.checks() > 0 && two.checks() > 0);
    }

    @AfterEach
    void stop() throws IOException {
        client.close();
        proxy.close();
        one.close();
        two.close();
    }

    private Node node(String id) {
        return proxy.router().table().node(id);
    }

    private void awaitState(String id, NodeState state) {
        await().until(() -> proxy.router().table().state(node(id)) == state);
    }

    private JsonNode shown(int index) throws IOException {
        try (RawClient admin = RawClient.ofAdmin(proxy.adminUri())) {
            return new ObjectMapper().readTree(admin.get("/api/nodes").body()).get(index);
        }
    }

    @Test
    void shouldTakeTheExpectedStatusesForHealthyAndNoOthers() throws Exception {
        one.health(exchange -> exchange.send("HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n"));
        start(
                health(
                        Duration.ofMillis(50),
                        List.of(new StatusRange(204, 204), new StatusRange(400, 404)),
                        0,
                        Duration.ZERO),
                false);
        awaitState("2", NodeState.DOWN);
        assertThat(proxy.states().status(node("2")).lastCheck()).isEqualTo("answered 200");
        assertThat(proxy.router().table().state(node("1"))).isEqualTo(NodeState.READY);
        assertThat(proxy.states().status(node("1")).counts().failedChecks()).isZero();
    }

    @Test
    void shouldTakeErrorsInARowForFailedChecksWhereAskedTo() throws Exception {
        one.behave(BROKEN);
        start(health(Duration.ofHours(1), SUCCESS, 3, Duration.ZERO), false);
        for (int i = 0; i < 5; i++) {
            assertThat(client.get("/", "Cookie: gcbSessionServer=node-1").status())
                    .isEqualTo(500);
        }
        assertThat(proxy.states().status(node("1")).counts().failedRequests()).isOne();
        one.behave(RawNode.OK);
        client.get("/", "Cookie: gcbSessionServer=node-1");
        one.behave(RawNode.PARK);
        for (int i = 0; i < 3; i++) {
            assertThat(proxy.router().table().state(node("1"))).isEqualTo(NodeState.READY);
            assertThat(client.get("/", "Cookie: gcbSessionServer=node-1").status())
                    .isEqualTo(504);
        }
        awaitState("1", NodeState.DOWN);
        assertThat(proxy.states().status(node("1")).counts().failedRequests()).isEqualTo(2);
    }

    @Test
    void shouldLeaveErrorsOfRequestsAloneWhereNotAskedTo() throws Exception {
        one.behave(BROKEN);
        start(health(Duration.ofHours(1), SUCCESS, 0, Duration.ZERO), false);
        for (int i = 0; i < 20; i++) {
            client.get("/", "Cookie: gcbSessionServer=node-1");
        }
        assertThat(proxy.states().status(node("1")).counts().failedRequests()).isZero();
        assertThat(proxy.router().table().state(node("1"))).isEqualTo(NodeState.READY);
    }

    @Test
    void shouldStartANodeThatComesUpSlowly() throws Exception {
        start(health(Duration.ofMillis(50), SUCCESS, 0, Duration.ofSeconds(4)), false);
        assertThat(proxy.router().table().share(node("1"))).isEqualTo(10);
        one.health(BROKEN);
        awaitState("1", NodeState.DOWN);
        one.health(RawNode.OK);
        awaitState("1", NodeState.READY);
        await().until(() -> proxy.router().table().share(node("1")) < 4);
        assertThat(shown(0).get("sharePercent").asInt()).isLessThan(100);
        for (int i = 0; i < 20; i++) {
            client.get("/");
        }
        assertThat(one.received()).isLessThan(two.received());
        await().until(() -> proxy.router().table().share(node("1")) == 10);
        assertThat(proxy.router().table().share(node("2"))).isEqualTo(10);
    }

    @Test
    void shouldStartANodeThatComesBackFromMaintenanceSlowlyToo() throws Exception {
        start(health(Duration.ofMillis(50), SUCCESS, 0, Duration.ofMinutes(10)), false);
        proxy.states().setAdmin("1", NodeState.MAINT);
        proxy.states().setAdmin("1", NodeState.DRAIN);
        assertThat(proxy.router().table().share(node("1"))).isEqualTo(1);
        proxy.states().setAdmin("2", NodeState.DRAIN);
        proxy.states().setAdmin("2", NodeState.READY);
        assertThat(proxy.router().table().share(node("2"))).isEqualTo(10);
    }

    @Test
    void shouldGoToTheBackupWhileNoOtherNodeIsUp() throws Exception {
        start(health(Duration.ofMillis(50), SUCCESS, 0, Duration.ZERO), true);
        client.get("/");
        client.get("/");
        assertThat(two.received()).isZero();
        one.health(BROKEN);
        awaitState("1", NodeState.DOWN);
        client.get("/");
        assertThat(two.received()).isOne();
        one.health(RawNode.OK);
        awaitState("1", NodeState.READY);
        client.get("/");
        assertThat(two.received()).isOne();
        // Whose sessions are there stays there.
        client.get("/", "Cookie: gcbSessionServer=node-2");
        assertThat(two.received()).isEqualTo(2);
    }

    @Test
    void shouldCountWhatHappensToANode() throws Exception {
        start(health(Duration.ofMillis(50), SUCCESS, 0, Duration.ZERO), false);
        one.health(BROKEN);
        awaitState("1", NodeState.DOWN);
        one.health(RawNode.OK);
        awaitState("1", NodeState.READY);
        JsonNode counts = shown(0).get("counts");
        assertThat(counts.get("changes").asInt()).isEqualTo(2);
        assertThat(counts.get("downs").asInt()).isEqualTo(1);
        assertThat(counts.get("passedChecks").asInt()).isGreaterThanOrEqualTo(2);
        assertThat(counts.get("failedChecks").asInt()).isGreaterThanOrEqualTo(2);
        assertThat(counts.get("failedRequests").asInt()).isZero();
    }
}
