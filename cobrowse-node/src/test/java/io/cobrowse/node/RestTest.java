package io.cobrowse.node;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RestTest {
    private final List<SessionEvent> events = new CopyOnWriteArrayList<>();
    private CobrowseNode node;

    @BeforeEach
    void start() throws Exception {
        node = CobrowseNode.builder()
                .name("node-1")
                .allowedOrigins(Set.of("https://agents.example"))
                .onEvent(events::add)
                .build()
                .start();
    }

    @AfterEach
    void stop() {
        node.close();
    }

    @Test
    void shouldCreateASessionAndSetTheCookie() throws Exception {
        HttpResponse<String> answer = Http.post(node, "/cobrowse/rest/live/sessions", "");

        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.headers().firstValue("Content-Type"))
                .hasValueSatisfying(type -> assertThat(type).startsWith("application/json"));
        assertThat(Http.json(answer)).containsOnlyKeys("sessionToken", "sessionServerName");
        assertThat(Http.json(answer)).containsEntry("sessionServerName", "node-1");
        assertThat((String) Http.json(answer).get("sessionToken")).matches("[0-9]{9}");
        assertThat(Http.stickiness(answer)).containsExactly("gcbSessionServer=node-1; Path=/");
    }

    @Test
    void shouldCreateAChatSessionAndSetTheCookie() throws Exception {
        HttpResponse<String> answer = Http.post(node, "/cobrowse/rest/chat/sessions", "");

        assertThat(Http.json(answer)).containsOnlyKeys("chatId");
        assertThat(Http.stickiness(answer)).containsExactly("gcbSessionServer=node-1; Path=/");
    }

    @Test
    void shouldLookASessionUpWithoutAServerUrlWhereItHasNone() throws Exception {
        String token = Http.createSession(node);

        HttpResponse<String> answer = Http.get(node, "/cobrowse/rest/live/sessions/" + token);

        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.body()).isEqualTo("{\"sessionToken\":\"" + token + "\",\"sessionServerName\":\"node-1\"}");
    }

    @Test
    void shouldLookASessionUpWithItsServerUrl() throws Exception {
        node.setServerUrl(URI.create("http://lb.example?co-browse-node-id=1"));
        String token = Http.createSession(node);

        assertThat(Http.json(Http.get(node, "/cobrowse/rest/live/sessions/" + token)))
                .containsEntry("sessionServerUrl", "http://lb.example?co-browse-node-id=1");
    }

    @ParameterizedTest
    @CsvSource({"123", "1234567890", "12345678x", "''", "000000000/x"})
    void shouldAnswer404ToWhatIsNoToken(String token) throws Exception {
        assertThat(Http.get(node, "/cobrowse/rest/live/sessions/" + token).statusCode())
                .isEqualTo(404);
    }

    @Test
    void shouldStopASessionOfAnyState() throws Exception {
        String token = Http.createSession(node);
        try (CometClient customer = CometClient.handshake(node, CometClient.Transport.LONG_POLLING)) {
            String userToken = (String) customer.join(token, 1, "Ann").get("userToken");
            String path = "/cobrowse/rest/live/users/" + userToken + "/session/stop";

            HttpResponse<String> answer = Http.get(node, path);

            assertThat(answer.statusCode()).isEqualTo(200);
            assertThat(Http.json(answer)).containsOnlyKeys("activationTime", "deactivationTime");
            assertThat(Http.json(answer)).containsEntry("activationTime", 0L);
            assertThat((Long) Http.json(answer).get("deactivationTime")).isPositive();
            assertThat(Http.get(node, path).body()).as("once more").isEqualTo(answer.body());
            assertThat(customer.next("deactivated")).containsEntry("sessionToken", token);
            assertThat(Http.get(node, "/cobrowse/rest/live/sessions/" + token).statusCode())
                    .isEqualTo(404);
        }
    }

    @Test
    void shouldAnswer404ToAStopByAStranger() throws Exception {
        String token = Http.createSession(node);

        assertThat(Http.get(node, "/cobrowse/rest/live/users/" + token + "-x/session/stop")
                        .statusCode())
                .isEqualTo(404);
    }

    @Test
    void shouldBeHealthyWithAnEmptyBody() throws Exception {
        HttpResponse<String> answer = Http.get(node, "/cobrowse/health");

        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.body()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "GET, /cobrowse/rest/live/sessions, 405",
        "DELETE, /cobrowse/rest/live/sessions/123456789, 405",
        "GET, /cobrowse/rest/chat/sessions, 405",
        "POST, /cobrowse/rest/live/users/x/session/stop, 405",
        "POST, /cobrowse/internal/stats, 405",
        "GET, /cobrowse/rest/other, 404",
        "GET, /cobrowse/internal/other, 404",
        "GET, /cobrowse/internal/sessions/123456789, 404",
        "GET, /cobrowse/, 404",
        "GET, /, 404",
        "GET, /cobrowse/cometd, 400",
    })
    void shouldNameTheNodeInEveryAnswer(String method, String path, int status) throws Exception {
        HttpResponse<String> answer = Http.send(method, node.uri().resolve(path), "");

        assertThat(answer.statusCode()).isEqualTo(status);
        assertThat(answer.headers().allValues("X-Cobrowse-Node")).containsExactly("node-1");
        assertThat(Http.stickiness(answer)).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            nullValues = "-",
            value = {
                "-, -, 200",
                "https://agents.example, -, 200",
                "-, https://agents.example/desk?x=1, 200",
                "https://agents.example, https://evil.example/, 200",
                "https://evil.example, -, 403",
                "https://evil.example, https://agents.example/, 403",
                "null, -, 403",
                "-, https://agents.example.evil.example/, 403",
            })
    void shouldLetAllowedOriginsLookUp(String origin, String referer, int status) throws Exception {
        String token = Http.createSession(node);
        List<String> fields = new ArrayList<>();
        if (origin != null) {
            fields.addAll(List.of("Origin", origin));
        }
        if (referer != null) {
            fields.addAll(List.of("Referer", referer));
        }

        HttpResponse<String> answer =
                Http.get(node, "/cobrowse/rest/live/sessions/" + token, fields.toArray(String[]::new));

        assertThat(answer.statusCode()).isEqualTo(status);
        assertThat(answer.headers().firstValue("Access-Control-Allow-Origin").orElse(null))
                .isEqualTo(status == 200 ? origin : null);
    }

    @Test
    void shouldReportEvents() throws Exception {
        String token = Http.createSession(node);

        assertThat(events).containsExactly(new SessionEvent("node-1", SessionEvent.Kind.CREATED, token, "over REST"));
        assertThat(events.get(0)).hasToString("node-1  " + token + "  created: over REST");
    }
}
