package io.cobrowse.node.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import io.cobrowse.node.NodeStats;
import io.cobrowse.node.endtoend.Pair.Agent;
import io.cobrowse.node.endtoend.Pair.Transport;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/**
 * The proxy's main job, end to end and over long-polling alone: two hundred customers and their agents at a time, on
 * three nodes. The customers stick by cookie. Half of the agents stick by cookie too and half by URL, and half of those
 * have the cookie of another node.
 *
 * <p>Proves that each message reaches the other party of its pair, unchanged and in order; that every request of a
 * session reaches the node that owns it, whatever a stale cookie says; that sessions are spread evenly; and that
 * nothing is left in the nodes or the proxy when all have gone.
 */
class MainJobTest {
    private static final int PAIRS = 200;
    private static final int ROUNDS = 4;

    @Test
    void shouldKeepEverySessionOnItsNode() throws Exception {
        try (Cluster cluster = Cluster.start();
                Clients clients = new Clients();
                Crowd crowd = new Crowd(pairs(cluster, clients), PAIRS)) {
            crowd.all(Pair::create);
            assertThat(cluster.stats())
                    .extracting(NodeStats::sessions)
                    .allMatch(count -> count >= PAIRS / Cluster.NODES);

            crowd.all(Pair::join);
            for (int round = 0; round < ROUNDS; round++) {
                int current = round;
                crowd.all(pair -> pair.exchange(current));
            }

            assertThat(cluster.total(NodeStats::relayed)).isEqualTo(2L * PAIRS * ROUNDS * Pair.MESSAGES);
            assertThat(cluster.stats()).extracting(NodeStats::agents).allMatch(count -> count >= PAIRS / Cluster.NODES);
            int stale = crowd.count(pair -> pair.kind() == Agent.BY_URL_WITH_STALE_COOKIE);
            assertThat(cluster.counters().conflicts())
                    .as(
                            "handshake, first poll and join, and perhaps the poll beside it, until the join sets the cookie")
                    .isBetween(3L * stale, 4L * stale);
            crowd.all(Pair::leave);
            cluster.assertNothingStrayed();
            crowd.all(Pair::disconnect);
            cluster.awaitNothingLeft();
        }
    }

    private static List<Pair> pairs(Cluster cluster, Clients clients) {
        Agent[] kinds = {Agent.BY_COOKIE, Agent.BY_URL, Agent.BY_COOKIE, Agent.BY_URL_WITH_STALE_COOKIE};
        return IntStream.range(0, PAIRS)
                .mapToObj(i -> new Pair(i, cluster.uri(), clients, Transport.LONG_POLLING, kinds[i % kinds.length]))
                .toList();
    }
}
