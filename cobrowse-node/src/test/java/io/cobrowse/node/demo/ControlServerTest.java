package io.cobrowse.node.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.cobrowse.node.Faults;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.eclipse.jetty.util.ajax.JSON;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Who may kill the demo's nodes: nobody through the proxy, no other page, and no other machine. */
class ControlServerTest {
    @TempDir
    private static Path directory;

    private static RunningDemo demo;
    private static HttpClient client;

    @BeforeAll
    static void start() throws Exception {
        demo = RunningDemo.start(directory);
        client = HttpClient.newBuilder().proxy(HttpClient.Builder.NO_PROXY).build();
    }

    @AfterAll
    static void stop() {
        demo.close();
    }

    @Test
    void shouldKillANodeAndStartItAgainWithoutItsSessions() throws Exception {
        String lookUp = "/cobrowse/rest/live/sessions/" + createSession(2);
        assertThat(get(demo.options().nodeUrl(2).resolve(lookUp)).statusCode()).isEqualTo(200);

        Map<?, ?> killed = node(put("nodes/2/killed"), 2);

        assertThat(killed.get("running")).isEqualTo(false);
        assertThat(demo.nodes().running(2)).isNull();
        HttpResponse<String> answer = get(demo.options().proxyUrl().resolve(lookUp + "?co-browse-node-id=2"));
        assertThat(answer.headers().firstValue("X-Cobrowse-Node")).isNotEqualTo("node-2");
        await().until(() ->
                "down".equals(node(get(demo.control().resolve("nodes")), 2).get("proxy")));
        assertThat(demo.log()).contains("  node-2  killed");

        Map<?, ?> again = node(put("nodes/2/running"), 2);

        assertThat(again.get("running")).isEqualTo(true);
        assertThat(again.get("sessions")).isEqualTo(0L);
        assertThat(get(demo.options().nodeUrl(2).resolve(lookUp)).statusCode()).isEqualTo(404);
        await().until(() ->
                "ready".equals(node(get(demo.control().resolve("nodes")), 2).get("proxy")));
        assertThat(demo.log()).contains("  node-2  started again");
    }

    @Test
    void shouldKillAndStartANodeNoMoreThanOnce() throws Exception {
        put("nodes/3/killed");
        assertThat(put("nodes/3/killed").statusCode()).isEqualTo(200);
        put("nodes/3/running");
        assertThat(put("nodes/3/running").statusCode()).isEqualTo(200);
        assertThat(demo.nodes().running(3)).isNotNull();
    }

    @ParameterizedTest
    @CsvSource({
        "PUT, nodes/0/killed, 404",
        "PUT, nodes/4/killed, 404",
        "PUT, nodes/1/paused, 404",
        "PUT, nodes, 404",
        "GET, nodes/1/killed, 404",
        "GET, absent, 404",
        "POST, nodes/1/killed, 405",
        "OPTIONS, nodes/1/killed, 405",
        "DELETE, nodes/1, 405",
    })
    void shouldDoNothingElse(String method, String path, int status) throws Exception {
        HttpResponse<String> answer = send(method, demo.control().resolve(path));

        assertThat(answer.statusCode()).isEqualTo(status);
        assertThat(demo.nodes().running(1)).isNotNull();
    }

    @ParameterizedTest
    @CsvSource({"'', text/html", "control.js, text/javascript", "control.css, text/css", "cobrowse.css, text/css"})
    void shouldServeItsPageThatNoOtherPageMayFrameOrRead(String file, String type) throws Exception {
        HttpResponse<String> answer = get(demo.control().resolve(file));

        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.headers().firstValue("Content-Type")).hasValue(type + ";charset=utf-8");
        assertThat(answer.headers().firstValue("Content-Security-Policy").orElseThrow())
                .contains("default-src 'none'", "frame-ancestors 'none'");
        assertThat(answer.headers().map().keySet()).noneMatch(name -> name.startsWith("access-control-"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                // Another page's script, the demo's own pages included, and one whose origin the browser hides.
                "Host: @CONTROL@\r\nOrigin: http://evil.example",
                "Host: @CONTROL@\r\nOrigin: @PROXY@",
                "Host: @CONTROL@\r\nOrigin: https://@CONTROL@",
                "Host: @CONTROL@\r\nOrigin: null",
                "Host: @CONTROL@\r\nOrigin: http://@CONTROL@\r\nOrigin: http://evil.example",
                // A page whose own name now leads here.
                "Host: evil.example\r\nOrigin: http://evil.example",
                "Host: 127.0.0.1.evil.example",
                "Host: localhost.evil.example:80",
                "Host: 10.0.0.1",
            })
    void shouldRefuseOtherPages(String fields) throws Exception {
        String named = fields.replace("@CONTROL@", demo.control().getAuthority())
                .replace("@PROXY@", demo.options().proxyUrl().toString());

        assertThat(raw("PUT /nodes/1/killed", named)).startsWith("HTTP/1.1 403 ");
        assertThat(raw("GET /nodes", named)).startsWith("HTTP/1.1 403 ");
        assertThat(demo.nodes().running(1)).isNotNull();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Host: @CONTROL@\r\nOrigin: http://@CONTROL@",
                "Host: localhost:1234\r\nOrigin: http://localhost:1234",
                "Host: @CONTROL@",
            })
    void shouldAdmitItsOwnPageAndToolsOfThisMachine(String fields) throws Exception {
        String named = fields.replace("@CONTROL@", demo.control().getAuthority());

        assertThat(raw("PUT /nodes/1/running", named)).startsWith("HTTP/1.1 200 ");
    }

    @Test
    void shouldListenOnLoopbackOnlyAsTheNodesDo() throws Exception {
        for (InetAddress address : otherAddresses()) {
            for (int port : new int[] {demo.control().getPort(), demo.options().port(1)}) {
                assertThat(connects(address, port))
                        .as("%s port %d", address, port)
                        .isFalse();
            }
        }
        assertThat(connects(InetAddress.getByName("127.0.0.1"), demo.control().getPort()))
                .isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/cobrowse/internal/faults",
                "/cobrowse/internal/faults?co-browse-node-id=1",
                "/cobrowse/internal/stats",
                "/cobrowse/internal",
                "//cobrowse//internal/faults",
                "/cobrowse/./internal/faults",
                "/cobrowse/rest/../internal/faults",
                "/cobrowse/rest/..%2Finternal/faults",
                "/cobrowse/rest/%2e%2e/internal/faults",
                "/cobrowse/rest/%252e%252e/internal/faults",
                "/cobrowse/rest/..;/internal/faults",
                "/cobrowse/rest/..;a=b/internal/faults",
                "/cobrowse/rest/..\\internal/faults",
                "/cobrowse/%69nternal/faults",
                "/cobrowse/;x/internal/faults",
                "/%63obrowse/internal/faults",
                "/nodes/1/killed",
            })
    void shouldKeepFaultsAwayFromTheProxysClients(String target) throws Exception {
        String host = "Host: " + demo.options().proxyUrl().getAuthority();
        for (String method : List.of("PUT", "POST", "GET")) {
            assertThat(raw(demo.options().port(), method + " " + target, host))
                    .as(method)
                    .matches("(?s)HTTP/1.1 (400|404) .*")
                    .doesNotContainIgnoringCase("X-Cobrowse-Node");
        }
        assertThat(demo.nodes().running(1))
                .isNotNull()
                .satisfies(node -> assertThat(node.faults()).isEqualTo(Faults.NONE));
    }

    /** Shows that the test above depends on the proxy, since faults can be injected directly. */
    @Test
    void shouldTakeFaultsFromThisMachineAtTheNodeItself() throws Exception {
        URI faults = demo.options().nodeUrl(1).resolve("/cobrowse/internal/faults");
        HttpRequest request = HttpRequest.newBuilder(faults)
                .header("Content-Type", "application/json")
                .PUT(BodyPublishers.ofString("{\"healthStatus\": 418}"))
                .build();
        assertThat(client.send(request, BodyHandlers.ofString()).statusCode()).isEqualTo(200);
        await().until(() ->
                get(demo.options().nodeUrl(1).resolve("/cobrowse/health")).statusCode() == 418);
        demo.nodes().running(1).inject(Faults.NONE);
    }

    @ParameterizedTest
    @CsvSource({
        "GET, /cobrowse/health, 200",
        "GET, /cobrowse/demo/customer.html, 200",
        "POST, /cobrowse/rest/live/sessions, 200",
        "POST, /cobrowse/rest/chat/sessions, 200",
        "GET, /cobrowse/rest/live/sessions/000000000, 404",
        "GET, /cobrowse/cometd, 400",
        "GET, /cobrowse/cometd/handshake, 400",
    })
    void shouldServeWhatTheProxysClientsNeed(String method, String path, int status) throws Exception {
        HttpResponse<String> answer = send(method, demo.options().proxyUrl().resolve(path));

        assertThat(answer.statusCode()).isEqualTo(status);
        assertThat(answer.headers().firstValue("X-Cobrowse-Node")).isPresent();
    }

    private static String createSession(int node) throws Exception {
        URI sessions = demo.options().nodeUrl(node).resolve("/cobrowse/rest/live/sessions");
        return (String) ((Map<?, ?>) new JSON().fromJSON(send("POST", sessions).body())).get("sessionToken");
    }

    private static Map<?, ?> node(HttpResponse<String> answer, int id) {
        assertThat(answer.statusCode()).isEqualTo(200);
        Object[] nodes = (Object[]) ((Map<?, ?>) new JSON().fromJSON(answer.body())).get("nodes");
        return (Map<?, ?>) nodes[id - 1];
    }

    private static HttpResponse<String> put(String path) throws Exception {
        return send("PUT", demo.control().resolve(path));
    }

    private static HttpResponse<String> get(URI uri) throws Exception {
        return send("GET", uri);
    }

    private static HttpResponse<String> send(String method, URI uri) throws Exception {
        return client.send(
                HttpRequest.newBuilder(uri)
                        .method(method, BodyPublishers.noBody())
                        .build(),
                BodyHandlers.ofString());
    }

    /** Sends a request to the control page, byte for byte, and returns the answer. */
    private static String raw(String methodAndTarget, String fields) throws IOException {
        return raw(demo.control().getPort(), methodAndTarget, fields);
    }

    private static String raw(int port, String methodAndTarget, String fields) throws IOException {
        try (Socket socket = new Socket("127.0.0.1", port)) {
            String request =
                    methodAndTarget + " HTTP/1.1\r\n" + fields + "\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";
            socket.getOutputStream().write(request.getBytes(StandardCharsets.ISO_8859_1));
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
        }
    }

    private static List<InetAddress> otherAddresses() throws IOException {
        return NetworkInterface.networkInterfaces()
                .flatMap(NetworkInterface::inetAddresses)
                .filter(address -> !address.isLoopbackAddress() && !address.isLinkLocalAddress())
                .toList();
    }

    private static boolean connects(InetAddress address, int port) {
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress(address, port), 2_000);
            return true;
        } catch (IOException refused) {
            return false;
        }
    }
}
