package io.cobrowse.node.endtoend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.cobrowse.node.NodeStats;
import io.cobrowse.node.endtoend.Pair.Agent;
import io.cobrowse.node.endtoend.Pair.Transport;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * The proxy's job over WebSocket, at the size of a busy cluster: five hundred pairs over WebSocket beside two hundred
 * over long-polling, on three nodes.
 *
 * <p>Proves that HTTP and WebSocket are balanced and kept on their nodes alike, each tunnel counted on its node; and
 * that clients whose tunnels are cut return to the node that knows them, by cookie or by URL, and continue as the same
 * clients, while those of other nodes and those over long-polling notice nothing. Run by the profile {@code long}.
 */
@Tag("long")
class WebSocketJobTest {
    private static final int WEB_SOCKET_PAIRS = 500;
    private static final int LONG_POLLING_PAIRS = 200;
    private static final int PAIRS = WEB_SOCKET_PAIRS + LONG_POLLING_PAIRS;
    private static final int AT_ONCE = 100;
    private static final String CUT = "node-2";
    private static final int CUTS_PER_SECOND = 100;

    @Test
    void shouldKeepEverySessionOnItsNodeAndLetClientsComeBack() throws Exception {
        try (Cluster cluster = Cluster.start();
                Clients clients = new Clients();
                Crowd crowd = new Crowd(pairs(cluster, clients), AT_ONCE)) {
            crowd.all(Pair::create);
            crowd.all(Pair::join);
            assertTunnels(cluster, crowd);
            crowd.all(pair -> pair.exchange(1));
            cutWhileOthersTalk(cluster, crowd);
            crowd.all(pair -> pair.exchange(3));

            int cut = crowd.count(WebSocketJobTest::isCut);
            assertThat(cluster.total(NodeStats::relayed)).isEqualTo(2L * Pair.MESSAGES * (3 * PAIRS - cut));
            assertConflicts(cluster, crowd);
            crowd.all(Pair::leave);
            cluster.assertNothingStrayed();
            crowd.all(Pair::disconnect);
            cluster.awaitNothingLeft();
        }
    }

    private static List<Pair> pairs(Cluster cluster, Clients clients) {
        Agent[] kinds = Agent.values();
        return IntStream.range(0, PAIRS)
                .mapToObj(i -> new Pair(
                        i,
                        cluster.uri(),
                        clients,
                        i < WEB_SOCKET_PAIRS ? Transport.WEB_SOCKET : Transport.LONG_POLLING,
                        kinds[i % kinds.length]))
                .toList();
    }

    private static boolean overWebSocket(Pair pair) {
        return pair.transport() == Transport.WEB_SOCKET;
    }

    private static boolean isCut(Pair pair) {
        return overWebSocket(pair) && pair.owner().equals(CUT);
    }

    private static void assertTunnels(Cluster cluster, Crowd crowd) {
        for (String node : cluster.names()) {
            int expected =
                    2 * crowd.count(pair -> overWebSocket(pair) && pair.owner().equals(node));
            assertThat(expected).isPositive();
            assertThat(cluster.target(node).activeTunnels())
                    .as("tunnels of %s", node)
                    .isEqualTo(expected);
        }
    }

    /** Cuts the tunnels of one node at a pace, while the pairs of the other nodes and those over long-polling talk. */
    private static void cutWhileOthersTalk(Cluster cluster, Crowd crowd) throws Exception {
        Map<Pair, List<String>> ids = new HashMap<>();
        crowd.pairs().forEach(pair -> ids.put(pair, clientIds(pair)));
        CompletableFuture<Void> cut = cluster.proxy().tunnels().close(cluster.target(CUT), CUTS_PER_SECOND);
        crowd.those(pair -> !isCut(pair), pair -> pair.exchange(2));
        cut.get(30, TimeUnit.SECONDS);
        await().atMost(Duration.ofSeconds(30)).untilAsserted(() -> {
            assertTunnels(cluster, crowd);
            assertThat(crowd.pairs()).allMatch(pair -> pair.customer().comet().isConnected());
            assertThat(crowd.pairs()).allMatch(pair -> pair.agent().comet().isConnected());
        });
        assertThat(crowd.pairs()).allSatisfy(pair -> assertThat(clientIds(pair)).isEqualTo(ids.get(pair)));
    }

    private static List<String> clientIds(Pair pair) {
        return List.of(pair.customer().comet().getId(), pair.agent().comet().getId());
    }

    /** A stale cookie contradicts the URL of each request, including the handshake, until the join has replaced it. */
    private static void assertConflicts(Cluster cluster, Crowd crowd) {
        int tunnels = crowd.count(pair -> overWebSocket(pair) && stale(pair))
                + crowd.count(pair -> isCut(pair) && stale(pair));
        int polling = crowd.count(pair -> !overWebSocket(pair) && stale(pair));
        assertThat(cluster.counters().conflicts()).isBetween(tunnels + 3L * polling, tunnels + 4L * polling);
    }

    private static boolean stale(Pair pair) {
        return pair.kind() == Agent.BY_URL_WITH_STALE_COOKIE;
    }
}
