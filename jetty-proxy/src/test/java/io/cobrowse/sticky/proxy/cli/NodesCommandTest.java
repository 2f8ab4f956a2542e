package io.cobrowse.sticky.proxy.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NodesCommandTest {
    private static final String NODES = """
            [{"id":"1","cookie":"node-1","url":"http://10.0.0.11:8700","state":"ready","activeRequests":12,
              "activeTunnels":3,"weight":1,"backup":false},
             {"id":"second","cookie":["a","b"],"url":"http://10.0.0.12:8700","state":"maint","activeRequests":0,
              "weight":256}]
            """;

    @TempDir
    Path directory;

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();
    private final List<String> requests = new ArrayList<>();
    private HttpServer admin;
    private int status = 200;
    private String body = "";

    @BeforeEach
    void startAdmin() throws Exception {
        admin = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        admin.createContext("/", exchange -> {
            requests.add(exchange.getRequestMethod() + " " + exchange.getRequestURI() + " "
                    + exchange.getRequestHeaders().getFirst("Authorization") + " "
                    + new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8));
            byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(status, bytes.length == 0 ? -1 : bytes.length);
            exchange.getResponseBody().write(bytes);
            exchange.close();
        });
        admin.start();
    }

    @AfterEach
    void stopAdmin() {
        admin.stop(0);
    }

    @Test
    void shouldListNodesInColumns() {
        body = NODES;
        assertThat(execute("nodes", "--admin", url())).isZero();
        assertThat(out.toString().lines())
                .containsExactly(
                        "ID      COOKIE  STATE  REQUESTS  TUNNELS  WEIGHT  URL",
                        "1       node-1  ready  12        3        1       http://10.0.0.11:8700",
                        "second  a,b     maint  0         -        256     http://10.0.0.12:8700");
        assertThat(requests).containsExactly("GET /api/nodes null ");
    }

    @Test
    void shouldSetAStateWithTheTokenOfAFile() throws Exception {
        status = 204;
        Path token = Files.writeString(directory.resolve("token"), "s3cret\n");
        assertThat(execute("nodes", "--admin", url(), "drain", "n.1", "--token-file", token.toString()))
                .isZero();
        assertThat(out.toString().strip()).isEqualTo("node n.1: drain");
        assertThat(requests).containsExactly("PUT /api/nodes/n.1/state Bearer s3cret {\"state\":\"drain\"}");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    401 | ready | the proxy at URL wants a token: give it with --token-file FILE (401)
                    403 | list  | the proxy at URL wants a token: give it with --token-file FILE (403)
                    404 | maint | the proxy at URL has no node x: out of order (404)
                    404 | list  | no admin interface at URL: URL/api/nodes answered 404
                    405 | maint | the proxy at URL does not support PUT /api/nodes/x/state (405)
                    501 | maint | the proxy at URL does not support PUT /api/nodes/x/state (501)
                    500 | maint | the proxy at URL failed: out of order (500)
                    302 | list  | the proxy at URL failed: out of order (302)
                    """)
    void shouldTellWhatTheProxyAnswered(int answer, String action, String message) {
        status = answer;
        body = "{\"type\":\"about:blank\",\"detail\":\"out of\\norder\"}";
        String[] arguments = action.equals("list") ? new String[] {"list"} : new String[] {action, "x"};
        assertThat(execute(nodes(arguments))).isEqualTo(1);
        assertThat(err.toString().strip()).isEqualTo("cobrowse-proxy nodes: " + message.replace("URL", url()));
    }

    @Test
    void shouldTellThatATokenIsRefused() throws Exception {
        status = 401;
        Path token = Files.writeString(directory.resolve("token"), "wrong");
        assertThat(execute(nodes("--token-file", token.toString()))).isEqualTo(1);
        assertThat(err.toString())
                .contains("refuses the token of --token-file (401)")
                .doesNotContain("wrong");
    }

    @ParameterizedTest
    @CsvSource({"''", "{}", "<html>", "[1"})
    void shouldTellThatTheAnswerIsNoListOfNodes(String answer) {
        body = answer;
        assertThat(execute(nodes())).isEqualTo(1);
        assertThat(err.toString().strip())
                .isEqualTo("cobrowse-proxy nodes: " + url() + "/api/nodes did not answer with a list of nodes");
    }

    @Test
    void shouldTellThatNothingListens() throws Exception {
        int port;
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = socket.getLocalPort();
        }
        assertThat(execute("nodes", "--admin", "http://127.0.0.1:" + port)).isEqualTo(1);
        assertThat(err.toString().strip())
                .isEqualTo("cobrowse-proxy nodes: cannot connect to http://127.0.0.1:" + port
                        + ": is the proxy running there?");
    }

    @Test
    void shouldTellThatTheTokenFileIsMissingOrEmpty() throws Exception {
        Path missing = directory.resolve("missing");
        Path empty = Files.writeString(directory.resolve("empty"), "\n");
        assertThat(execute(nodes("--token-file", missing.toString()))).isEqualTo(1);
        assertThat(execute(nodes("--token-file", empty.toString()))).isEqualTo(1);
        assertThat(err.toString().lines())
                .containsExactly(
                        "cobrowse-proxy nodes: " + missing + ": no such file",
                        "cobrowse-proxy nodes: " + empty + " holds no token: one line of visible ASCII");
        assertThat(requests).isEmpty();
    }

    private String url() {
        return "http://127.0.0.1:" + admin.getAddress().getPort();
    }

    private String[] nodes(String... arguments) {
        List<String> all = new ArrayList<>(List.of("nodes", "--admin", url()));
        all.addAll(List.of(arguments));
        return all.toArray(String[]::new);
    }

    private int execute(String... arguments) {
        return Main.commandLine()
                .setOut(new PrintWriter(out))
                .setErr(new PrintWriter(err))
                .execute(arguments);
    }
}
