package io.cobrowse.sticky.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.cobrowse.sticky.proxy.config.EffectiveConfig;
import io.cobrowse.sticky.proxy.config.ProxyConfig.Address;
import io.cobrowse.sticky.proxy.config.ProxyConfig.Admin;
import io.cobrowse.sticky.routing.NodeState;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the admin listener reports about requests and changes, as a client sees it. */
class AdminResourcesTest {
    private static final ObjectMapper JSON = new ObjectMapper();

    private RawNode node;
    private StickyProxyServer proxy;
    private RawClient admin;

    @BeforeEach
    void start() throws IOException {
        node = new RawNode(RawNode.OK);
        restart(null);
    }

    private void restart(String token) throws IOException {
        proxy = StickyProxyServer.builder()
                .listen("127.0.0.1", 0)
                .admin(new Admin(new Address("127.0.0.1", 0), token))
                .node("1", "node-1", node.url())
                .node("2", "node-2", "http://127.0.0.1:1")
                .build()
                .start();
        admin = new RawClient(proxy.adminUri());
    }

    @AfterEach
    void stop() throws IOException {
        admin.close();
        proxy.close();
        node.close();
    }

    private void request(String target, String... fields) throws IOException {
        try (RawClient client = new RawClient(proxy.uri("public"))) {
            assertThat(client.get(target, fields).status()).isEqualTo(200);
        }
    }

    /** After a 400, the connection ends. */
    private RawClient.Answer answer() throws IOException {
        RawClient.Answer answer = admin.answer();
        if (answer.status() == 400) {
            admin.close();
            admin = new RawClient(proxy.adminUri());
        }
        return answer;
    }

    private RawClient.Answer post(String path, String body) throws IOException {
        admin.send("POST " + path + " HTTP/1.1\r\nHost: " + proxy.adminUri().getAuthority()
                + "\r\nContent-Type: application/json\r\nContent-Length: " + body.length() + "\r\n\r\n" + body);
        return answer();
    }

    private RawClient.Answer setState(String id, String body) throws IOException {
        admin.send("PUT /api/nodes/" + id + "/state HTTP/1.1\r\nHost: "
                + proxy.adminUri().getAuthority() + "\r\nContent-Type: application/json\r\nContent-Length: "
                + body.length() + "\r\n\r\n" + body);
        return answer();
    }

    private RawClient.Answer get(String path) throws IOException {
        admin.send("GET " + path + " HTTP/1.1\r\nHost: " + proxy.adminUri().getAuthority() + "\r\n\r\n");
        return answer();
    }

    private static JsonNode json(RawClient.Answer answer) throws IOException {
        assertThat(answer.status()).isEqualTo(200);
        return JSON.readTree(answer.body());
    }

    @Test
    void shouldShowMetricsOfWhatWasServed() throws Exception {
        request("/a", "Cookie: gcbSessionServer=node-1");
        await().untilAsserted(() -> assertThat(get("/metrics").text())
                .contains("cobrowse_requests_total{by=\"cookie\",code=\"2xx\",node=\"1\",sticky=\"kept\"} 1.0")
                .contains("jvm_memory_used_bytes"));
    }

    @Test
    void shouldShowPercentiles() throws Exception {
        request("/a", "Cookie: gcbSessionServer=node-1");
        await().untilAsserted(() -> {
            JsonNode stats = json(get("/api/stats"));
            assertThat(stats.at("/all/0/seconds").asInt()).isEqualTo(10);
            assertThat(stats.at("/all/0/count").asInt()).isEqualTo(1);
            assertThat(stats.at("/all/0/p99Ms").asDouble()).isPositive();
            assertThat(stats.at("/nodes/0/times/2/count").asInt()).isEqualTo(1);
        });
    }

    @Test
    void shouldSayWhenANodeIsSafeToStop() throws Exception {
        assertThat(json(setState("2", "{\"state\":\"drain\"}"))
                        .get("safeToStop")
                        .asBoolean())
                .isTrue();
        assertThat(json(get("/api/nodes")).at("/0/safeToStop").asBoolean()).isFalse();
        request("/a", "Cookie: gcbSessionServer=node-1");
        proxy.states().setAdmin("1", NodeState.DRAIN);
        await().untilAsserted(() -> {
            JsonNode first = json(get("/api/nodes")).get(0);
            assertThat(first.get("sessionsSeen").asInt()).isEqualTo(1);
            assertThat(first.get("activeRequests").asInt()).isZero();
        });
        assertThat(json(get("/api/nodes")).at("/0/safeToStop").asBoolean()).isFalse();
    }

    @Test
    void shouldTakeAPaceForMaintenanceOnly() throws Exception {
        assertThat(setState("1", "{\"state\":\"maint\",\"pace\":50}").status()).isEqualTo(200);
        assertThat(proxy.states().pace(proxy.router().table().node("1"), 7)).isEqualTo(50);
        assertThat(setState("1", "{\"state\":\"ready\"}").status()).isEqualTo(200);
        assertThat(proxy.states().pace(proxy.router().table().node("1"), 7)).isEqualTo(7);
        for (String pace : new String[] {"0", "-1", "100001", "\"5\"", "1.5", "null"}) {
            assertThat(setState("1", "{\"state\":\"maint\",\"pace\":" + pace + "}")
                            .status())
                    .isEqualTo(400);
        }
        assertThat(setState("1", "{\"state\":\"drain\",\"pace\":5}").status()).isEqualTo(400);
    }

    @Test
    void shouldExplainWhatItWouldDo() throws Exception {
        String body = "{\"target\":\"/a?co-browse-node-id=2\",\"headers\":"
                + "[{\"name\":\"Cookie\",\"value\":\"gcbSessionServer=node-1\"}]}";
        proxy.states().setAdmin("2", NodeState.MAINT);
        JsonNode decision = json(post("/api/explain", body));
        assertThat(decision.get("outcome").asText()).isEqualTo("node-down");
        assertThat(decision.get("node").asText()).isEqualTo("2");
        assertThat(decision.get("conflict").asBoolean()).isTrue();
        assertThat(decision.get("steps").findValuesAsText("rule")).containsExactly("R2", "R3", "R1", "R7", "R6", "R10");
        assertThat(proxy.router().counters().conflicts()).isZero();
        assertThat(post("/api/explain", "{\"target\":\"nowhere\"}").status()).isEqualTo(400);
        assertThat(post("/api/explain", "nonsense").status()).isEqualTo(400);
    }

    @Test
    void shouldPreviewWhatAReloadWouldChange() throws Exception {
        String yaml = "listeners: [{name: public, address: '127.0.0.1:0'}]\nadmin: {address: '127.0.0.1:1'}\n"
                + "balance: least-active\naudit: {enabled: true}\nnodes:\n"
                + "  - {id: 1, cookie: node-1, weight: 5, url: '" + node.url() + "'}\n"
                + "  - {id: 3, url: 'http://127.0.0.1:1'}\n";
        JsonNode preview = json(
                post("/api/preview", JSON.createObjectNode().put("config", yaml).toString()));
        assertThat(preview.at("/added/0/id").asText()).isEqualTo("3");
        assertThat(preview.at("/removed/0/id").asText()).isEqualTo("2");
        assertThat(preview.at("/removed/0/activeRequests").asInt()).isZero();
        assertThat(preview.at("/changed/0").asText()).isEqualTo("1");
        assertThat(preview.get("sections")).extracting(JsonNode::asText).containsExactly("balance", "audit");
        assertThat(preview.get("restart")).extracting(JsonNode::asText).containsExactly("admin");
        assertThat(proxy.router().table().nodes()).hasSize(2);
        RawClient.Answer wrong = post("/api/preview", "{\"config\":\"nodes: [{id: 1}]\"}");
        assertThat(wrong.status()).isEqualTo(400);
        assertThat(wrong.text()).contains("nodes[0].url: missing").doesNotContain(".yaml");
    }

    @Test
    void shouldPreviewThatNodesStayUntilDiscoveryFindsSome() throws Exception {
        String yaml = EffectiveConfig.toYaml(proxy.config())
                .replaceFirst("(?s)nodes:.*?(?=health:)", "discovery: {dns: {name: a.example}}\n");
        JsonNode preview = json(
                post("/api/preview", JSON.createObjectNode().put("config", yaml).toString()));
        assertThat(preview.get("removed")).isEmpty();
        assertThat(preview.get("sections")).extracting(JsonNode::asText).containsExactly("discovery");
    }

    @Test
    void shouldPreviewNoChangeForTheConfigurationThatHolds() throws Exception {
        stopAndRestart("s3cret");
        admin.close();
        admin = new RawClient(proxy.adminUri());
        String body = JSON.createObjectNode()
                .put("config", EffectiveConfig.toYaml(proxy.config()))
                .toString();
        admin.send("POST /api/preview HTTP/1.1\r\nHost: " + proxy.adminUri().getAuthority()
                + "\r\nAuthorization: Bearer s3cret\r\nContent-Type: application/json\r\nContent-Length: "
                + body.length() + "\r\n\r\n" + body);
        assertThat(json(admin.answer()).properties())
                .allSatisfy(each -> assertThat(each.getValue()).isEmpty());
    }

    @Test
    void shouldStreamASnapshotASecondAndTheChangesOfStates() throws Exception {
        try (RawClient reader = new RawClient(proxy.adminUri())) {
            reader.send("GET /api/events HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n");
            assertThat(reader.head().values("Content-Type").get(0)).startsWith("text/event-stream");
            BufferedReader lines = new BufferedReader(new InputStreamReader(reader.in(), StandardCharsets.UTF_8));
            JsonNode snapshot = JSON.readTree(dataOf(lines, "snapshot"));
            assertThat(snapshot.at("/nodes/0/node/id").asText()).isEqualTo("1");
            assertSchema(openapi(), "Snapshot", snapshot);
            proxy.states().setAdmin("1", NodeState.DRAIN);
            assertThat(dataOf(lines, "state")).contains("node 1: ready");
        }
    }

    @Test
    void shouldStreamToSoManyReadersOnly() throws Exception {
        List<RawClient> readers = new ArrayList<>();
        try {
            for (int i = 0; i < 64; i++) {
                readers.add(readEvents());
                assertThat(readers.get(i).head().status()).isEqualTo(200);
            }
            // The head may have come before its reader counts.
            RawClient.Answer refusal = await().until(
                            () -> {
                                readers.add(readEvents());
                                return readers.get(readers.size() - 1).head();
                            },
                            answer -> answer.status() != 200);
            assertThat(refusal.status()).isEqualTo(503);
        } finally {
            for (RawClient reader : readers) {
                reader.close();
            }
        }
    }

    private RawClient readEvents() throws IOException {
        return new RawClient(proxy.adminUri()).send("GET /api/events HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n");
    }

    private static String dataOf(BufferedReader lines, String event) throws IOException {
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
            if (line.equals("event: " + event)) {
                return lines.readLine().substring("data: ".length());
            }
        }
        throw new IOException("The stream ended");
    }

    @ParameterizedTest
    @ValueSource(strings = {"/", "/dashboard.css", "/dashboard.js"})
    void shouldServeThePageFromTheJarWithoutAToken(String path) throws Exception {
        stopAndRestart("s3cret");
        RawClient.Answer answer = get(path);
        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.values("Content-Security-Policy").get(0))
                .startsWith("default-src 'none'; script-src 'self';");
        assertThat(answer.values("X-Content-Type-Options")).containsExactly("nosniff");
        assertThat(answer.text()).doesNotContain("http://", "https://", "//cdn", " style=", "onclick");
        assertThat(get("/api/stats").status()).isEqualTo(401);
        assertThat(get("/api/openapi.json").status()).isEqualTo(401);
    }

    private void stopAndRestart(String token) throws IOException {
        admin.close();
        proxy.close();
        restart(token);
    }

    private JsonNode openapi() throws IOException {
        return json(get("/api/openapi.json"));
    }

    @Test
    void shouldDescribeWhatItAnswers() throws Exception {
        JsonNode openapi = openapi();
        for (Map.Entry<String, JsonNode> path : openapi.get("paths").properties()) {
            if (path.getValue().has("get") && !path.getKey().equals("/api/events")) {
                assertThat(get(path.getKey()).status()).as(path.getKey()).isEqualTo(200);
            }
        }
        assertSchema(openapi, "Node", json(get("/api/nodes")).get(0));
        assertSchema(openapi, "Stats", json(get("/api/stats")));
        assertSchema(openapi, "Node", json(setState("1", "{\"state\":\"ready\"}")));
        assertSchema(openapi, "Decision", json(post("/api/explain", "{\"target\":\"/\"}")));
        assertSchema(
                openapi, "Preview", json(post("/api/preview", "{\"config\":\"nodes: [{id: 9, url: 'http://a'}]\"}")));
        assertThat(JSON.readTree(post("/api/explain", "{}").body()).has("type")).isTrue();
    }

    /** Compares names and types with the schema, all the way down. */
    private static void assertSchema(JsonNode openapi, String name, JsonNode value) {
        assertMatches(openapi, openapi.at("/components/schemas/" + name), value, name);
    }

    private static void assertMatches(JsonNode openapi, JsonNode given, JsonNode value, String where) {
        JsonNode schema =
                given.has("$ref") ? openapi.at(given.get("$ref").asText().substring(1)) : given;
        if (value.isNull()) {
            assertThat(schema.path("nullable").asBoolean()).as(where).isTrue();
            return;
        }
        switch (schema.get("type").asText()) {
            case "object" -> {
                if (schema.has("properties")) {
                    assertThat(names(value)).as(where).isEqualTo(names(schema.get("properties")));
                    value.properties()
                            .forEach(field -> assertMatches(
                                    openapi,
                                    schema.get("properties").get(field.getKey()),
                                    field.getValue(),
                                    where + "." + field.getKey()));
                }
            }
            case "array" -> value.forEach(each -> assertMatches(openapi, schema.get("items"), each, where + "[]"));
            case "string" -> {
                assertThat(value.isTextual()).as(where).isTrue();
                if (schema.has("enum")) {
                    assertThat(schema.get("enum")).as(where).contains(value);
                }
            }
            case "integer" -> assertThat(value.isIntegralNumber()).as(where).isTrue();
            case "number" -> assertThat(value.isNumber()).as(where).isTrue();
            case "boolean" -> assertThat(value.isBoolean()).as(where).isTrue();
            default -> throw new AssertionError(where);
        }
    }

    private static Set<String> names(JsonNode object) {
        Set<String> names = new TreeSet<>();
        object.fieldNames().forEachRemaining(names::add);
        return names;
    }

    @ParameterizedTest
    @ValueSource(strings = {"deploy/grafana-dashboard.json", "deploy/prometheus-alerts.yaml", "docs/observability.md"})
    void shouldHaveTheMetricsThatFilesName(String file) throws Exception {
        request("/a", "Cookie: gcbSessionServer=node-1");
        String text = Files.readString(Path.of("..").resolve(file));
        Set<String> named = new TreeSet<>();
        Matcher matcher = Pattern.compile("\\b(?:cobrowse|jvm)_[a-z_]*[a-z]\\b").matcher(text);
        while (matcher.find()) {
            named.add(matcher.group());
        }
        assertThat(named).hasSizeGreaterThan(5);
        await().untilAsserted(() -> {
            String metrics = get("/metrics").text();
            assertThat(named).allSatisfy(name -> assertThat(metrics).containsPattern("(?m)^" + name + "(_count)?[ {]"));
        });
    }
}
