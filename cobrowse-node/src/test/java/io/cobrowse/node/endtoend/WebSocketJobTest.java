package io.cobrowse.node.endtoend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.cobrowse.node.NodeStats;
import io.cobrowse.node.endtoend.Pair.Agent;
import io.cobrowse.node.endtoend.Pair.Transport;
import io.cobrowse.sticky.routing.Node;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/**
 * The proxy's job over WebSocket, at the size of a busy cluster: five hundred pairs over WebSocket beside two hundred over
 * long-polling, on three nodes at once.
 *
 * <p>Proves that HTTP and WebSocket are balanced and kept on their nodes alike, each tunnel counted on its node; and that
 * clients whose tunnels are cut come back to the node that knows them, by cookie or by URL, and go on as the clients they
 * were, while those of other nodes and those over long-polling notice nothing.
 */
class WebSocketJobTest {
    private static final int WEB_SOCKET_PAIRS = 500;
    private static final int LONG_POLLING_PAIRS = 200;
    private static final int PAIRS = WEB_SOCKET_PAIRS + LONG_POLLING_PAIRS;
    private static final int AT_ONCE = 100;
    private static final int CUTS_PER_SECOND = 300;

    @Test
    void shouldKeepEverySessionOnItsNodeAndLetClientsComeBack() throws Exception {
        try (Cluster cluster = Cluster.start();
                Clients clients = new Clients();
                Crowd crowd = new Crowd(pairs(cluster, clients), AT_ONCE)) {
            crowd.all(Pair::create);
            crowd.all(Pair::join);
            assertTunnels(cluster, crowd);
            crowd.all(pair -> pair.exchange(1));

            cutAndAwaitReturn(cluster, crowd);
            crowd.all(pair -> pair.exchange(2));

            assertThat(cluster.total(NodeStats::relayed)).isEqualTo(2L * PAIRS * 2 * Pair.MESSAGES);
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

    private static int tunnelsOf(String node, Crowd crowd) {
        return 2 * crowd.count(pair -> pair.transport() == Transport.WEB_SOCKET && node.equals(pair.owner()));
    }

    private static void assertTunnels(Cluster cluster, Crowd crowd) {
        for (String node : cluster.names()) {
            assertThat(tunnelsOf(node, crowd)).isPositive();
            assertThat(cluster.target(node).activeTunnels())
                    .as("tunnels of %s", node)
                    .isEqualTo(tunnelsOf(node, crowd));
        }
    }

    /** Cuts the tunnels of one node at a pace, while the pairs of the others talk. */
    private static void cutAndAwaitReturn(Cluster cluster, Crowd crowd) throws Exception {
        Node cut = cluster.target("node-2");
        Map<Pair, List<String>> ids = new HashMap<>();
        crowd.pairs().forEach(pair -> ids.put(pair, clientIds(pair)));
        CompletableFuture<Void> done = cluster.proxy().tunnels().close(cut, CUTS_PER_SECOND);
        done.get(30, TimeUnit.SECONDS);
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
}
