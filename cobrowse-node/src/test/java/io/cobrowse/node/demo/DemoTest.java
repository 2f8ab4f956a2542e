package io.cobrowse.node.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.BindException;
import java.net.ConnectException;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine.Help.Ansi;

class DemoTest {
    private final StringWriter out = new StringWriter();
    private final HttpClient client = HttpClient.newHttpClient();

    @TempDir
    private Path directory;

    private DemoOptions options;

    @BeforeEach
    void prepare() throws Exception {
        int[] ports = Ports.inARow(5);
        options = new DemoOptions(
                2, ports[0], ports[1], ports[2], ports[4], 0, StandInProxy.jar(directory, StandInProxy.class));
    }

    @Test
    void shouldRunNodesBehindAProxyUntilStopped() throws Exception {
        Demo demo = new Demo(options, new PrintWriter(out), Ansi.OFF);
        CompletableFuture<Void> run = start(demo);
        awaitReady(run);

        HttpResponse<String> created = send("POST", options.nodeUrl(1).resolve("/cobrowse/rest/live/sessions"));
        String token = created.body().replaceFirst(".*\"sessionToken\":\"(\\d+)\".*", "$1");
        HttpResponse<String> found = send("GET", options.nodeUrl(2).resolve("/cobrowse/rest/live/sessions/" + token));

        assertThat(found.headers().firstValue("X-Cobrowse-Node")).hasValue("node-2");
        assertThat(found.body())
                .isEqualTo("{\"sessionToken\":\"" + token + "\",\"sessionServerName\":\"node-1\","
                        + "\"sessionServerUrl\":\"http://localhost:" + options.port() + "?co-browse-node-id=1\"}");
        assertThat(out.toString())
                .contains("http://127.0.0.1:" + options.controlPort() + "/ ")
                .contains("\ndashboard http://127.0.0.1:" + options.adminPort() + "/ ")
                .contains(options.proxyUrl() + "/cobrowse/demo/customer.html\n")
                .contains(options.proxyUrl() + "/cobrowse/demo/agent.html?by=cookie\n")
                .contains(options.proxyUrl() + "/cobrowse/demo/agent.html?by=url\n");
        assertThat(out.toString()).containsPattern("\\d\\d:\\d\\d:\\d\\d  node-1  " + token + "  created: over REST\n");

        demo.stop();
        run.get(20, TimeUnit.SECONDS);
        assertThatThrownBy(() -> send("GET", options.nodeUrl(1))).isInstanceOf(ConnectException.class);
        assertThatThrownBy(() -> send("GET", options.adminUrl())).isInstanceOf(ConnectException.class);
        assertThatThrownBy(() -> send("GET", URI.create("http://127.0.0.1:" + options.controlPort())))
                .isInstanceOf(ConnectException.class);
    }

    @Test
    void shouldSayThatTheProxyDied() throws Exception {
        CompletableFuture<Void> run = start(new Demo(options, new PrintWriter(out), Ansi.OFF));
        awaitReady(run);

        assertThatThrownBy(() -> send("GET", options.adminUrl().resolve("/die")))
                .isInstanceOf(IOException.class);

        assertThat(run)
                .failsWithin(20, TimeUnit.SECONDS)
                .withThrowableThat()
                .havingRootCause()
                .withMessageStartingWith("The proxy died with exit code 7. The end of ")
                .withMessageEndingWith("dying as told");
    }

    @Test
    void shouldSayThatTheProxyDoesNotStart() throws Exception {
        DemoOptions broken = new DemoOptions(
                1,
                options.port(),
                options.adminPort(),
                options.nodePort(),
                0,
                0,
                StandInProxy.jar(directory, DemoTest.class));

        assertThatThrownBy(new Demo(broken, new PrintWriter(out), Ansi.OFF)::run)
                .isInstanceOf(IOException.class)
                .hasMessageStartingWith("The proxy died with exit code 1. The end of ");
    }

    @Test
    void shouldNameAPortInUse() throws Exception {
        for (int port : new int[] {options.port(), options.adminPort(), options.port(2), options.controlPort()}) {
            try (ServerSocket taken = new ServerSocket(port)) {
                assertThatThrownBy(new Demo(options, new PrintWriter(out), Ansi.OFF)::run)
                        .isInstanceOf(BindException.class)
                        .hasMessage("Port " + taken.getLocalPort() + " is in use.");
            }
        }
    }

    @Test
    void shouldWriteTheProxysConfiguration() {
        assertThat(ProxyYaml.of(
                        new DemoOptions(2, 8080, 8081, 8701, 0, 0, options.proxyJar()), Path.of("/tmp/access.log")))
                .isEqualTo("""
                        listeners:
                          - name: public
                            address: 0.0.0.0:8080
                            allow: [ "/cobrowse/cometd/**", "/cobrowse/demo/**", "/cobrowse/health", "/cobrowse/rest/**" ]
                        admin:
                          address: 127.0.0.1:8081
                        stickiness:
                          expose-route: true
                        timeouts:
                          drain: 1s
                        access-log:
                          file: "/tmp/access.log"
                          max-size: 10MiB
                          files: 2
                        metrics: { enabled: true }
                        audit: { enabled: true }
                        nodes:
                          - id: "1"
                            cookie: node-1
                            url: http://127.0.0.1:8701
                          - id: "2"
                            cookie: node-2
                            url: http://127.0.0.1:8702
                        """);
    }

    @ParameterizedTest
    @CsvSource({
        "0, 8080, 8081, 8701, 0, 0, --nodes: 0 is not within 1 to 32.",
        "33, 8080, 8081, 8701, 0, 0, --nodes: 33 is not within 1 to 32.",
        "3, 0, 8081, 8701, 0, 0, --port: 0 is not within 1 to 65535.",
        "3, 8080, 65536, 8701, 0, 0, --admin-port: 65536 is not within 1 to 65535.",
        "3, 8080, 8081, 65534, 0, 0, '--node-port, the last node''s: 65536 is not within 1 to 65535.'",
        "3, 8080, 8080, 8701, 0, 0, '--port 8080, --admin-port 8080 and the nodes'' ports 8701 to 8703 overlap.'",
        "3, 8703, 8081, 8701, 0, 0, '--port 8703, --admin-port 8081 and the nodes'' ports 8701 to 8703 overlap.'",
        "3, 8080, 8081, 8701, -1, 0, --control-port: -1 is not within 1 to 65535.",
        "3, 8080, 8081, 8701, 8080, 0, --control-port 8080 is another one's port.",
        "3, 8080, 8081, 8701, 8081, 0, --control-port 8081 is another one's port.",
        "3, 8080, 8081, 8701, 8703, 0, --control-port 8703 is another one's port.",
        "3, 8080, 8081, 8701, 0, -1, --traffic: -1 is not within 0 to 100.",
        "3, 8080, 8081, 8701, 0, 101, --traffic: 101 is not within 0 to 100.",
    })
    void shouldSayWhichOptionIsWrong(
            int nodes, int port, int adminPort, int nodePort, int controlPort, int traffic, String message) {
        assertThatIllegalArgumentException()
                .isThrownBy(() ->
                        new DemoOptions(nodes, port, adminPort, nodePort, controlPort, traffic, options.proxyJar()))
                .withMessage(message);
    }

    private static CompletableFuture<Void> start(Demo demo) {
        return CompletableFuture.runAsync(() -> {
            try {
                demo.run();
            } catch (IOException | InterruptedException failure) {
                throw new CompletionException(failure);
            }
        });
    }

    private void awaitReady(CompletableFuture<Void> run) {
        Awaitility.await()
                .atMost(30, TimeUnit.SECONDS)
                .until(() -> run.isDone() || out.toString().contains("Ctrl-C stops everything"));
        assertThat(run).isNotDone();
    }

    private HttpResponse<String> send(String method, URI uri) throws IOException, InterruptedException {
        return client.send(
                HttpRequest.newBuilder(uri)
                        .method(method, BodyPublishers.noBody())
                        .build(),
                BodyHandlers.ofString());
    }
}
