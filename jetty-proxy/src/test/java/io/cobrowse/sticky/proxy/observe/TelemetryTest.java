package io.cobrowse.sticky.proxy.observe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.sun.management.ThreadMXBean;
import io.cobrowse.sticky.proxy.config.ProxyConfig.AccessLog;
import io.cobrowse.sticky.proxy.config.ProxyConfig.Audit;
import io.cobrowse.sticky.proxy.config.ProxyConfig.LogFormat;
import io.cobrowse.sticky.proxy.config.ProxyConfig.Observation;
import io.cobrowse.sticky.routing.Node;
import io.cobrowse.sticky.routing.NodeState;
import io.cobrowse.sticky.routing.Router;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.HdrHistogram.AbstractHistogram;
import org.eclipse.jetty.http.HttpFields;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TelemetryTest {
    private final Router router = Cluster.of(3);
    private final Telemetry telemetry = new Telemetry(Observation.DEFAULTS, router, Cluster.NOTHING_OPEN);

    @AfterEach
    void close() {
        telemetry.close();
    }

    private static HttpFields setCookie(String value) {
        return HttpFields.build().add("Set-Cookie", value).asImmutable();
    }

    @Test
    void shouldCountKnownTrafficExactly() {
        for (int i = 0; i < 5; i++) {
            telemetry.ended(new FakeOutcome(Cluster.byCookie(router, 2), "/a"));
        }
        router.update(table -> table.withState("3", NodeState.MAINT));
        FakeOutcome moved = new FakeOutcome(
                router.route("POST", "/cobrowse/rest/chat/sessions", null, "gcbSessionServer=node-3", false), "/a");
        router.update(table -> table.withState("3", NodeState.READY));
        moved.status = 404;
        String movedTo = moved.route.node().id();
        telemetry.ended(moved);
        FakeOutcome opened = new FakeOutcome(Cluster.byUrl(router, 1), "/ws");
        opened.tunnel = true;
        opened.status = 101;
        telemetry.ended(opened);
        opened.tunnelClosed = true;
        telemetry.ended(opened);

        assertThat(telemetry.prometheus().lines().filter(line -> line.startsWith("cobrowse_requests_total{")))
                .containsExactlyInAnyOrder(
                        "cobrowse_requests_total{by=\"cookie\",code=\"2xx\",node=\"2\",sticky=\"kept\"} 5.0",
                        "cobrowse_requests_total{by=\"none\",code=\"4xx\",node=\"" + movedTo
                                + "\",sticky=\"moved\"} 1.0",
                        "cobrowse_requests_total{by=\"url\",code=\"1xx\",node=\"1\",sticky=\"kept\"} 1.0");
        assertThat(telemetry.prometheus())
                .contains("cobrowse_bytes_total{direction=\"in\"} 80.0")
                .contains("cobrowse_bytes_total{direction=\"out\"} 160.0")
                .contains("cobrowse_request_seconds_count{node=\"2\"} 5")
                .contains("cobrowse_request_seconds_bucket{node=\"2\",le=\"0.005\"} 5")
                .contains("cobrowse_checks_total{node=\"1\",result=\"pass\"} 7.0")
                .contains("cobrowse_node_state{node=\"1\",state=\"ready\"} 1.0")
                .contains("cobrowse_client_connections{listener=\"public\"} 4.0")
                .contains("cobrowse_upstream_connections{node=\"1\",state=\"active\"} 2.0");
        assertThat(telemetry.statistics().total()).isEqualTo(7);
    }

    @Test
    void shouldAllocateNothingOnTheThreadOfARequest() {
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        FakeOutcome outcome = new FakeOutcome(
                Cluster.byCookie(router, 2),
                "/a",
                HttpFields.build()
                        .put("Host", "proxy")
                        .put("Cookie", "BAYEUX_BROWSER=abc; gcbSessionServer=node-2")
                        .asImmutable());
        outcome.answer = setCookie("gcbSessionServer=node-2; Path=/");
        for (int i = 0; i < 50_000; i++) {
            telemetry.ended(outcome);
        }
        long id = Thread.currentThread().getId();
        long least = Long.MAX_VALUE;
        for (int attempt = 0; attempt < 5; attempt++) {
            long before = threads.getThreadAllocatedBytes(id);
            for (int i = 0; i < 10_000; i++) {
                telemetry.ended(outcome);
            }
            least = Math.min(least, threads.getThreadAllocatedBytes(id) - before);
        }
        // The measurement itself may cost a little; one byte a request would be ten thousand.
        assertThat(least).isLessThan(5_000);
    }

    /** The only object is the entry that the log's thread formats later. */
    @Test
    void shouldAllocateOneSmallObjectForTheAccessLog(@TempDir Path directory) {
        AccessLog config =
                new AccessLog(directory.resolve("access.log").toString(), LogFormat.JSON, 100 << 20, 2, false);
        try (Telemetry logging =
                new Telemetry(new Observation(config, true, Audit.DEFAULTS), router, Cluster.NOTHING_OPEN)) {
            ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
            FakeOutcome outcome = new FakeOutcome(Cluster.byCookie(router, 2), "/a");
            outcome.answer = setCookie("gcbSessionServer=node-2; Path=/");
            long id = Thread.currentThread().getId();
            long least = Long.MAX_VALUE;
            for (int attempt = 0; attempt < 10; attempt++) {
                long before = threads.getThreadAllocatedBytes(id);
                for (int i = 0; i < 1_000; i++) {
                    logging.ended(outcome); // Nothing is written, and the queue holds them all.
                }
                least = Math.min(least, threads.getThreadAllocatedBytes(id) - before);
            }
            // The fields of an entry, by references of four bytes or of eight.
            assertThat(least / 1_000).isBetween(96L, 168L);
        }
    }

    @Test
    void shouldPutATimeAtTheEndOfABucketIntoIt() {
        for (long nanos : new long[] {0, 1_000_000, 1_000_001, 75_000_000_000L, 75_000_000_001L}) {
            FakeOutcome outcome = new FakeOutcome(Cluster.byCookie(router, 2), "/a");
            outcome.totalNanos = nanos;
            telemetry.ended(outcome);
        }
        assertThat(telemetry.prometheus())
                .contains("cobrowse_request_seconds_bucket{node=\"2\",le=\"0.001\"} 2\n")
                .contains("cobrowse_request_seconds_bucket{node=\"2\",le=\"0.002\"} 3\n")
                .contains("cobrowse_request_seconds_bucket{node=\"2\",le=\"75.0\"} 4\n")
                .contains("cobrowse_request_seconds_bucket{node=\"2\",le=\"+Inf\"} 5\n")
                .contains("cobrowse_request_seconds_count{node=\"2\"} 5\n")
                .contains("cobrowse_request_seconds_sum{node=\"2\"} 150.002000002\n");
    }

    @Test
    void shouldAgreeWithARecordedDistribution() {
        for (int i = 1; i <= 10_000; i++) {
            FakeOutcome outcome = new FakeOutcome(Cluster.byCookie(router, 1 + i % 3), "/a");
            outcome.totalNanos = TimeUnit.MICROSECONDS.toNanos(i * 10L);
            telemetry.ended(outcome);
        }
        FakeOutcome poll = new FakeOutcome(Cluster.byCookie(router, 1), "/cobrowse/cometd/connect");
        poll.totalNanos = TimeUnit.SECONDS.toNanos(30);
        telemetry.ended(poll);
        telemetry.statistics().tick();
        for (int tens : new int[] {1, 6, 30}) {
            AbstractHistogram recent = telemetry.statistics().recent(tens);
            assertThat(recent.getTotalCount()).isEqualTo(10_000);
            assertThat(recent.getValueAtPercentile(50)).isCloseTo(50_000, within(100L));
            assertThat(recent.getValueAtPercentile(99)).isCloseTo(99_000, within(200L));
            assertThat(recent.getMaxValue()).isCloseTo(100_000, within(200L));
        }
        assertThat(telemetry.statistics().recent(router.table().node("1"), 1).getValueAtPercentile(50))
                .isCloseTo(50_000, within(1000L));
        assertThat(telemetry.statistics().second().requests()).isEqualTo(10_001);
        assertThat(telemetry.statistics().second().heat())
                .hasSize(12)
                .satisfies(heat -> assertThat(
                                heat.stream().mapToLong(Long::longValue).sum())
                        .isEqualTo(10_000));
    }

    @Test
    void shouldForgetWhatIsOlderThanTheWindow() {
        telemetry.ended(new FakeOutcome(Cluster.byCookie(router, 1), "/a"));
        for (int second = 1; second <= 330; second++) {
            telemetry.statistics().tick();
            assertThat(telemetry.statistics().recent(1).getTotalCount()).isEqualTo(second <= 10 ? 1 : 0);
            assertThat(telemetry.statistics().recent(6).getTotalCount()).isEqualTo(second < 70 ? 1 : 0);
            assertThat(telemetry.statistics().recent(30).getTotalCount()).isEqualTo(second < 310 ? 1 : 0);
        }
    }

    @Test
    void shouldFindAnswersThatContradictTheirRoute() {
        FakeOutcome outcome = new FakeOutcome(Cluster.byCookie(router, 2), "/a");
        outcome.answer = setCookie("gcbSessionServer=node-2; Path=/");
        telemetry.ended(outcome);
        outcome.answer = setCookie("other=1; gcbSessionServer=node-3");
        telemetry.ended(outcome);
        assertThat(telemetry.violations()).isZero();
        outcome.answer = setCookie("gcbSessionServer=\"node-3\"; Path=/");
        telemetry.ended(outcome);
        outcome.answer = setCookie("gcbSessionServer=elsewhere");
        telemetry.ended(outcome);
        outcome.answer = HttpFields.build().add("X-Cobrowse-Node", "node-1").asImmutable();
        telemetry.ended(outcome);
        assertThat(telemetry.prometheus())
                .contains("cobrowse_stickiness_violations_total{kind=\"set-cookie\"} 1.0")
                .contains("cobrowse_stickiness_violations_total{kind=\"unknown-cookie\"} 1.0")
                .contains("cobrowse_stickiness_violations_total{kind=\"answered-by\"} 1.0")
                .contains("cobrowse_stickiness_violations_total{kind=\"session\"} 0.0");
    }

    @Test
    void shouldShowTheNodesThatThereAreAndNoOthers() {
        telemetry.ended(new FakeOutcome(Cluster.byCookie(router, 3), "/a"));
        assertThat(telemetry.prometheus()).contains("node=\"3\"");
        router.update(table -> table.withNodes(table.nodes().subList(0, 2)));
        telemetry.statistics().tick();
        assertThat(telemetry.prometheus()).doesNotContain("node=\"3\"").contains("node=\"2\"");
    }

    @Test
    void shouldKnowWhetherANodeIsQuiet() {
        Node node = router.table().node("1");
        assertThat(telemetry.statistics().quiet(node)).isTrue();
        telemetry.ended(new FakeOutcome(Cluster.byUrl(router, 1), "/a"));
        assertThat(telemetry.statistics().quiet(node)).isFalse();
        assertThat(telemetry.statistics().sessionsSeen(node)).isEqualTo(1);
    }
}
