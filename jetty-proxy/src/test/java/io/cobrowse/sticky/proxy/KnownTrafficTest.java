package io.cobrowse.sticky.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.cobrowse.sticky.proxy.config.ProxyConfig.AccessLog;
import io.cobrowse.sticky.proxy.config.ProxyConfig.Audit;
import io.cobrowse.sticky.proxy.config.ProxyConfig.LogFormat;
import io.cobrowse.sticky.proxy.config.ProxyConfig.Observation;
import io.cobrowse.sticky.routing.NodeState;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.HdrHistogram.ConcurrentHistogram;
import org.HdrHistogram.Histogram;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Known requests over real sockets: metrics, {@code /api/stats} and access log must report exactly these, and agree.
 */
class KnownTrafficTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final double[] PERCENTILES = {50, 90, 95, 99, 99.9, 100};
    private static final String[] PERCENTILE_KEYS = {"p50Ms", "p90Ms", "p95Ms", "p99Ms", "p999Ms", "maxMs"};
    private static final Pattern REQUESTS = Pattern.compile(
            "(?m)^cobrowse_requests_total\\{by=\"(.*)\",code=\"(.*)\",node=\"(.*)\",sticky=\"(.*)\"} (\\d+)\\.0$");
    private static final Pattern BUCKET =
            Pattern.compile("(?m)^cobrowse_request_seconds_bucket\\{node=\"(.*)\",le=\"(.*)\"} (\\d+)$");

    /** The intended end of a request. */
    private record Kind(String node, String by, String sticky, String code) {
        @Override
        public String toString() {
            return node + " " + by + " " + sticky + " " + code;
        }
    }

    /** A number of equal requests; {@code kind} is null if they are not counted for a node. */
    private record Requests(int count, String target, String cookie, int status, Kind kind) {}

    private static final List<Requests> TRAFFIC = List.of(
            new Requests(90, "/page", "node-1", 200, new Kind("1", "cookie", "kept", "2xx")),
            new Requests(60, "/page", "node-2", 200, new Kind("2", "cookie", "kept", "2xx")),
            new Requests(40, "/page?co-browse-node-id=1", "", 200, new Kind("1", "url", "kept", "2xx")),
            new Requests(10, "/page?co-browse-node-id=2", "node-1", 200, new Kind("2", "url", "kept", "2xx")),
            new Requests(20, "/missing", "node-2", 404, new Kind("2", "cookie", "kept", "4xx")),
            new Requests(12, "/page?co-browse-node-id=3", "", 503, new Kind("3", "url", "node-down", "5xx")),
            new Requests(8, "/page", "node-3", 503, new Kind("3", "cookie", "node-down", "5xx")),
            new Requests(7, "/page?co-browse-node-id=9", "node-1", 404, null));
    /** Requests without affinity, half of which round-robin gives to each of the two ready nodes. */
    private static final int BALANCED = 30;

    private static final int ANSWERED = 90 + 60 + 40 + 10 + 20 + BALANCED;

    private final Random random = new Random(17);
    private final List<Double> delaysMillis = Collections.synchronizedList(new ArrayList<>());
    private final Histogram atNodes = new ConcurrentHistogram(3);
    private final Histogram atClients = new ConcurrentHistogram(3);
    private final List<RawNode> nodes = new ArrayList<>();
    private StickyProxyServer proxy;

    @TempDir
    Path directory;

    @BeforeEach
    void start() throws IOException {
        // Most are quick, and one in twenty takes ten times as long.
        for (int i = 0; i < ANSWERED; i++) {
            delaysMillis.add((i % 20 == 0 ? 40 : 4) * (0.5 + random.nextDouble()));
        }
        Collections.shuffle(delaysMillis, random);
        for (int i = 0; i < 3; i++) {
            nodes.add(new RawNode(this::answer));
        }
        AccessLog log = new AccessLog(directory.resolve("access.log").toString(), LogFormat.JSON, 1 << 30, 2, false);
        proxy = StickyProxyServer.builder()
                .listen("127.0.0.1", 0)
                .admin("127.0.0.1", 0)
                .node("1", "node-1", nodes.get(0).url())
                .node("2", "node-2", nodes.get(1).url())
                .node("3", "node-3", nodes.get(2).url())
                .observation(new Observation(log, true, Audit.DEFAULTS))
                .build()
                .start();
        proxy.states().setAdmin("3", NodeState.MAINT);
    }

    @AfterEach
    void stop() throws IOException {
        proxy.close();
        for (RawNode node : nodes) {
            node.close();
        }
    }

    /** Takes the next delay, and records how long it really took. */
    private void answer(RawNode.Exchange exchange) throws IOException, InterruptedException {
        long begin = System.nanoTime();
        TimeUnit.NANOSECONDS.sleep((long) (delaysMillis.remove(0) * 1e6));
        atNodes.recordValue((System.nanoTime() - begin) / 1000);
        String status = exchange.line().contains("/missing") ? "404 Not Found" : "200 OK";
        exchange.send("HTTP/1.1 " + status + "\r\nContent-Length: 2\r\n\r\nok");
    }

    /** Returns when the proxy has closed the connection, which it does after it has reported the request's end. */
    private void request(String target, String cookie, int status) throws IOException {
        try (RawClient client = new RawClient(proxy.uri("public"))) {
            String field = cookie.isEmpty() ? "" : "Cookie: gcbSessionServer=" + cookie + "\r\n";
            long begin = System.nanoTime();
            client.send("GET " + target + " HTTP/1.1\r\nHost: proxy\r\nConnection: close\r\n" + field + "\r\n");
            RawClient.Answer answer = client.answer();
            assertThat(client.ended()).isTrue();
            long micros = (System.nanoTime() - begin) / 1000;
            assertThat(answer.status()).isEqualTo(status);
            if (answer.text().equals("ok")) {
                atClients.recordValue(micros);
            }
        }
    }

    private void sendAll() throws Exception {
        List<Requests> all = new ArrayList<>();
        TRAFFIC.forEach(alike -> all.addAll(Collections.nCopies(alike.count(), alike)));
        all.addAll(Collections.nCopies(BALANCED, new Requests(1, "/page", "", 200, null)));
        Collections.shuffle(all, random);
        ExecutorService clients = Executors.newFixedThreadPool(8);
        try {
            List<Future<?>> sent = new ArrayList<>();
            for (Requests one : all) {
                sent.add(clients.submit(() -> {
                    request(one.target(), one.cookie(), one.status());
                    return null;
                }));
            }
            for (Future<?> each : sent) {
                each.get(60, TimeUnit.SECONDS);
            }
        } finally {
            clients.shutdownNow();
        }
    }

    private static Map<String, Integer> expected() {
        Map<String, Integer> expected = new TreeMap<>();
        for (Requests alike : TRAFFIC) {
            if (alike.kind() != null) {
                expected.put(alike.kind().toString(), alike.count());
            }
        }
        for (String node : List.of("1", "2")) {
            expected.put(new Kind(node, "none", "new", "2xx").toString(), BALANCED / 2);
        }
        return expected;
    }

    private String admin(String path) throws IOException, InterruptedException {
        URI uri = proxy.adminUri().resolve(path);
        return HttpClient.newHttpClient()
                .send(HttpRequest.newBuilder(uri).build(), BodyHandlers.ofString())
                .body();
    }

    private List<JsonNode> log() throws IOException {
        List<JsonNode> lines = new ArrayList<>();
        for (String line : Files.readAllLines(directory.resolve("access.log"))) {
            lines.add(JSON.readTree(line));
        }
        return lines;
    }

    private static Map<String, Integer> byMetrics(String metrics) {
        Map<String, Integer> counts = new TreeMap<>();
        Matcher sample = REQUESTS.matcher(metrics);
        while (sample.find()) {
            Kind kind = new Kind(sample.group(3), sample.group(1), sample.group(4), sample.group(2));
            counts.put(kind.toString(), Integer.parseInt(sample.group(5)));
        }
        return counts;
    }

    private static Map<String, Integer> byStats(JsonNode stats) {
        Map<String, Integer> counts = new TreeMap<>();
        for (JsonNode node : stats.get("nodes")) {
            for (JsonNode count : node.get("requests")) {
                Kind kind = new Kind(
                        node.get("id").asText(),
                        count.get("by").asText(),
                        count.get("sticky").asText(),
                        count.get("code").asText());
                counts.put(kind.toString(), count.get("requests").asInt());
            }
        }
        return counts;
    }

    private static Map<String, Integer> byLog(List<JsonNode> lines) {
        Map<String, Integer> counts = new TreeMap<>();
        for (JsonNode line : lines) {
            if (!line.get("node").isNull()) {
                Kind kind = new Kind(
                        line.get("node").asText(),
                        line.get("by").asText(),
                        line.get("sticky").asText(),
                        line.get("status").asInt() / 100 + "xx");
                counts.merge(kind.toString(), 1, Integer::sum);
            }
        }
        return counts;
    }

    /** Returns the times in the log of answers from one node, or from all (null). */
    private static Histogram logged(List<JsonNode> lines, String node, int digits) {
        Histogram times = new Histogram(digits);
        for (JsonNode line : lines) {
            boolean asked = node == null || node.equals(line.get("node").asText());
            if (asked && !line.get("firstByteMs").isNull()) {
                times.recordValue(Math.round(line.get("totalMs").asDouble() * 1000));
            }
        }
        return times;
    }

    @Test
    void shouldTellExactlyWhatHappenedByEveryMeansAlike() throws Exception {
        sendAll();
        await().untilAsserted(() -> assertThat(log()).hasSize(ANSWERED + 12 + 8 + 7));
        await().until(() ->
                JSON.readTree(admin("/api/stats")).at("/all/2/count").asInt() == ANSWERED);
        List<JsonNode> lines = log();
        String metrics = admin("/metrics");
        JsonNode stats = JSON.readTree(admin("/api/stats"));

        assertThat(byMetrics(metrics)).isEqualTo(expected());
        assertThat(byStats(stats)).isEqualTo(expected());
        assertThat(byLog(lines)).isEqualTo(expected());
        assertThat(lines)
                .filteredOn(line -> line.get("node").isNull())
                .hasSize(7)
                .allSatisfy(line -> {
                    assertThat(line.get("status").asInt()).isEqualTo(404);
                    assertThat(line.get("sticky").asText()).isEqualTo("unknown");
                });
        assertThat(lines).filteredOn(line -> line.get("conflict").asBoolean()).hasSize(10);
        assertThat(metrics)
                .contains("cobrowse_conflicts_total 10.0")
                .contains("cobrowse_unknown_total{source=\"url\"} 7.0");

        assertPercentiles(stats.at("/all/2"), logged(lines, null, 3));
        for (JsonNode node : stats.get("nodes")) {
            String id = node.get("id").asText();
            assertPercentiles(node.at("/times/2"), logged(lines, id, 2));
            assertBuckets(metrics, id, lines);
        }
        // The proxy begins before a node and ends after it; a client begins before the proxy and ends after it.
        for (int i = 0; i < PERCENTILES.length; i++) {
            double micros = stats.at("/all/2").get(PERCENTILE_KEYS[i]).asDouble() * 1000;
            assertThat(micros)
                    .as(PERCENTILE_KEYS[i])
                    .isBetween(
                            atNodes.getValueAtPercentile(PERCENTILES[i]) - 0.5,
                            atClients.getValueAtPercentile(PERCENTILES[i]) + 0.5);
        }
        assertThat(stats.at("/all/2/p50Ms").asDouble()).isGreaterThanOrEqualTo(3.5);
        assertThat(stats.at("/all/2/p99Ms").asDouble()).isGreaterThanOrEqualTo(40);
    }

    private static void assertPercentiles(JsonNode times, Histogram recorded) {
        assertThat(times.get("count").asLong()).isEqualTo(recorded.getTotalCount());
        for (int i = 0; i < PERCENTILES.length && recorded.getTotalCount() > 0; i++) {
            assertThat(times.get(PERCENTILE_KEYS[i]).asDouble() * 1000)
                    .as(PERCENTILE_KEYS[i])
                    .isCloseTo(recorded.getValueAtPercentile(PERCENTILES[i]), within(0.5));
        }
    }

    /** The log has whole microseconds, so a time at the edge of a bucket may be on either side. */
    private static void assertBuckets(String metrics, String node, List<JsonNode> lines) {
        Histogram times = logged(lines, node, 5);
        Matcher bucket = BUCKET.matcher(metrics);
        int buckets = 0;
        while (bucket.find()) {
            if (bucket.group(1).equals(node) && !bucket.group(2).equals("+Inf")) {
                long micros = Math.round(Double.parseDouble(bucket.group(2)) * 1e6);
                assertThat(Long.parseLong(bucket.group(3)))
                        .as(bucket.group())
                        .isBetween(times.getCountBetweenValues(0, micros - 1), times.getCountBetweenValues(0, micros));
                buckets++;
            }
        }
        assertThat(buckets).isEqualTo(15);
    }
}
