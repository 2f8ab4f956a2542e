package io.cobrowse.sticky.proxy.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import io.cobrowse.sticky.proxy.StickyProxyServer;
import io.cobrowse.sticky.routing.NodeState;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** The commands that query a running proxy, and one that does not. */
class ObserveCommandsTest {
    private static final String YAML = """
            listeners: [{name: public, address: "127.0.0.1:0"}]
            admin: {address: "127.0.0.1:0"}
            nodes:
              - {id: "1", cookie: node-1, url: "http://127.0.0.1:1"}
              - {id: "2", cookie: node-2, url: "http://127.0.0.1:2"}
            """;

    @TempDir
    Path directory;

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();
    private StickyProxyServer proxy;

    @BeforeEach
    void start() throws IOException {
        proxy = StickyProxyServer.builder()
                .listen("127.0.0.1", 0)
                .admin("127.0.0.1", 0)
                .node("1", "node-1", "http://127.0.0.1:1")
                .node("2", "node-2", "http://127.0.0.1:2")
                .build()
                .start();
    }

    @AfterEach
    void stop() {
        proxy.close();
    }

    private int run(String... arguments) {
        CommandLine commandLine = Main.commandLine();
        commandLine.setOut(new PrintWriter(out));
        commandLine.setErr(new PrintWriter(err));
        return commandLine.execute(arguments);
    }

    private String admin() {
        return proxy.adminUri().toString();
    }

    private Path config(String yaml) throws IOException {
        return Files.writeString(directory.resolve("proxy.yaml"), yaml);
    }

    @Test
    void shouldWaitUntilADrainedNodeIsSafe() {
        assertThat(run("nodes", "drain", "2", "--wait", "--admin", admin())).isZero();
        assertThat(out.toString().lines()).containsExactly("node 2: drain", "node 2: safe to stop");
    }

    @Test
    void shouldSayWhatIsLeftAndEndAtTheTimeout() {
        proxy.router().table().node("2").begin();
        assertThat(run("nodes", "drain", "2", "--wait", "--timeout", "1s", "--admin", admin()))
                .isEqualTo(3);
        assertThat(out.toString().lines())
                .containsExactly(
                        "node 2: drain",
                        "node 2: 1 request, 0 polls and 0 WebSockets open, 0 clients seen in 40 s",
                        "node 2: not safe to stop yet, and the time is over");
    }

    @Test
    void shouldPrintNothingButJsonWhileItWaits() throws Exception {
        proxy.router().table().node("2").begin();
        assertThat(run("nodes", "drain", "2", "--wait", "--timeout", "1s", "--json", "--admin", admin()))
                .isEqualTo(3);
        JsonNode node = new ObjectMapper().readTree(out.toString());
        assertThat(node.path("id").asText()).isEqualTo("2");
        assertThat(node.path("safeToStop").asBoolean(true)).isFalse();
        assertThat(err.toString().lines())
                .containsExactly(
                        "node 2: 1 request, 0 polls and 0 WebSockets open, 0 clients seen in 40 s",
                        "node 2: not safe to stop yet, and the time is over");
    }

    @Test
    void shouldRefuseATimeOutWithoutAWait() {
        assertThat(run("nodes", "drain", "2", "--timeout", "5s", "--admin", admin()))
                .isEqualTo(2);
        assertThat(err.toString()).contains("--timeout goes with --wait");
        assertThat(proxy.router().table().state(proxy.router().table().node("2")))
                .isNotEqualTo(NodeState.DRAIN);
    }

    @Test
    void shouldRefuseToWaitForAnythingButADrain() {
        assertThat(run("nodes", "maint", "2", "--wait", "--admin", admin())).isEqualTo(2);
        assertThat(run("nodes", "drain", "2", "--wait", "--timeout", "soon", "--admin", admin()))
                .isEqualTo(2);
        assertThat(proxy.router().table().state(proxy.router().table().node("2")))
                .isNotEqualTo(NodeState.MAINT);
    }

    @Test
    void shouldPrintNodesAsJson() throws Exception {
        assertThat(run("nodes", "--json", "--admin", admin())).isZero();
        JsonNode nodes = new ObjectMapper().readTree(out.toString());
        assertThat(nodes.findValuesAsText("id")).containsExactly("1", "2");
    }

    @Test
    void shouldExplainByAConfigurationAndByARunningProxyAlike() throws Exception {
        String[] request = {"--cookie", "a=b; gcbSessionServer=node-2", "--method", "POST", "/cobrowse/x?y=1"};
        assertThat(run(
                        "explain",
                        "--config",
                        config(YAML).toString(),
                        request[0],
                        request[1],
                        request[2],
                        request[3],
                        request[4]))
                .isZero();
        String byConfig = out.toString();
        assertThat(byConfig.lines().reduce((first, second) -> second)).hasValue("=> node 2, by cookie (kept)");
        assertThat(byConfig).contains("R3   the cookie \"node-2\" names node 2 at http://127.0.0.1:2");
        proxy.states().setAdmin("2", NodeState.MAINT);
        out.getBuffer().setLength(0);
        assertThat(run("explain", "--admin", admin(), request[0], request[1], request[2], request[3], request[4]))
                .isZero();
        assertThat(out.toString())
                .contains("R10")
                .endsWith("=> 503: node 2 is not available, and the client is told" + System.lineSeparator());
    }

    @Test
    void shouldRefuseToExplainByBothOrNeitherOrWhatIsNoTarget() throws Exception {
        assertThat(run("explain", "/")).isEqualTo(2);
        assertThat(run("explain", "--admin", admin(), "--config", config(YAML).toString(), "/"))
                .isEqualTo(2);
        assertThat(run("explain", "--admin", admin(), "nowhere")).isEqualTo(2);
        assertThat(run("explain", "--admin", admin(), "--header", "nocolon", "/"))
                .isEqualTo(2);
        assertThat(err.toString().lines()).hasSize(4);
    }

    @Test
    void shouldCheckAFileAgainstARunningProxy() throws Exception {
        proxy.router().table().node("2").begin();
        String next = YAML.replace("id: \"2\", cookie: node-2", "id: \"3\", cookie: node-3");
        assertThat(run("check", "--config", config(next).toString(), "--against", admin()))
                .isZero();
        assertThat(out.toString().lines())
                .containsExactly(
                        "+ node 3 at http://127.0.0.1:2",
                        "- node 2 at http://127.0.0.1:2: open now 1 requests, of them 0 polls, and 0 WebSockets; "
                                + "0 clients seen in 40 s");
        out.getBuffer().setLength(0);
        assertThat(run("check", "--config", config(YAML).toString(), "--against", admin()))
                .isZero();
        assertThat(out.toString().strip()).isEqualTo("A reload would change nothing.");
    }

    @Test
    void shouldShowTheClusterWithinEightyColumns() throws Exception {
        JsonNode nodes = new ObjectMapper().readTree("""
                [{"id":"1","state":"ready","requestsPerSecond":12,"activeRequests":3,"parkedPolls":2,"activeTunnels":1,
                  "sessionsSeen":4,"safeToStop":false},
                 {"id":"a-name-that-is-far-too-long","state":"drain","requestsPerSecond":99999999,"activeRequests":99999999,
                  "parkedPolls":9999999,"activeTunnels":99999999,"sessionsSeen":99999999,"safeToStop":true}]
                """);
        JsonNode stats = new ObjectMapper().readTree("""
                {"all":[{"seconds":10,"count":120,"p50Ms":1.234,"p99Ms":8888.888},{"seconds":60,"count":9,"p50Ms":9.9}],
                 "nodes":[{"id":"1","times":[{"seconds":10,"count":120,"p50Ms":1.26,"p99Ms":75000.4},{"seconds":60}]},
                          {"id":"a-name-that-is-far-too-long","times":[{"seconds":10,"count":0,"p50Ms":0,"p99Ms":0}]}]}
                """);
        List<String> lines = TopScreen.lines(nodes, stats, 1, 24, "q: quit");
        assertThat(lines).allSatisfy(line -> assertThat(line.length()).isLessThanOrEqualTo(TopScreen.COLUMNS));
        assertThat(lines)
                .containsExactly(
                        "1 of 2 nodes ready, 100000011 requests a second; in 10 s p50 1.2, p99 8888.9 ms",
                        "  NODE         STATE  REQ/S   OPEN  POLLS TUNNELS CLIENTS  P50 MS  P99 MS",
                        "  1            ready     12      3      2       1       4     1.3   75000",
                        "> a-name-that~ drain    99M    99M     9M     99M     99M       -       - SAFE",
                        "q: quit");
    }

    @Test
    void shouldShowTheTimesThatARunningProxyTells() throws Exception {
        AdminClient client = new AdminClient(proxy.adminUri(), null);
        assertThat(TopScreen.lines(client.nodes(), client.stats(), 0, 24, ""))
                .startsWith("2 of 2 nodes ready, 0 requests a second")
                .contains("> 1            ready      0      0      0       0       0       -       -");
    }

    @Test
    void shouldKeepTheChosenNodeOnAShortScreen() throws Exception {
        StringBuilder json = new StringBuilder("[");
        for (int i = 0; i < 200; i++) {
            json.append(i == 0 ? "" : ",").append("{\"id\":\"").append(i).append("\",\"state\":\"ready\"}");
        }
        List<String> lines = TopScreen.lines(
                new ObjectMapper().readTree(json.append("]").toString()), MissingNode.getInstance(), 150, 10, "");
        assertThat(lines).hasSize(10).anySatisfy(line -> assertThat(line).startsWith("> 150 "));
    }
}
