package io.cobrowse.node;

import static org.assertj.core.api.Assertions.assertThat;

import io.cobrowse.node.CometClient.Transport;
import java.net.URI;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Which requests count as foreign, because they reached the wrong node. */
class ForeignTest {
    private CobrowseNode node;

    @BeforeEach
    void start() throws Exception {
        node = CobrowseNode.builder()
                .name("node-1")
                .serverUrl(URI.create("http://lb.example?co-browse-node-id=1"))
                .build()
                .start();
    }

    @AfterEach
    void stop() {
        node.close();
    }

    @ParameterizedTest
    @CsvSource(
            nullValues = "-",
            value = {
                "POST, /cobrowse/cometd/connect, -, 0",
                "POST, /cobrowse/cometd/connect, gcbSessionServer=node-1, 0",
                "POST, /cobrowse/cometd/connect, gcbSessionServer=route.node-1, 0",
                "POST, /cobrowse/cometd/connect, gcbSessionServer=node-2; gcbSessionServer=node-1, 0",
                "POST, /cobrowse/cometd/connect, gcbsessionserver=node-2, 0",
                "POST, /cobrowse/cometd/connect, gcbSessionServer=, 0",
                "POST, /cobrowse/cometd/connect, gcbSessionServer=node-2, 1",
                "POST, /cobrowse/cometd/connect?co-browse-node-id=1, gcbSessionServer=node-2, 0",
                "POST, /cobrowse/cometd/connect?co-browse-node-id=%31, gcbSessionServer=node-2, 0",
                "POST, /cobrowse/cometd/connect?co-browse-node-id=2, gcbSessionServer=node-1, 1",
                "POST, /cobrowse/cometd/connect?co-browse-node-id=, gcbSessionServer=node-1, 0",
                "POST, /cobrowse/cometd/connect?xco-browse-node-id=2, -, 0",
                "POST, /cobrowse/cometd/handshake, gcbSessionServer=node-2, 0",
                "POST, /cobrowse/cometd/handshake?co-browse-node-id=2, -, 1",
                "POST, /cobrowse/rest/live/sessions, gcbSessionServer=node-2, 0",
                "POST, /cobrowse/rest/chat/sessions, gcbSessionServer=node-2, 0",
                "POST, /cobrowse/rest/live/sessions?co-browse-node-id=2, -, 1",
                "GET, /cobrowse/rest/live/sessions/000000000?co-browse-node-id=2, gcbSessionServer=node-2, 0",
                "GET, /cobrowse/rest/live/users/000000000-x/session/stop, -, 1",
                "GET, /cobrowse/rest/live/users/000000000-x/session/stop, gcbSessionServer=node-2, 1",
                "GET, /cobrowse/health, gcbSessionServer=node-2, 0",
                "GET, /cobrowse/internal/stats?co-browse-node-id=2, gcbSessionServer=node-2, 0",
            })
    void shouldCountByQueryThenCookie(String method, String target, String cookie, int foreign) throws Exception {
        String[] fields = cookie == null ? new String[0] : new String[] {"Cookie", cookie};

        Http.send(method, node.uri().resolve(target), "[]", fields);

        assertThat(node.stats().foreign()).isEqualTo(foreign);
    }

    @ParameterizedTest
    @EnumSource
    void shouldCountMessagesThatNameASessionOfAnotherNode(Transport transport) throws Exception {
        try (CometClient client = CometClient.handshake(node, transport)) {
            client.join("000000000", 1, "Ann");
            client.call("exit", Map.of("userToken", "000000000-x"));
            client.call("stop", Map.of("userToken", "000000000-x"));

            assertThat(node.stats().foreign()).isEqualTo(3);
        }
    }

    @Test
    void shouldCountARequestOnce() throws Exception {
        URI url = node.uri().resolve("/cobrowse/cometd?co-browse-node-id=2");
        try (CometClient client = CometClient.handshake(url, Transport.LONG_POLLING)) {
            long before = node.stats().foreign();
            client.join("000000000", 1, "Ann");

            assertThat(node.stats().foreign())
                    .as("the join, and at most a poll beside it")
                    .isBetween(before + 1, before + 2);
        }
    }

    @Test
    void shouldNotCountALateRequestToASessionOfItsOwn() throws Exception {
        String token = Http.createSession(node);
        try (CometClient customer = CometClient.handshake(node, Transport.LONG_POLLING)) {
            Map<String, Object> user =
                    Map.of("userToken", customer.join(token, 1, "Ann").get("userToken"));
            customer.call("exit", user);

            assertThat(customer.call("exit", user)).containsEntry("error", "session-ended");
            assertThat(node.stats().foreign()).isZero();
        }
    }

    @Test
    void shouldCountRequestsButForHealthAndInternalOnes() throws Exception {
        Http.get(node, "/cobrowse/health");
        Http.get(node, "/cobrowse/internal/stats");
        Http.createSession(node);
        Http.get(node, "/cobrowse/nowhere");

        assertThat(Http.get(node, "/cobrowse/internal/stats").body())
                .isEqualTo("{\"name\":\"node-1\",\"sessions\":1,\"customers\":0,\"agents\":0,\"requests\":2,"
                        + "\"foreign\":0,\"unknownClients402\":0,\"relayed\":0}");
    }
}
