package io.cobrowse.node.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.cobrowse.node.NodeStats;
import io.cobrowse.sticky.routing.Node;
import io.cobrowse.sticky.routing.RoutingCounters;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The demo's simulated pairs, with the demo's configuration of the proxy. */
class TrafficTest {
    private static final int PAIRS = 6;
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    @TempDir
    private Path directory;

    @Test
    void shouldKeepSessionsOfAllKindsGoingAndLoseNone() throws Exception {
        try (RunningDemo demo = RunningDemo.start(directory, PAIRS)) {
            try (Traffic traffic = new Traffic(demo.options())) {
                await().atMost(PATIENCE).untilAsserted(() -> {
                    assertThat(traffic.sessions()).isGreaterThanOrEqualTo(PAIRS);
                    assertThat(stats(demo))
                            .anySatisfy(node -> assertThat(node.relayed()).isPositive());
                    // Three pairs over WebSocket, three by long-polling.
                    assertThat(demo.proxy().router().table().nodes().stream()
                                    .mapToInt(Node::activeTunnels)
                                    .sum())
                            .isEqualTo(PAIRS);
                });
                RoutingCounters counters = demo.proxy().router().counters();
                assertThat(List.of(counters.byUrl(), counters.byCookie(), counters.byNone()))
                        .allMatch(count -> count > 0);
                assertThat(traffic.lost()).isZero();
                await().atMost(PATIENCE).untilAsserted(() -> {
                    assertThat(demo.proxy().telemetry().sessionsAgreed()).isPositive();
                    assertThat(lines()).isNotEmpty().allMatch(line -> line.startsWith("{\"time\":\""));
                });
                assertThat(demo.proxy().telemetry().violations()).isZero();
            }
            await().atMost(PATIENCE)
                    .untilAsserted(() ->
                            assertThat(demo.proxy().router().table().nodes()).allMatch(node -> node.active() == 0));
        }
    }

    @Test
    void shouldGoOnWithNewSessionsWhenANodeIsKilled() throws Exception {
        try (RunningDemo demo = RunningDemo.start(directory, PAIRS);
                Traffic traffic = new Traffic(demo.options())) {
            await().atMost(PATIENCE).until(() -> traffic.sessions() >= PAIRS);
            IntStream.rangeClosed(1, 2).forEach(demo.nodes()::kill);
            await().atMost(PATIENCE).until(() -> traffic.lost() > 0);
            long before = traffic.sessions();
            await().atMost(PATIENCE).until(() -> traffic.sessions() > before);
        }
    }

    private static List<NodeStats> stats(RunningDemo demo) {
        return IntStream.rangeClosed(1, 3)
                .mapToObj(i -> demo.nodes().running(i))
                .map(node -> node.stats())
                .toList();
    }

    private List<String> lines() throws IOException {
        return Files.readAllLines(RunningDemo.accessLog(directory));
    }
}
