package io.cobrowse.node.endtoend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.cobrowse.node.endtoend.Pair.Agent;
import io.cobrowse.node.endtoend.Pair.Transport;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.eclipse.jetty.util.ajax.JSON;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * A node is taken out while fifty sessions run on it, half of them over long-polling and half over WebSocket: once by a
 * program, and once by a person who sees the dashboard for the first time. Both learn when it is safe to stop. Then it
 * is stopped, and no session is lost. Run by the profile {@code long}.
 */
@Tag("long")
class DrainTest {
    private static final String NODE = "node-2";
    private static final int SESSIONS = 50;
    private static final int WEB_SOCKETS = SESSIONS; // Half of the sessions, with two clients each.
    private static final int ELSEWHERE = 10;
    private static final int NEW = 12;
    private static final int AT_ONCE = 20;
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    /** The operator who takes the node out. */
    private interface Operator {
        void drain() throws Exception;

        /** Returns whether the operator has learnt that the node is safe to stop. */
        boolean isToldSafe() throws Exception;
    }

    @Test
    void shouldLoseNoSessionWhenAProgramDrainsANode() throws Exception {
        try (Cluster cluster = Cluster.start()) {
            takeOut(cluster, new ByApi(cluster));
        }
    }

    @Test
    void shouldLoseNoSessionWhenANewcomerDrainsANodeFromTheDashboard() throws Exception {
        Optional<String> missing = io.cobrowse.node.browser.Browser.missing();
        missing.ifPresent(what -> System.err.println("Half of DrainTest is skipped. " + what));
        assumeTrue(missing.isEmpty(), missing::get);
        try (Cluster cluster = Cluster.start();
                ByDashboard newcomer = new ByDashboard(cluster)) {
            takeOut(cluster, newcomer);
        }
    }

    private static void takeOut(Cluster cluster, Operator operator) throws Exception {
        try (Clients clients = new Clients();
                Crowd there = new Crowd(pairs(0, SESSIONS, cluster, clients), AT_ONCE);
                Crowd elsewhere = new Crowd(pairs(SESSIONS, ELSEWHERE, cluster, clients), AT_ONCE);
                Crowd later = new Crowd(pairs(SESSIONS + ELSEWHERE, NEW, cluster, clients), AT_ONCE)) {
            there.all(pair -> pair.customer().stickTo(NODE, cluster.uri()));
            there.all(Pair::create);
            there.all(Pair::join);
            assertThat(there.pairs()).allMatch(pair -> pair.owner().equals(NODE));
            elsewhere.all(pair -> pair.customer().stickTo("node-1", cluster.uri()));
            elsewhere.all(Pair::create);
            elsewhere.all(Pair::join);

            operator.drain();
            assertThat(operator.isToldSafe()).isFalse();
            later.all(Pair::create);
            assertThat(later.pairs()).noneMatch(pair -> pair.owner().equals(NODE));
            later.all(Pair::join);
            there.all(pair -> pair.exchange(1));

            Pair last = there.pairs().get(0);
            there.those(pair -> pair != last, Pair::leave);
            cluster.assertNothingStrayed();
            there.those(pair -> pair != last, Pair::disconnect);
            last.exchange(2);
            assertThat(operator.isToldSafe()).isFalse();
            last.leave();
            last.disconnect();
            assertThat(operator.isToldSafe()).isFalse();
            await().atMost(PATIENCE).until(operator::isToldSafe);

            cluster.stop(NODE);
            elsewhere.all(pair -> pair.exchange(1));
            later.all(pair -> pair.exchange(1));
            elsewhere.all(Pair::leave);
            later.all(Pair::leave);
            // Clients of the stopped node may have had a poll under way as they said goodbye.
            cluster.assertNothingStrayed(node -> !node.name().equals(NODE));
            elsewhere.all(Pair::disconnect);
            later.all(Pair::disconnect);
            cluster.awaitNothingLeft();
        }
    }

    private static List<Pair> pairs(int first, int count, Cluster cluster, Clients clients) {
        Agent[] kinds = Agent.values();
        return IntStream.range(first, first + count)
                .mapToObj(i -> new Pair(
                        i,
                        cluster.uri(),
                        clients,
                        i % 2 == 0 ? Transport.WEB_SOCKET : Transport.LONG_POLLING,
                        kinds[i % kinds.length]))
                .toList();
    }

    /** Uses only {@code /api/nodes}. */
    private record ByApi(Cluster cluster) implements Operator {
        private static final HttpClient HTTP = HttpClient.newHttpClient();

        private HttpRequest.Builder request(String path) {
            return HttpRequest.newBuilder(cluster.proxy().adminUri().resolve(path));
        }

        @Override
        public void drain() throws IOException, InterruptedException {
            HttpRequest request = request("/api/nodes/2/state")
                    .header("Content-Type", "application/json")
                    .PUT(BodyPublishers.ofString("{\"state\":\"drain\"}"))
                    .build();
            assertThat(HTTP.send(request, BodyHandlers.ofString()).statusCode()).isEqualTo(200);
        }

        @Override
        public boolean isToldSafe() throws IOException, InterruptedException {
            HttpResponse<String> answer = HTTP.send(request("/api/nodes").build(), BodyHandlers.ofString());
            for (Object node : (Object[]) new JSON().fromJSON(answer.body())) {
                if (((Map<?, ?>) node).get("id").equals("2")) {
                    return Boolean.TRUE.equals(((Map<?, ?>) node).get("safeToStop"));
                }
            }
            throw new AssertionError(answer.body());
        }
    }

    /** Uses only the page, and does what it says. */
    private static final class ByDashboard implements Operator, AutoCloseable {
        private static final String ROW = "#rows [data-id='2']";

        private final io.cobrowse.node.browser.Browser browser = new io.cobrowse.node.browser.Browser();

        private ByDashboard(Cluster cluster) {
            browser.open(cluster.proxy().adminUri().resolve("/"));
            browser.awaitText("#connection", text -> text.startsWith("Live."));
        }

        @Override
        public void drain() throws IOException {
            browser.awaitText(ROW + " td:nth-child(6)", String.valueOf(WEB_SOCKETS)::equals);
            browser.find(ROW + " button[data-to=drain]").click();
            assertThat(browser.text("#confirm")).contains("When the last one has ended, it is safe to stop.");
            browser.find("#confirm-yes").click();
            browser.awaitText(ROW + " .detail", text -> text.contains("polls, " + WEB_SOCKETS + " WebSockets open"));
            browser.picture("dashboard-draining");
        }

        @Override
        public boolean isToldSafe() throws IOException {
            boolean safe = browser.text(ROW).contains("Safe to stop: nothing is open");
            if (safe) {
                browser.picture("dashboard-safe");
            }
            return safe;
        }

        @Override
        public void close() {
            browser.close();
        }
    }
}
