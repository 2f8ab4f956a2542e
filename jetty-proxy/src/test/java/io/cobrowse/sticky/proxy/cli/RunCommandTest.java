package io.cobrowse.sticky.proxy.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.sun.net.httpserver.HttpServer;
import io.cobrowse.sticky.proxy.TestIdentity;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The command as a process of its own, since signals and exit codes are those of a process. */
class RunCommandTest {
    private static final String CONFIG = """
            listeners: [{name: public, address: "127.0.0.1:%d"}]
            admin: {address: "127.0.0.1:0"}
            nodes: [{id: 1, url: "http://127.0.0.1:%d"}]
            timeouts: {drain: 100ms}
            """;

    /**
     * A shell without job control makes background processes and their children ignore SIGINT, and nohup SIGHUP; GNU's
     * env reverses that. Elsewhere, the tests must be started in the foreground.
     */
    private static final List<String> HEEDING_SIGNALS = succeeds("env", "--default-signal=INT,HUP", "true")
            ? List.of("env", "--default-signal=INT,HUP")
            : List.of();

    private static final HttpClient HTTP = HttpClient.newHttpClient();

    @TempDir
    Path directory;

    private final List<String> jvmOptions = new ArrayList<>();
    private Process process;
    private boolean logIntoAPipe;
    private int maxFiles;

    @AfterEach
    void endProcess() {
        if (process != null) {
            process.destroyForcibly();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"TERM", "INT"})
    void shouldStopGracefullyOnASignalAndExitWithZero(String signal) throws Exception {
        startListening(CONFIG.formatted(0, 1));
        assertThat(out().lines().toList().get(0)).matches("public: http://127\\.0\\.0\\.1:[0-9]+ to 1 node");
        assertThat(out().lines().toList().get(1)).matches("admin: http://127\\.0\\.0\\.1:[0-9]+");
        signal(signal);
        assertThat(exitCode()).isZero();
        assertThat(err().lines()).filteredOn(line -> line.contains("Stopping")).hasSize(1);
    }

    @Test
    void shouldExitWithZeroAlsoWhenTheDeadlineCutsRequestsOff() throws Exception {
        try (ServerSocket node = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            startListening(CONFIG.formatted(0, node.getLocalPort()));
            int port = URI.create(out().lines().toList().get(0).split(" ")[1]).getPort();
            try (Socket client = new Socket(InetAddress.getLoopbackAddress(), port)) {
                client.getOutputStream().write("GET / HTTP/1.1\r\nHost: a\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
                try (Socket check = node.accept();
                        Socket parked = node.accept()) {
                    assertThat(check.getInputStream().read()).isEqualTo('G');
                    assertThat(parked.getInputStream().read()).isEqualTo('G');
                    signal("TERM");
                    assertThat(exitCode()).isZero();
                }
            }
        }
    }

    @Test
    void shouldReloadTheNodesWhenTheFileChangesAndOnHangUpAndRefuseAFileWithErrors() throws Exception {
        String yaml = CONFIG.formatted(0, 1);
        startListening(yaml);
        write(yaml.replace("}]\ntimeouts", "}, {id: 2, url: 'http://127.0.0.1:2'}]\ntimeouts"));
        awaitErr("node 2 at http://127.0.0.1:2 added");
        Path file = write("nodes: []");
        signal("HUP");
        awaitErr(file + ":1: nodes: an empty list: a list of at least 1");
        awaitErr("is not reloaded");
        write(yaml.replace("name: public", "name: other"));
        signal("HUP");
        awaitErr("node 2 at http://127.0.0.1:2 removed");
        signal("TERM");
        assertThat(exitCode()).isZero();
    }

    @Test
    void shouldShowACertificateSoonAfterItWasReplacedOnDisk() throws Exception {
        TestIdentity before = TestIdentity.create(directory);
        String tls = ", tls: {certificate: cert.pem, private-key: key.pem}}]\nadmin";
        startListening(CONFIG.formatted(0, 1).replace("}]\nadmin", tls));
        URI proxy = URI.create(out().lines().toList().get(0).split(" ")[1]);
        assertThat(shake(before, proxy)).isTrue();
        TestIdentity after = TestIdentity.create(directory);
        await().atMost(Duration.ofSeconds(60)).until(() -> shake(after, proxy));
        assertThat(shake(before, proxy)).isFalse();
    }

    private static boolean shake(TestIdentity trusted, URI uri) throws Exception {
        try (SSLSocket socket =
                (SSLSocket) trusted.context().getSocketFactory().createSocket(uri.getHost(), uri.getPort())) {
            socket.startHandshake();
            return true;
        } catch (SSLException notTrusted) {
            return false;
        }
    }

    @Test
    void shouldNotWaitForWhoeverWritesToAPipeInPlaceOfTheFile() throws Exception {
        startListening(CONFIG.formatted(0, 1));
        Files.delete(directory.resolve("proxy.yaml"));
        Process mkfifo =
                new ProcessBuilder("mkfifo", directory.resolve("proxy.yaml").toString()).start();
        assertThat(mkfifo.waitFor()).isZero();
        signal("HUP");
        awaitErr("proxy.yaml: is no regular file");
        Files.delete(directory.resolve("proxy.yaml"));
        write(CONFIG.formatted(0, 1).replace("}]\ntimeouts", "}, {id: 2, url: 'http://127.0.0.1:2'}]\ntimeouts"));
        signal("HUP");
        awaitErr("node 2 at http://127.0.0.1:2 added");
    }

    @Test
    void shouldServeThoughNobodyReadsItsLog() throws Exception {
        startListening(CONFIG.formatted(0, 1));
        process.destroyForcibly().waitFor();
        Files.delete(directory.resolve("out"));
        Files.createFile(directory.resolve("out"));
        logIntoAPipe = true;
        start("run", "--config", directory.resolve("proxy.yaml").toString());
        await().atMost(Duration.ofSeconds(60)).until(() -> out().lines().count() == 2);
        URI proxy = URI.create(out().lines().toList().get(0).split(" ")[1]);
        // A refused connect is logged, and so is a host that is none: far more than a pipe holds.
        for (int i = 0; i < 1000; i++) {
            try (Socket client = new Socket(proxy.getHost(), proxy.getPort())) {
                client.setSoTimeout(30_000);
                client.getOutputStream()
                        .write(("GET / HTTP/1.1\r\nHost: a,b" + i + "x".repeat(1000) + "\r\n\r\n")
                                .getBytes(StandardCharsets.US_ASCII));
                assertThat(client.getInputStream().read()).isEqualTo('H');
            }
        }
        signal("TERM");
        assertThat(exitCode()).isZero();
    }

    private void awaitErr(String text) {
        await().atMost(Duration.ofSeconds(30)).until(() -> err().contains(text));
    }

    @Test
    void shouldExitWithOneAndNameTheAddressInUse() throws Exception {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            start(
                    "run",
                    "--config",
                    write(CONFIG.formatted(taken.getLocalPort(), 1)).toString());
            assertThat(exitCode()).isEqualTo(1);
            assertThat(err().lines())
                    .singleElement()
                    .asString()
                    .startsWith("cobrowse-proxy run: ")
                    .contains("127.0.0.1:" + taken.getLocalPort());
            assertThat(out()).isEmpty();
        }
    }

    @Test
    void shouldExitWithOneAndSayThatTheHostOfAListenerIsUnknown() throws Exception {
        Path hosts = Files.writeString(directory.resolve("hosts"), "127.0.0.1 localhost\n");
        jvmOptions.add("-Djdk.net.hosts.file=" + hosts);
        Path file = write(CONFIG.formatted(1, 1).replace("127.0.0.1:1\"}]\nadmin", "nowhere.example:1\"}]\nadmin"));
        start("run", "--config", file.toString());
        assertThat(exitCode()).isEqualTo(1);
        assertThat(err().strip())
                .isEqualTo(
                        "cobrowse-proxy run: Listener public cannot listen on nowhere.example:1: the host cannot be resolved");
    }

    @ParameterizedTest
    @ValueSource(strings = {"run", "check"})
    void shouldExitWithTwoForABadConfiguration(String command) throws Exception {
        Path file = write("nodes: []");
        start(command, "--config", file.toString());
        assertThat(exitCode()).isEqualTo(2);
        assertThat(err().strip()).isEqualTo(file + ":1: nodes: an empty list: a list of at least 1");
    }

    @Test
    void shouldExitWithTwoForWrongUsage() throws Exception {
        start("run");
        assertThat(exitCode()).isEqualTo(2);
    }

    private Path write(String yaml) throws Exception {
        return Files.writeString(directory.resolve("proxy.yaml"), yaml);
    }

    private void startListening(String yaml) throws Exception {
        start("run", "--config", write(yaml).toString());
        await().atMost(Duration.ofSeconds(60))
                .until(() -> !process.isAlive() || out().lines().count() == 2);
        assertThat(err()).isEmpty();
    }

    private void signal(String name) throws Exception {
        Process kill = new ProcessBuilder("kill", "-" + name, Long.toString(process.pid())).start();
        assertThat(kill.waitFor()).isZero();
    }

    /** The file replaces the name server. The proxy keeps the look-ups of the last ten seconds, and Java keeps none. */
    @Test
    void shouldGoWhereTheNameOfANodeLeadsNow() throws Exception {
        try (NamedNode before = new NamedNode("127.0.0.1", 0);
                NamedNode after = new NamedNode("127.0.0.2", before.port())) {
            Path hosts = Files.writeString(directory.resolve("hosts"), "127.0.0.1 node.example\n");
            jvmOptions.add("-Djdk.net.hosts.file=" + hosts);
            jvmOptions.add("-Dsun.net.inetaddr.ttl=0");
            startListening(CONFIG.formatted(0, before.port())
                    .replace("127.0.0.1:" + before.port(), "node.example:" + before.port()));
            URI proxy = URI.create(out().lines().toList().get(0).split(" ")[1]);
            assertThat(get(proxy)).isEqualTo("127.0.0.1");
            Files.writeString(hosts, "127.0.0.2 node.example\n");
            await().atMost(Duration.ofSeconds(60))
                    .pollInterval(Duration.ofSeconds(1))
                    .until(() -> get(proxy).equals("127.0.0.2"));
        }
    }

    @Test
    void shouldStopAcceptingBeforeTheFilesThatItMayOpenRunOut() throws Exception {
        List<Socket> clients = new ArrayList<>();
        try (NamedNode node = new NamedNode("127.0.0.1", 0)) {
            maxFiles = 400;
            startListening(CONFIG.formatted(0, node.port()));
            URI proxy = URI.create(out().lines().toList().get(0).split(" ")[1]);
            for (int i = 0; i < 350; i++) {
                Socket client = new Socket(proxy.getHost(), proxy.getPort());
                clients.add(client);
                client.setSoTimeout(60_000);
                client.getOutputStream().write("GET / HTTP/1.1\r\nHost: p\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
            }
            awaitErr("accepts no more connections until some close");
            // Who was accepted is served, checks included, and the others are when these have gone.
            for (Socket client : clients) {
                assertThat(client.getInputStream().read()).isEqualTo('H');
                client.close();
            }
            assertThat(get(proxy)).isEqualTo("127.0.0.1");
            assertThat(err().lines())
                    .filteredOn(line -> line.contains("accepts no more connections"))
                    .hasSizeBetween(1, 3); // Once a minute, and this machine may be slow.
            assertThat(err()).doesNotContain("-> down").doesNotContain("Too many open files");
        } finally {
            for (Socket client : clients) {
                client.close();
            }
        }
    }

    private static String get(URI uri) throws Exception {
        return HTTP.send(HttpRequest.newBuilder(uri).build(), BodyHandlers.ofString())
                .body();
    }

    /** Answers with its own address. */
    private record NamedNode(HttpServer server) implements AutoCloseable {
        NamedNode(String address, int port) throws IOException {
            this(HttpServer.create(new InetSocketAddress(address, port), 1024));
            server.createContext("/", exchange -> {
                byte[] body = address.getBytes(StandardCharsets.US_ASCII);
                exchange.sendResponseHeaders(200, body.length);
                exchange.getResponseBody().write(body);
                exchange.close();
            });
            server.start();
        }

        int port() {
            return server.getAddress().getPort();
        }

        @Override
        public void close() {
            server.stop(0);
        }
    }

    private void start(String... arguments) throws Exception {
        List<String> command = new ArrayList<>(HEEDING_SIGNALS);
        if (maxFiles > 0) {
            command.addAll(List.of("bash", "-c", "ulimit -n " + maxFiles + " && exec \"$@\"", "bash"));
        }
        command.add(ProcessHandle.current().info().command().orElse("java"));
        command.addAll(jvmOptions);
        command.addAll(List.of(
                "-Xmx128m",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                Main.class.getName()));
        command.addAll(List.of(arguments));
        process = new ProcessBuilder(command)
                .redirectOutput(directory.resolve("out").toFile())
                .redirectError(
                        logIntoAPipe
                                ? ProcessBuilder.Redirect.PIPE
                                : ProcessBuilder.Redirect.to(
                                        directory.resolve("err").toFile()))
                .start();
    }

    private static boolean succeeds(String... command) {
        try {
            return new ProcessBuilder(command).start().waitFor() == 0;
        } catch (IOException | InterruptedException absent) {
            return false;
        }
    }

    private int exitCode() throws Exception {
        assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        return process.exitValue();
    }

    private String out() throws Exception {
        return Files.readString(directory.resolve("out"));
    }

    private String err() throws Exception {
        return Files.readString(directory.resolve("err"));
    }
}
