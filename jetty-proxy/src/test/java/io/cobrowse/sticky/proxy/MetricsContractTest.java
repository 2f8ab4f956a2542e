package io.cobrowse.sticky.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The names and labels of the metrics, which alerts, dashboards and other users rely on. */
class MetricsContractTest {
    private static final Map<String, Set<String>> CONTRACT = Map.ofEntries(
            Map.entry("cobrowse_requests_total", Set.of("node", "by", "sticky", "code")),
            Map.entry("cobrowse_request_seconds", Set.of("node")),
            Map.entry("cobrowse_upstream_connect_seconds", Set.of()),
            Map.entry("cobrowse_upstream_first_byte_seconds", Set.of()),
            Map.entry("cobrowse_active_requests", Set.of("node")),
            Map.entry("cobrowse_parked_polls", Set.of("node")),
            Map.entry("cobrowse_active_tunnels", Set.of("node")),
            Map.entry("cobrowse_queued_requests", Set.of("node")),
            Map.entry("cobrowse_sessions_seen", Set.of("node")),
            Map.entry("cobrowse_node_state", Set.of("node", "state")),
            Map.entry("cobrowse_checks_total", Set.of("node", "result")),
            Map.entry("cobrowse_conflicts_total", Set.of()),
            Map.entry("cobrowse_unknown_total", Set.of("source")),
            Map.entry("cobrowse_stickiness_violations_total", Set.of("kind")),
            Map.entry("cobrowse_limited_total", Set.of("listener", "limit")),
            Map.entry("cobrowse_client_connections", Set.of("listener")),
            Map.entry("cobrowse_upstream_connections", Set.of("node", "state")),
            Map.entry("cobrowse_bytes_total", Set.of("direction")),
            Map.entry("cobrowse_log_dropped_total", Set.of()));

    private static final Pattern SAMPLE = Pattern.compile("(?m)^(\\w+)(?:\\{(.*)})? ");
    private static final Pattern LABEL = Pattern.compile("(\\w+)=\"");
    private static final Pattern HISTOGRAM_PART = Pattern.compile("_(bucket|count|sum)$");

    private RawNode node;
    private StickyProxyServer proxy;

    @BeforeEach
    void start() throws IOException {
        node = new RawNode(RawNode.OK);
        proxy = SmallProxy.start(node.url());
        try (RawClient client = new RawClient(proxy.uri("public"))) {
            assertThat(client.get("/", "Cookie: gcbSessionServer=node-1").status())
                    .isEqualTo(200);
        }
        await().untilAsserted(() -> assertThat(metrics()).contains("cobrowse_requests_total{"));
    }

    @AfterEach
    void stop() throws IOException {
        proxy.close();
        node.close();
    }

    private String metrics() throws IOException, InterruptedException {
        URI uri = proxy.adminUri().resolve("/metrics");
        return HttpClient.newHttpClient()
                .send(HttpRequest.newBuilder(uri).build(), BodyHandlers.ofString())
                .body();
    }

    /** Returns the labels of each metric, by its name; the parts of a histogram count as one metric. */
    private static Map<String, Set<String>> labels(String metrics) {
        Map<String, Set<String>> labels = new TreeMap<>();
        Matcher sample = SAMPLE.matcher(metrics);
        while (sample.find()) {
            Set<String> found = new TreeSet<>();
            Matcher label = LABEL.matcher(sample.group(2) == null ? "" : sample.group(2));
            while (label.find()) {
                found.add(label.group(1));
            }
            boolean bucket = found.remove("le");
            String name = sample.group(1);
            String base = HISTOGRAM_PART.matcher(name).replaceFirst("");
            labels.merge(
                    bucket || metrics.contains("# TYPE " + base + " histogram") ? base : name, found, (one, other) -> {
                        assertThat(other).as(name).isEqualTo(one);
                        return one;
                    });
        }
        return labels;
    }

    @Test
    void shouldHaveTheMetricsOfTheContractWithExactlyTheirLabels() throws Exception {
        Map<String, Set<String>> ours = labels(metrics());
        ours.keySet().removeIf(name -> !name.startsWith("cobrowse_"));
        assertThat(ours).isEqualTo(new TreeMap<>(CONTRACT));
        assertThat(labels(metrics()))
                .containsKeys("jvm_memory_used_bytes", "process_uptime_seconds", "system_cpu_usage");
    }

    @Test
    void shouldDescribeEachMetricAndNoOther() throws Exception {
        Map<String, Set<String>> described = new TreeMap<>();
        for (String line : Files.readAllLines(Path.of("..", "docs", "observability.md"))) {
            Matcher row =
                    Pattern.compile("\\| `(cobrowse_\\w+)` \\|([^|]*)\\|.*").matcher(line);
            if (row.matches()) {
                Set<String> labels = new TreeSet<>();
                Matcher label = Pattern.compile("`(\\w+)`").matcher(row.group(2));
                while (label.find()) {
                    labels.add(label.group(1));
                }
                described.put(row.group(1), labels);
            }
        }
        assertThat(described).isEqualTo(new TreeMap<>(CONTRACT));
    }

    /** A selector or a grouping by a label that the metric does not have matches nothing, without any error. */
    @ParameterizedTest
    @ValueSource(strings = {"deploy/grafana-dashboard.json", "deploy/prometheus-alerts.yaml"})
    void shouldHaveTheLabelsByWhichFilesSelectAndGroup(String file) throws Exception {
        String text = Files.readString(Path.of("..").resolve(file)).replace("\\\"", "\"");
        Matcher selector = Pattern.compile("(cobrowse_[a-z_]+)(\\{([^}]*)})?").matcher(text);
        int selectors = 0;
        while (selector.find()) {
            Set<String> labels =
                    CONTRACT.get(HISTOGRAM_PART.matcher(selector.group(1)).replaceFirst(""));
            assertThat(labels).as(selector.group(1)).isNotNull();
            Matcher label = Pattern.compile("(\\w+)(?:=~|!~|!=|=)\"").matcher(String.valueOf(selector.group(3)));
            while (label.find()) {
                assertThat(labels).as(selector.group()).contains(label.group(1));
                selectors++;
            }
        }
        assertThat(selectors).isPositive();
        Matcher grouping = Pattern.compile("by \\(([a-z, ]+)\\) \\([^c]*(cobrowse_[a-z_]+)")
                .matcher(text);
        while (grouping.find()) {
            Set<String> labels = new TreeSet<>(
                    CONTRACT.get(HISTOGRAM_PART.matcher(grouping.group(2)).replaceFirst("")));
            labels.add("le");
            assertThat(labels).as(grouping.group()).contains(grouping.group(1).split(", "));
        }
    }

    @Test
    void shouldCountWhatEachLimitRefuses() throws Exception {
        try (RawClient client = new RawClient(proxy.uri("public"))) {
            client.send("GET / HTTP/1.1\r\nHost: a\r\nX: " + "x".repeat(40_000) + "\r\n\r\n");
            assertThat(client.answer().status()).isEqualTo(431);
        }
        try (RawClient client = new RawClient(proxy.uri("public"))) {
            client.send("GET /" + "x".repeat(10_000) + " HTTP/1.1\r\nHost: a\r\n\r\n");
            assertThat(client.answer().status()).isEqualTo(414);
        }
        assertThat(metrics())
                .contains("cobrowse_limited_total{limit=\"header-bytes\",listener=\"public\"} 1.0")
                .contains("cobrowse_limited_total{limit=\"target-bytes\",listener=\"public\"} 1.0")
                .contains("cobrowse_limited_total{limit=\"connections\",listener=\"public\"} 0.0");
    }
}
