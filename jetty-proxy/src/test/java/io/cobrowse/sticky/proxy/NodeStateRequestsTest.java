package io.cobrowse.sticky.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import io.cobrowse.sticky.routing.NodeState;
import java.io.IOException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The states of nodes, through the admin listener. */
class NodeStateRequestsTest {
    private static final String JSON = "application/json";

    private RawNode node;
    private StickyProxyServer proxy;
    private RawClient client;

    @BeforeEach
    void start() throws IOException {
        node = new RawNode();
        proxy = SmallProxy.start(node.url());
        client = RawClient.ofAdmin(proxy.adminUri());
    }

    @AfterEach
    void stop() throws IOException {
        client.close();
        proxy.close();
        node.close();
    }

    private NodeState state() {
        return proxy.router().table().state(proxy.router().table().nodes().get(0));
    }

    private RawClient.Answer put(String id, String type, String body) throws IOException {
        return client.send("PUT /api/nodes/" + id + "/state HTTP/1.1\r\nHost: localhost\r\nContent-Type: " + type
                        + "\r\nContent-Length: " + body.length() + "\r\n\r\n" + body)
                .answer();
    }

    @Test
    void shouldSetEachStateAndAnswerWithTheNode() throws Exception {
        for (NodeState state : new NodeState[] {NodeState.DRAIN, NodeState.MAINT, NodeState.READY}) {
            RawClient.Answer answer = put("1", JSON, "{\"state\":\"" + state.text() + "\"}");
            assertThat(answer.status()).isEqualTo(200);
            assertThat(answer.text())
                    .contains("\"id\":\"1\"", "\"state\":\"" + state.text() + "\"", "\"checked\":\"up\"");
            assertThat(state()).isEqualTo(state);
        }
        assertThat(client.get("/api/nodes").text())
                .contains("\"admin\":\"ready\"", "\"changes\":3", "\"lastChange\":\"2");
    }

    @Test
    void shouldNotBeReadyWhileNoNodeIs() throws Exception {
        assertThat(client.get("/readyz").status()).isEqualTo(200);
        put("1", JSON, "{\"state\":\"drain\"}");
        assertThat(client.get("/readyz").status()).isEqualTo(503);
        assertThat(client.get("/livez").status()).isEqualTo(200);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "{",
                "[]",
                "\"drain\"",
                "{}",
                "{\"state\":\"down\"}",
                "{\"state\":\"DRAIN\"}",
                "{\"state\":{}}"
            })
    void shouldSayWhatIsAllowed(String body) throws Exception {
        RawClient.Answer answer = put("1", JSON, body);
        assertThat(answer.status()).isEqualTo(400);
        assertThat(answer.text()).contains("with ready, drain or maint");
        assertThat(state()).isEqualTo(NodeState.READY);
    }

    /** The requests that a page of another site can send without a preflight, and some more. */
    @ParameterizedTest
    @CsvSource({"text/plain", "application/x-www-form-urlencoded", "multipart/form-data", "application/jsonp"})
    void shouldRefuseOtherTypes(String type) throws Exception {
        assertThat(put("1", type, "{\"state\":\"drain\"}").status()).isEqualTo(415);
        assertThat(state()).isEqualTo(NodeState.READY);
    }

    @Test
    void shouldRefuseABodyOfNoType() throws Exception {
        assertThat(client.request("PUT", "/api/nodes/1/state").status()).isEqualTo(415);
    }

    @Test
    void shouldTakeACharsetAndWhiteSpace() throws Exception {
        assertThat(put("1", "application/json; charset=utf-8", " {\"state\" : \"drain\"}\n")
                        .status())
                .isEqualTo(200);
    }

    @Test
    void shouldRefuseUnknownNodesAndMethods() throws Exception {
        assertThat(put("2", JSON, "{\"state\":\"drain\"}").status()).isEqualTo(404);
        RawClient.Answer answer = client.get("/api/nodes/1/state");
        assertThat(answer.status()).isEqualTo(405);
        assertThat(answer.values("Allow")).containsExactly("PUT");
    }

    @Test
    void shouldRefuseLargeBodies() throws Exception {
        assertThat(put("1", JSON, "{\"state\":\"drain\"}" + " ".repeat(4096)).status())
                .isEqualTo(413);
    }

    @Test
    void shouldRefuseLargeBodiesOfUnknownLength() throws Exception {
        client.send("PUT /api/nodes/1/state HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
                + "Transfer-Encoding: chunked\r\n\r\n1001\r\n" + " ".repeat(0x1001) + "\r\n0\r\n\r\n");
        assertThat(client.answer().status()).isEqualTo(413);
        assertThat(state()).isEqualTo(NodeState.READY);
    }
}
