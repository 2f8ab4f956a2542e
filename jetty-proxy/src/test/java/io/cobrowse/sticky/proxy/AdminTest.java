package io.cobrowse.sticky.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.cobrowse.sticky.proxy.config.ProxyConfig.Address;
import io.cobrowse.sticky.proxy.config.ProxyConfig.Admin;
import io.cobrowse.sticky.proxy.config.ProxyConfig.NodeConfig;
import io.cobrowse.sticky.routing.NodeState;
import java.io.IOException;
import java.net.URI;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The admin listener as a client sees it. */
class AdminTest {
    private RawNode node;
    private StickyProxyServer proxy;
    private RawClient admin;

    private void start(String token) throws IOException {
        node = new RawNode(RawNode.PARK);
        proxy = StickyProxyServer.builder()
                .listen("127.0.0.1", 0)
                .admin(new Admin(new Address("127.0.0.1", 0), token))
                .node(new NodeConfig("1", List.of("node-1", "old-1"), URI.create(node.url()), 3, false))
                .node(new NodeConfig("2", List.of("node-2"), URI.create("http://127.0.0.1:1"), 1, true))
                .build()
                .start();
        admin = RawClient.ofAdmin(proxy.adminUri());
    }

    @AfterEach
    void stop() throws IOException {
        admin.close();
        proxy.close();
        node.close();
    }

    private JsonNode nodes() throws IOException {
        RawClient.Answer answer = admin.get("/api/nodes");
        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.values("Content-Type")).containsExactly("application/json");
        assertThat(answer.values("Cache-Control")).containsExactly("no-store");
        return new ObjectMapper().readTree(answer.body());
    }

    @Test
    void shouldListTheNodes() throws Exception {
        start(null);
        try (RawClient client = new RawClient(proxy.uri("public"))) {
            client.send("GET / HTTP/1.1\r\nHost: p\r\n\r\n");
            node.next();
            JsonNode nodes = nodes();
            assertThat(nodes).hasSize(2);
            JsonNode first = nodes.get(0);
            assertThat(first.get("id").asText()).isEqualTo("1");
            assertThat(first.get("cookie").asText()).isEqualTo("node-1");
            assertThat(first.get("url").asText()).isEqualTo(node.url());
            assertThat(first.get("state").asText()).isEqualTo("ready");
            assertThat(first.get("activeRequests").asInt()).isEqualTo(1);
            assertThat(first.get("activeTunnels").asInt()).isZero();
            assertThat(first.get("weight").asInt()).isEqualTo(3);
            assertThat(nodes.get(1).get("id").asText()).isEqualTo("2");
            assertThat(nodes.get(1).get("activeRequests").asInt()).isZero();
        }
    }

    @Test
    void shouldShowTheStates() throws Exception {
        start(null);
        for (NodeState state : List.of(NodeState.DRAIN, NodeState.MAINT, NodeState.READY)) {
            proxy.states().setAdmin("1", state);
            assertThat(nodes().get(0).get("state").asText()).isEqualTo(state.text());
        }
    }

    @Test
    void shouldBeReadyWhileANodeIs() throws Exception {
        start(null);
        assertThat(admin.get("/livez").status()).isEqualTo(200);
        assertThat(admin.get("/readyz").status()).isEqualTo(200);
        proxy.states().setAdmin("1", NodeState.MAINT);
        assertThat(admin.get("/readyz").status()).isEqualTo(200);
        proxy.states().setAdmin("2", NodeState.DRAIN);
        assertThat(admin.get("/readyz").status()).isEqualTo(503);
        assertThat(admin.get("/livez").status()).isEqualTo(200);
        proxy.states().setAdmin("2", NodeState.READY);
        assertThat(admin.get("/readyz").status()).isEqualTo(200);
    }

    @Test
    void shouldAnswerHeadWithoutABody() throws Exception {
        start(null);
        assertThat(admin.request("HEAD", "/readyz").status()).isEqualTo(200);
        assertThat(admin.get("/livez").text()).isEqualTo("alive\n");
    }

    @ParameterizedTest
    @ValueSource(strings = {"/no", "/api", "/api/nodes/", "/api/nodes/1", "/livez/", "/LIVEZ", "/api/../no"})
    void shouldKnowNothingElse(String path) throws Exception {
        start(null);
        RawClient.Answer answer = admin.get(path);
        assertThat(answer.status()).isEqualTo(404);
        assertThat(answer.values("Content-Type")).containsExactly("application/problem+json");
    }

    @ParameterizedTest
    @ValueSource(strings = {"/livez", "/readyz", "/api/nodes"})
    void shouldOnlyBeRead(String path) throws Exception {
        start(null);
        for (String method : List.of("POST", "DELETE", "PUT")) {
            RawClient.Answer answer = admin.request(method, path, "Content-Type: application/json");
            assertThat(answer.status()).isEqualTo(405);
            assertThat(answer.values("Allow")).isNotEmpty();
            assertThat(answer.values("Content-Type")).containsExactly("application/problem+json");
        }
    }

    @Test
    void shouldAskForTheToken() throws Exception {
        start("s3cret");
        for (String path : List.of("/api/nodes", "/no", "/metrics", "/api/stats", "/api/events")) {
            RawClient.Answer answer = admin.get(path);
            assertThat(answer.status()).isEqualTo(401);
            assertThat(answer.values("WWW-Authenticate")).containsExactly("Bearer");
            assertThat(answer.values("Content-Type")).containsExactly("application/problem+json");
            assertThat(answer.text()).doesNotContain("s3cret");
        }
        assertThat(admin.get("/livez").status()).isEqualTo(200);
        assertThat(admin.get("/readyz").status()).isEqualTo(200);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"Bearer", "Bearer ", "Bearer wrong", "Bearer s3cretX", "Bearer s3cre", "Basic s3cret", "s3cret"})
    void shouldTakeNoOtherToken(String credentials) throws Exception {
        start("s3cret");
        assertThat(admin.get("/api/nodes", "Authorization: " + credentials).status())
                .isEqualTo(401);
        assertThat(admin.get("/api/nodes", "Authorization: Bearer s3cret").status())
                .isEqualTo(200);
    }

    @ParameterizedTest
    @ValueSource(strings = {"Bearer", "bearer", "BEARER"})
    void shouldTakeTheSchemeInAnyCase(String scheme) throws Exception {
        start("s3cret");
        assertThat(admin.get("/api/nodes", "Authorization: " + scheme + " s3cret")
                        .status())
                .isEqualTo(200);
    }

    @Test
    void shouldNotBeReachedThroughThePublicListener() throws Exception {
        start(null);
        node.behave(RawNode.OK);
        try (RawClient client = new RawClient(proxy.uri("public"))) {
            assertThat(client.get("/api/nodes").text()).isEqualTo("ok");
            assertThat(client.get("/livez").text()).isEqualTo("ok");
        }
    }
}
