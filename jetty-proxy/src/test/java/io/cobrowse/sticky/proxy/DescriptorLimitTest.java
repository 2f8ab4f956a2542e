package io.cobrowse.sticky.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.cobrowse.sticky.proxy.cli.Main;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A process that may open few files, with clients who need more connections to a node: no fault of the node. */
class DescriptorLimitTest {
    private static final int MAX_FILES = 500;
    private static final int STREAMS = 250;
    private static final int CLIENTS = 3;

    private final CountDownLatch over = new CountDownLatch(1);
    private final List<RawHttp2Client> clients = new ArrayList<>();

    @TempDir
    Path directory;

    private RawNode node;
    private Process proxy;
    private URI uri;
    private URI admin;

    @BeforeEach
    void start() throws Exception {
        node = new RawNode(exchange -> {
            if (exchange.line().contains("/parked")) {
                over.await();
            }
            RawNode.OK.serve(exchange);
        });
        Path config = Files.writeString(directory.resolve("proxy.yaml"), """
                listeners: [{name: public, address: "127.0.0.1:0"}]
                admin: {address: "127.0.0.1:0"}
                nodes: [{id: 1, cookie: node-1, url: "%s"}]
                health: {interval: 200ms, timeout: 10s, fall: 2, rise: 1}
                timeouts: {drain: 100ms}
                """.formatted(node.url()));
        proxy = new ProcessBuilder(
                        "bash",
                        "-c",
                        "ulimit -n " + MAX_FILES + " && exec \"$@\"",
                        "bash",
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx128m",
                        "-cp",
                        System.getProperty("java.class.path"),
                        Main.class.getName(),
                        "run",
                        "--config",
                        config.toString())
                .redirectOutput(directory.resolve("out").toFile())
                .redirectError(directory.resolve("err").toFile())
                .start();
        await().atMost(Duration.ofSeconds(60)).until(() -> out().size() >= 2);
        uri = address("public");
        admin = address("admin");
    }

    @AfterEach
    void stop() throws Exception {
        over.countDown();
        for (RawHttp2Client each : clients) {
            each.close();
        }
        proxy.destroy();
        if (!proxy.waitFor(30, TimeUnit.SECONDS)) {
            proxy.destroyForcibly();
        }
        node.close();
    }

    private List<String> out() throws IOException {
        return Files.readAllLines(directory.resolve("out"));
    }

    private URI address(String listener) throws IOException {
        return out().stream()
                .filter(line -> line.startsWith(listener + ":"))
                .map(line -> URI.create(line.split(" ")[1]))
                .findFirst()
                .orElseThrow();
    }

    @Test
    void shouldAnswer503WithoutBlamingTheNode() throws Exception {
        List<List<Integer>> streams = new ArrayList<>();
        for (int i = 0; i < CLIENTS; i++) {
            RawHttp2Client client = new RawHttp2Client(uri);
            clients.add(client);
            List<Integer> own = new ArrayList<>();
            for (int j = 0; j < STREAMS; j++) {
                own.add(client.begin("GET", "/parked", true, "cookie", "gcbSessionServer=node-1"));
            }
            client.ping();
            streams.add(own);
        }
        // While the limit is reached, the admin listener answers, and checks of the node pass.
        int before = passedChecks();
        await().atMost(Duration.ofSeconds(60)).until(() -> passedChecks() >= before + 5);
        over.countDown();

        int served = 0;
        int refused = 0;
        for (int i = 0; i < CLIENTS; i++) {
            for (int stream : streams.get(i)) {
                RawHttp2Client.Answer answer = clients.get(i).answer(stream);
                assertThat(answer.values("set-cookie")).isEmpty();
                if (answer.status() == 503) {
                    assertThat(answer.text()).contains("urn:cobrowse-proxy:overloaded");
                    refused++;
                } else {
                    assertThat(answer.text()).isEqualTo("ok");
                    served++;
                }
            }
        }
        assertThat(refused).as("refused, while %d were served", served).isPositive();
        assertThat(served).isPositive();
        assertThat(clients.get(0)
                        .get("/after", "cookie", "gcbSessionServer=node-1")
                        .text())
                .isEqualTo("ok");
        assertThat(Files.readString(directory.resolve("err"))).doesNotContain("-> down");
    }

    /** Returns how many checks of the node have passed; fails if one has failed. */
    private int passedChecks() throws IOException {
        try (RawClient client = RawClient.ofAdmin(admin)) {
            List<String> lines = client.get("/metrics")
                    .text()
                    .lines()
                    .filter(line -> line.startsWith("cobrowse_checks_total"))
                    .toList();
            assertThat(lines).filteredOn(line -> !line.contains("\"pass\"")).allMatch(line -> line.endsWith(" 0.0"));
            return lines.stream()
                    .filter(line -> line.contains("\"pass\""))
                    .mapToInt(line -> (int) Double.parseDouble(line.substring(line.lastIndexOf(' '))))
                    .sum();
        }
    }
}
