package io.cobrowse.node.endtoend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.cobrowse.node.endtoend.Gateway.Refusal;
import io.cobrowse.node.endtoend.Pair.Agent;
import io.cobrowse.node.endtoend.Pair.Transport;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Clients that want a WebSocket and do not get one, from the start or later, because something behind the proxy refuses
 * it.
 *
 * <p>Proves that, however it is refused, the client continues over long-polling and still reaches the node that owns
 * its session, by cookie and by URL: no request strays, and all messages of the pair arrive.
 */
class FallbackTest {
    private static final int PAIRS = 2 * Cluster.NODES;
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "NONE")
    void shouldReachTheOwnerByLongPollingWhereWebSocketIsRefused(Refusal refusal) throws Exception {
        List<Gateway> gateways = new ArrayList<>();
        try (Cluster cluster = behind(gateways);
                Clients clients = new Clients();
                Crowd crowd = new Crowd(pairs(cluster, clients), PAIRS)) {
            gateways.forEach(gateway -> gateway.webSockets(refusal));
            crowd.all(Pair::create);
            crowd.all(Pair::join);
            assertThat(crowd.pairs())
                    .allSatisfy(pair -> assertThat(transports(pair)).containsOnly("long-polling"));
            assertTheJobIsDone(cluster, gateways, crowd, 1);
        } finally {
            close(gateways);
        }
    }

    /**
     * CometD's clients try WebSocket again until the node must have forgotten them, and then start again with a
     * handshake over a transport that works. The session is gone by then, so they start another one.
     */
    @Test
    void shouldStartAgainByLongPollingOnTheSameNodeWhereWebSocketIsCutAndThenRefused() throws Exception {
        List<Gateway> gateways = new ArrayList<>();
        try (Cluster cluster = behind(gateways);
                Clients clients = new Clients();
                Crowd crowd = new Crowd(pairs(cluster, clients), PAIRS)) {
            crowd.all(Pair::create);
            crowd.all(Pair::join);
            crowd.all(pair -> pair.exchange(1));
            assertThat(crowd.pairs())
                    .allSatisfy(pair -> assertThat(transports(pair)).containsOnly("websocket"));
            List<String> owners = crowd.pairs().stream().map(Pair::owner).toList();

            gateways.forEach(gateway -> gateway.webSockets(Refusal.FORBIDDEN));
            await().atMost(PATIENCE)
                    .untilAsserted(() -> assertThat(crowd.pairs()).allSatisfy(pair -> {
                        assertThat(transports(pair)).containsOnly("long-polling");
                        assertThat(pair.customer().comet().isConnected()).isTrue();
                        assertThat(pair.agent().comet().isConnected()).isTrue();
                    }));
            crowd.all(Pair::create);
            assertThat(crowd.pairs()).extracting(Pair::owner).isEqualTo(owners);
            crowd.all(Pair::joinAgain);
            assertTheJobIsDone(cluster, gateways, crowd, 2);
        } finally {
            close(gateways);
        }
    }

    private static void assertTheJobIsDone(Cluster cluster, List<Gateway> gateways, Crowd crowd, int round)
            throws Exception {
        assertThat(gateways).allMatch(gateway -> gateway.refused() > 0);
        await().atMost(PATIENCE).until(() -> cluster.proxy().tunnels().count() == 0);
        crowd.all(pair -> pair.exchange(round));
        crowd.all(Pair::leave);
        cluster.assertNothingStrayed();
        crowd.all(Pair::disconnect);
        cluster.awaitNothingLeft();
    }

    private static Cluster behind(List<Gateway> gateways) throws Exception {
        return Cluster.start(node -> node.polls(Duration.ofSeconds(1), Duration.ofSeconds(2)), node -> {
            Gateway gateway = new Gateway(node.uri());
            gateways.add(gateway);
            return gateway.uri();
        });
    }

    private static List<Pair> pairs(Cluster cluster, Clients clients) {
        return IntStream.range(0, PAIRS)
                .mapToObj(i -> new Pair(
                        i,
                        cluster.uri(),
                        clients,
                        Transport.WEB_SOCKET_OR_LONG_POLLING,
                        Agent.values()[i % Agent.values().length]))
                .toList();
    }

    private static List<String> transports(Pair pair) {
        return List.of(pair.customer().transport(), pair.agent().transport());
    }

    private static void close(List<Gateway> gateways) throws Exception {
        for (Gateway gateway : gateways) {
            gateway.close();
        }
    }
}
