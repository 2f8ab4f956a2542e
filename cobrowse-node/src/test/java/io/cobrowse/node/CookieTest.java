package io.cobrowse.node;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.eclipse.jetty.util.ajax.JSON;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * The cookie is set when a Co-browse session is created, when a chat session is created, and when an agent joins, and
 * at no other time (Deployment Guide, Stickiness). Every request is built by hand, so that every answer can be checked.
 */
class CookieTest {
    private static final String COOKIE = "gcbSessionServer=node-1; Path=/";

    private final List<String> seen = new ArrayList<>();
    private CobrowseNode node;

    @BeforeEach
    void start() throws Exception {
        node = CobrowseNode.builder().name("node-1").build().start();
    }

    @AfterEach
    void stop() {
        node.close();
    }

    @Test
    void shouldSetTheCookieInThreeSituationsAndNoOther() throws Exception {
        String token =
                (String) Http.json(rest("create", "POST", "live/sessions")).get("sessionToken");
        rest("chat", "POST", "chat/sessions");
        rest("look-up", "GET", "live/sessions/" + token);
        rest("failed look-up", "GET", "live/sessions/000000000");
        see("health", Http.get(node, "/cobrowse/health"));
        see("stats", Http.get(node, "/cobrowse/internal/stats"));
        see("faults", Http.get(node, "/cobrowse/internal/faults"));
        see("peer look-up", Http.get(node, "/cobrowse/internal/sessions/" + token));

        String customer = handshake("customer handshake");
        meta("customer connect", customer, "connect");
        send("customer join", customer, "join", join(token, 1));
        String agent = handshake("agent handshake");
        meta("agent connect", agent, "connect");
        HttpResponse<String> agentJoin = send("agent join", agent, "join", join(token, 2));
        send("refused agent join", agent, "join", join(token, 2));
        String controller = handshake("controller handshake");
        send("controller join", controller, "join", join(token, 3));
        send("create over CometD", controller, "create", Map.of());
        send("dom", customer, "dom", Map.of());
        send("pointer", agent, "pointer", Map.of());
        String user = userToken(agentJoin);
        send("refused stop", agent, "stop", Map.of("userToken", user));
        rest("stop over REST", "GET", "live/users/" + user + "/session/stop");
        send("late exit", agent, "exit", Map.of("userToken", user));
        meta("disconnect", customer, "disconnect");

        assertThat(seen).containsExactly("create", "chat", "agent join", "create over CometD");
    }

    private static String userToken(HttpResponse<String> join) {
        return join.body().replaceFirst(".*\"userToken\":\"([^\"]*)\".*", "$1");
    }

    private HttpResponse<String> rest(String what, String method, String path) throws Exception {
        return see(what, Http.send(method, node.uri().resolve("/cobrowse/rest/" + path), ""));
    }

    private String handshake(String what) throws Exception {
        HttpResponse<String> answer = see(
                what,
                Http.post(
                        node,
                        "/cobrowse/cometd/handshake",
                        "[{\"channel\":\"/meta/handshake\",\"version\":\"1.0\","
                                + "\"supportedConnectionTypes\":[\"long-polling\"]}]"));
        Object[] messages = (Object[]) new JSON().fromJSON(answer.body());
        return (String) ((Map<?, ?>) messages[0]).get("clientId");
    }

    private void meta(String what, String client, String channel) throws Exception {
        String message = new JSON().toJSON(new Object[] {
            Map.of(
                    "channel",
                    "/meta/" + channel,
                    "clientId",
                    client,
                    "connectionType",
                    "long-polling",
                    "advice",
                    Map.of("timeout", 0))
        });
        see(what, Http.post(node, "/cobrowse/cometd/" + channel, message));
    }

    private HttpResponse<String> send(String what, String client, String channel, Map<String, Object> data)
            throws Exception {
        String message = new JSON()
                .toJSON(new Object[] {Map.of("channel", "/service/session/" + channel, "clientId", client, "data", data)
                });
        HttpResponse<String> answer = see(what, Http.post(node, "/cobrowse/cometd", message));
        assertThat(answer.body()).as(what).contains("\"successful\":true");
        return answer;
    }

    private static Map<String, Object> join(String token, int role) {
        return Map.of("sessionToken", token, "role", role, "name", "");
    }

    private HttpResponse<String> see(String what, HttpResponse<String> answer) {
        List<String> cookies = Http.stickiness(answer);
        if (!cookies.isEmpty()) {
            assertThat(cookies).as(what).containsExactly(COOKIE);
            seen.add(what);
        }
        return answer;
    }
}
