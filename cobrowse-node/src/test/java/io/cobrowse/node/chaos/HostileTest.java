package io.cobrowse.node.chaos;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;
import static org.awaitility.Awaitility.await;

import io.cobrowse.sticky.proxy.StickyProxyServer;
import io.cobrowse.sticky.proxy.TestIdentity;
import io.cobrowse.sticky.proxy.config.ProxyConfig.Address;
import io.cobrowse.sticky.proxy.config.ProxyConfig.Health;
import io.cobrowse.sticky.proxy.config.ProxyConfig.Listener;
import io.cobrowse.sticky.proxy.config.Tls;
import io.cobrowse.sticky.routing.NodeState;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import javax.net.ssl.SSLSocket;
import org.HdrHistogram.Histogram;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Attacks for a minute each while pairs of clients work. None of the pairs loses anything, and no node is marked down.
 * Run by the profile {@code hostile}. Prints what it measures.
 */
@Tag("hostile")
class HostileTest {
    private static final int PAIRS = 50;
    private static final int ATTACKERS = 8;
    private static final int RELOADS = 100;
    private static final Duration SHOWN_WITHIN = Duration.ofSeconds(5);
    private static final Duration TIME = Duration.ofSeconds(Long.getLong("hostile.seconds", 60));

    /** An attack on the proxy. */
    private interface Deed {
        void run() throws Exception;
    }

    private static void whilePairsWork(String what, Chaos chaos, Deed deed) throws Exception {
        ChaosCluster cluster = chaos.cluster();
        long before = chaos.load().exchanges();
        long memory = Memory.usedMib();
        Map<String, Long> downs = new HashMap<>(); // All were down before they were started.
        cluster.good().forEach(name -> downs.put(name, downs(cluster, name)));
        CompletableFuture<Histogram> asking = CompletableFuture.supplyAsync(() -> ask(cluster.uri()));
        deed.run();
        Histogram answers = asking.get(2 * TIME.toSeconds() + 60, TimeUnit.SECONDS);
        chaos.load().assertOthersWell("none");
        for (String name : cluster.good()) {
            assertThat(cluster.state(name)).isEqualTo(NodeState.READY);
            assertThat(downs(cluster, name)).as("times that %s was down", name).isEqualTo(downs.get(name));
        }
        Chaos.figure(
                "%s for %d s: %d exchanges of %d pairs, 0 failures, no node down; another client's %d requests answered within"
                        + " %.0f ms, 99 %% of them within %.0f ms; heap %d MiB, %d before",
                what,
                TIME.toSeconds(),
                chaos.load().exchanges() - before,
                PAIRS,
                answers.getTotalCount(),
                answers.getMaxValue() / 1e6,
                answers.getValueAtPercentile(99) / 1e6,
                Memory.usedMib(),
                memory);
    }

    /** Sends a request ten times a second; fails if there is no answer. */
    private static Histogram ask(URI proxy) {
        Histogram nanos = new Histogram(TimeUnit.MINUTES.toNanos(5), 3);
        HttpClient client =
                HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
        HttpRequest request =
                HttpRequest.newBuilder(proxy.resolve("/cobrowse/health")).build();
        long endNanos = System.nanoTime() + TIME.toNanos();
        await().pollDelay(Duration.ZERO)
                .pollInterval(Duration.ofMillis(100))
                .atMost(TIME.multipliedBy(2).plusMinutes(1))
                .until(() -> {
                    long begin = System.nanoTime();
                    assertThat(client.send(request, HttpResponse.BodyHandlers.discarding())
                                    .statusCode())
                            .isEqualTo(200);
                    nanos.recordValue(System.nanoTime() - begin);
                    return begin - endNanos >= 0;
                });
        return nanos;
    }

    private static long downs(ChaosCluster cluster, String name) {
        return cluster.proxy().states().status(cluster.node(name)).counts().downs();
    }

    @ParameterizedTest
    @EnumSource
    void shouldLoseNothing(Attack attack) throws Exception {
        try (Chaos chaos = new Chaos(Health.DEFAULTS, PAIRS)) {
            URI proxy = chaos.cluster().uri();
            URI admin = chaos.cluster().proxy().adminUri();
            AtomicLong done = new AtomicLong();
            whilePairsWork(attack.name(), chaos, () -> {
                ExecutorService attackers = Executors.newFixedThreadPool(ATTACKERS);
                long endNanos = System.nanoTime() + TIME.toNanos();
                for (int i = 0; i < ATTACKERS; i++) {
                    attackers.execute(() -> {
                        while (System.nanoTime() < endNanos) {
                            try {
                                attack.once(proxy, admin);
                            } catch (IOException refused) {
                                // As may be.
                            }
                            done.incrementAndGet();
                        }
                    });
                }
                attackers.shutdown();
                assertThat(attackers.awaitTermination(2 * TIME.toSeconds() + 60, TimeUnit.SECONDS))
                        .isTrue();
            });
            Chaos.figure("%s: sent %d times", attack.name(), done.get());
            assertThat(done).hasPositiveValue();
        }
    }

    /**
     * Slow heads; slow bodies, the first of which a node answers before they are complete; many ranges; slow readers;
     * and as many HTTP/2 streams as fast as possible.
     */
    @ParameterizedTest
    @CsvSource({
        "slowhttptest -H -c 4000 -r 500 -i 5 -p 3 -l %d -u %s",
        "slowhttptest -B -c 4000 -r 500 -i 5 -p 3 -l %d -u %s",
        "slowhttptest -B -c 4000 -r 500 -i 5 -p 3 -j gcbSessionServer=bad -l %d -u %s/hang",
        "slowhttptest -R -c 4000 -r 500 -p 3 -l %d -u %s",
        "slowhttptest -X -c 4000 -r 500 -p 3 -w 10 -y 20 -n 5 -z 32 -k 3 -l %d -u %s",
        "h2load -D %d -c 20 -m 10 %s"
    })
    void shouldLoseNothingToTools(String command) throws Exception {
        String[] parts = command.split(" ");
        Path tool = Path.of("/usr/bin", parts[0]);
        assumeThat(tool).isExecutable();
        try (Chaos chaos = new Chaos(Health.DEFAULTS, PAIRS)) {
            Path log = Files.createTempFile("tool", ".log");
            long limitedBefore = timesLimited(chaos);
            whilePairsWork(command, chaos, () -> {
                Process process = new ProcessBuilder(command.formatted(
                                        TIME.toSeconds(), chaos.cluster().uri())
                                .split(" "))
                        .redirectErrorStream(true)
                        .redirectOutput(log.toFile())
                        .start();
                assertThat(process.waitFor(3 * TIME.toSeconds() + 60, TimeUnit.SECONDS))
                        .isTrue();
            });
            List<String> lines = Files.readAllLines(log);
            Chaos.figure(
                    "%s: %s", command, String.join(" ", lines.subList(Math.max(0, lines.size() - 15), lines.size())));
            Chaos.figure("limits reached: %s", limited(chaos));
            if (command.contains(" -H ") || command.endsWith("/hang")) {
                // No request is whole, and no node answers before: the proxy ends a connection for a limit, or not at
                // all.
                assertThat(closed(lines))
                        .as("connections that the proxy has ended")
                        .isLessThanOrEqualTo(timesLimited(chaos) - limitedBefore);
            }
        }
    }

    /** Listeners that are added and removed, each time with other certificates, limits and nodes. */
    @Test
    void shouldLoseNothingInReloads(@TempDir Path directory) throws Exception {
        List<Tls> identities = List.of(
                tls(TestIdentity.create(Files.createDirectory(directory.resolve("one")))),
                tls(TestIdentity.create(Files.createDirectory(directory.resolve("two")))));
        try (Chaos chaos = new Chaos(Health.DEFAULTS, PAIRS)) {
            StickyProxyServer proxy = chaos.cluster().proxy();
            int tunnels = proxy.tunnels().count();
            Listener open = proxy.config().listeners().get(0);
            int reloads = (int) TIME.toSeconds() * RELOADS / 60;
            whilePairsWork(reloads + " reloads", chaos, () -> {
                for (int i = 0; i < reloads; i++) {
                    chaos.cluster().reload(i % 2 == 1);
                    List<Listener> listeners = new ArrayList<>();
                    listeners.add(open.withLimits(open.limits().withConnectionsPerClient(i % 2 == 0 ? 0 : 10_000 + i)));
                    if (i % 3 != 0) {
                        listeners.add(new Listener(
                                "secure", new Address("127.0.0.1", 0), identities.get(i % 2), List.of(), List.of()));
                    }
                    assertThat(proxy.reload(proxy.config().withListeners(listeners)))
                            .isEmpty();
                    TimeUnit.MILLISECONDS.sleep(500);
                }
            });
            assertThat(proxy.tunnels().count()).as("tunnels").isEqualTo(tunnels);
            Chaos.figure("%d reloads: %d tunnels as before", reloads, tunnels);
        }
    }

    /** Certificate and key are replaced on disk while requests come one after another; no signal announces it. */
    @Test
    void shouldShowACertificateSoonAfterItWasReplacedUnderLoad(@TempDir Path directory) throws Exception {
        TestIdentity[] identities = {
            TestIdentity.create(Files.createDirectory(directory.resolve("one"))),
            TestIdentity.create(Files.createDirectory(directory.resolve("two")))
        };
        List<Integer> ports = NodeProcess.freePorts(3);
        put(identities[0], directory);
        Path config = Files.writeString(
                directory.resolve("proxy.yaml"), """
                listeners:
                  - {name: public, address: "127.0.0.1:%d"}
                  - {name: secure, address: "127.0.0.1:%d", tls: {certificate: cert.pem, private-key: key.pem}}
                admin: {address: "127.0.0.1:0"}
                nodes: [{id: 1, url: "http://127.0.0.1:%d"}]
                """.formatted(ports.get(0), ports.get(1), ports.get(2)));
        try (NodeProcess node = NodeProcess.bad(ports.get(2)).start();
                NodeProcess proxy = NodeProcess.proxy(ports.get(0), config).start();
                RepeatedRequests load =
                        new RepeatedRequests(URI.create(proxy.url()), ATTACKERS, Duration.ofSeconds(1))) {
            await().atMost(Duration.ofMinutes(1)).until(() -> shows(identities[0], ports.get(1)));
            CompletableFuture<RepeatedRequests.Outcome> answers = CompletableFuture.supplyAsync(() -> {
                try {
                    return load.run(TIME);
                } catch (Exception failure) {
                    throw new IllegalStateException(failure);
                }
            });
            long worst = 0;
            int swaps = 0;
            do {
                TestIdentity next = identities[++swaps % 2];
                put(next, directory);
                long begin = System.nanoTime();
                await().pollInterval(Duration.ofMillis(50)).atMost(SHOWN_WITHIN).until(() -> shows(next, ports.get(1)));
                worst = Math.max(worst, System.nanoTime() - begin);
            } while (!answers.isDone());
            RepeatedRequests.Outcome outcome = answers.get();
            assertThat(outcome.nanos().getTotalCount()).isPositive();
            Chaos.figure(
                    "%d certificates in turn, each shown within %d ms, while %d requests were answered: %s",
                    swaps, Chaos.millis(worst), outcome.nanos().getTotalCount(), outcome.statuses());
        }
    }

    private static void put(TestIdentity identity, Path directory) throws IOException {
        Files.copy(identity.certificate(), directory.resolve("cert.pem"), StandardCopyOption.REPLACE_EXISTING);
        Files.copy(identity.privateKey(), directory.resolve("key.pem"), StandardCopyOption.REPLACE_EXISTING);
    }

    private static boolean shows(TestIdentity identity, int port) throws Exception {
        try (SSLSocket socket =
                (SSLSocket) identity.context().getSocketFactory().createSocket("127.0.0.1", port)) {
            socket.startHandshake();
            return true;
        } catch (IOException other) {
            return false;
        }
    }

    private static Tls tls(TestIdentity identity) {
        return new Tls(identity.certificate().toString(), identity.privateKey().toString());
    }

    /** Returns how many connections slowhttptest has seen closed before it was done, from its last report. */
    private static long closed(List<String> lines) {
        List<String> reports =
                lines.stream().filter(line -> line.contains("closed:")).toList();
        assertThat(reports).as("reports of slowhttptest").isNotEmpty();
        return Long.parseLong(reports.get(reports.size() - 1).replaceAll("\\u001b\\[[0-9;]*m|[^0-9]", ""));
    }

    private static long timesLimited(Chaos chaos) {
        return chaos.cluster().proxy().listeners().stream()
                .flatMap(listener -> listener.counters().counts().values().stream())
                .mapToLong(Long::longValue)
                .sum();
    }

    /** Returns how often each limit has been reached, from the metrics. */
    private static List<String> limited(Chaos chaos) throws Exception {
        HttpRequest metrics = HttpRequest.newBuilder(
                        chaos.cluster().proxy().adminUri().resolve("/metrics"))
                .build();
        return HttpClient.newHttpClient()
                .send(metrics, HttpResponse.BodyHandlers.ofLines())
                .body()
                .filter(line -> line.startsWith("cobrowse_limited_total") && !line.endsWith(" 0.0"))
                .toList();
    }
}
