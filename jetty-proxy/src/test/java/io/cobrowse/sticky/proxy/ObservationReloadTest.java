package io.cobrowse.sticky.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.cobrowse.sticky.proxy.config.ProxyConfig;
import io.cobrowse.sticky.proxy.config.ProxyConfig.AccessLog;
import io.cobrowse.sticky.proxy.config.ProxyConfig.Audit;
import io.cobrowse.sticky.proxy.config.ProxyConfig.LogFormat;
import io.cobrowse.sticky.proxy.config.ProxyConfig.Observation;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Changes of the access log, metrics and audit while the proxy runs. */
class ObservationReloadTest {
    private static final String SESSIONS = "/cobrowse/rest/live/sessions";

    @TempDir
    Path directory;

    private RawNode one;
    private RawNode two;
    private StickyProxyServer proxy;

    @BeforeEach
    void start() throws IOException {
        one = new RawNode(owner("node-1"));
        two = new RawNode(owner("node-1"));
        proxy = StickyProxyServer.builder()
                .listen("127.0.0.1", 0)
                .admin("127.0.0.1", 0)
                .node("1", "node-1", one.url())
                .node("2", "node-2", two.url())
                .build()
                .start();
    }

    @AfterEach
    void stop() throws IOException {
        proxy.close();
        one.close();
        two.close();
    }

    /** A node that names a given node as the owner of a session, always the same one. */
    private static RawNode.Behaviour owner(String name) {
        String body = "{\"sessionToken\":\"845800826\",\"sessionServerName\":\"" + name + "\"}";
        return exchange -> exchange.send("HTTP/1.1 200 OK\r\nContent-Length: " + body.length() + "\r\n\r\n" + body);
    }

    private void reload(AccessLog log, boolean metrics, Audit audit) {
        ProxyConfig now = proxy.config();
        assertThat(proxy.reload(new ProxyConfig(
                        now.listeners(),
                        now.admin(),
                        now.stickiness(),
                        now.balance(),
                        now.nodes(),
                        now.discovery(),
                        now.health(),
                        now.timeouts(),
                        now.tunnels(),
                        now.cors(),
                        now.setCookie(),
                        now.upstreamTls(),
                        new Observation(log, metrics, audit))))
                .isEmpty();
    }

    private AccessLog file(String name, LogFormat format) {
        return new AccessLog(directory.resolve(name).toString(), format, 1 << 20, 2, false);
    }

    private List<String> lines(String name) throws IOException {
        Path file = directory.resolve(name);
        return Files.exists(file) ? Files.readAllLines(file) : List.of();
    }

    private void request(String line, String cookie) throws IOException {
        try (RawClient client = new RawClient(proxy.uri("public"))) {
            client.send(line + " HTTP/1.1\r\nHost: proxy\r\nContent-Length: 0\r\nCookie: gcbSessionServer=" + cookie
                    + "\r\n\r\n");
            assertThat(client.answer().status()).isEqualTo(200);
        }
    }

    /** Creates a session at node 1, and waits until the audit knows: the next request may end on another loop, before this one. */
    private void createSession() throws IOException {
        request("POST " + SESSIONS, "node-1");
        await().until(() -> proxy.telemetry().sessionsRemembered() == 1);
    }

    private HttpResponse<String> metrics() throws IOException, InterruptedException {
        URI uri = proxy.adminUri().resolve("/metrics");
        return HttpClient.newHttpClient().send(HttpRequest.newBuilder(uri).build(), BodyHandlers.ofString());
    }

    @Test
    void shouldTurnTheLogOnMoveItChangeItsFormatAndTurnItOff() throws Exception {
        try (RawClient client = new RawClient(proxy.uri("public"))) {
            client.get("/unwritten");
            client.get("/other"); // Read once earlier ones are reported; may be reported after the reload.
        }
        reload(file("a.log", LogFormat.JSON), true, Audit.DEFAULTS);
        request("GET /first", "node-1");
        await().untilAsserted(() -> assertThat(lines("a.log")).anyMatch(line -> line.contains("/first")));
        reload(file("b.log", LogFormat.JSON), true, Audit.DEFAULTS);
        request("GET /second", "node-1");
        await().untilAsserted(() -> assertThat(lines("b.log")).hasSize(1));
        reload(file("b.log", LogFormat.TEXT), true, Audit.DEFAULTS);
        request("GET /third", "node-1");
        await().untilAsserted(() -> assertThat(lines("b.log")).hasSize(2));
        reload(AccessLog.DEFAULTS, true, Audit.DEFAULTS);
        request("GET /fourth", "node-1");
        assertThat(lines("a.log"))
                .filteredOn(line -> !line.contains("\"target\":\"/other\""))
                .singleElement()
                .asString()
                .contains("\"target\":\"/first\"");
        assertThat(lines("b.log").get(0)).contains("\"target\":\"/second\"");
        assertThat(lines("b.log").get(1)).contains(" target=\"/third\"");
        assertThat(proxy.telemetry().dropped()).isZero();
    }

    @Test
    void shouldLoseNoLineWhenTheFileIsMovedUnderLoad() throws Exception {
        reload(file("log-0", LogFormat.JSON), true, Audit.DEFAULTS);
        int requests = 300;
        try (RawClient client = new RawClient(proxy.uri("public"))) {
            for (int i = 0; i < requests; i++) {
                assertThat(client.get("/" + i, "Cookie: gcbSessionServer=node-1")
                                .status())
                        .isEqualTo(200);
                if (i % 50 == 49) {
                    reload(file("log-" + (i + 1) / 50, LogFormat.JSON), true, Audit.DEFAULTS);
                }
            }
        }
        reload(AccessLog.DEFAULTS, true, Audit.DEFAULTS);
        int written = 0;
        for (int i = 0; i <= requests / 50; i++) {
            written += lines("log-" + i).size();
        }
        assertThat(written + proxy.telemetry().dropped()).isEqualTo(requests);
    }

    @Test
    void shouldTurnMetricsOffAndOnWithoutLosingCounts() throws Exception {
        request("GET /", "node-1");
        await().untilAsserted(() -> assertThat(metrics().body())
                .contains("cobrowse_requests_total{by=\"cookie\",code=\"2xx\",node=\"1\",sticky=\"kept\"} 1.0"));
        reload(AccessLog.DEFAULTS, false, Audit.DEFAULTS);
        assertThat(metrics().statusCode()).isEqualTo(404);
        request("GET /", "node-1");
        reload(AccessLog.DEFAULTS, true, Audit.DEFAULTS);
        await().untilAsserted(() -> assertThat(metrics().body())
                .contains("cobrowse_requests_total{by=\"cookie\",code=\"2xx\",node=\"1\",sticky=\"kept\"} 2.0"));
    }

    @Test
    void shouldFollowSessionsOnceTheAuditIsOn() throws Exception {
        request("GET " + SESSIONS + "/845800826", "node-2");
        assertThat(proxy.telemetry().sessionsRemembered()).isZero();
        reload(AccessLog.DEFAULTS, true, new Audit(true, 10));
        createSession();
        request("GET " + SESSIONS + "/845800826", "node-2");
        await().untilAsserted(
                        () -> assertThat(proxy.telemetry().sessionsAgreed()).isEqualTo(2));
        assertThat(proxy.telemetry().sessionsRemembered()).isEqualTo(1);
        assertThat(proxy.telemetry().violations()).isZero();
        one.behave(owner("node-2"));
        request("GET " + SESSIONS + "/845800826", "node-1");
        await().untilAsserted(() ->
                assertThat(metrics().body()).contains("cobrowse_stickiness_violations_total{kind=\"session\"} 1.0"));
    }

    @Test
    void shouldFindAJoinAtAnotherNodeThanThatOfTheSession() throws Exception {
        reload(AccessLog.DEFAULTS, true, new Audit(true, 10));
        createSession();
        String join = "[{\"channel\":\"/service/session/join\",\"data\":{\"sessionToken\":\"845800826\"}}]";
        try (RawClient client = new RawClient(proxy.uri("public"))) {
            String head =
                    "POST /cobrowse/cometd?co-browse-node-id=2 HTTP/1.1\r\nHost: proxy\r\nTransfer-Encoding: chunked\r\n\r\n";
            client.send(head + Integer.toHexString(20) + "\r\n" + join.substring(0, 20) + "\r\n");
            client.send(Integer.toHexString(join.length() - 20) + "\r\n" + join.substring(20) + "\r\n0\r\n\r\n");
            assertThat(client.answer().status()).isEqualTo(200);
        }
        await().untilAsserted(() -> assertThat(proxy.telemetry().violations()).isEqualTo(1));
    }
}
