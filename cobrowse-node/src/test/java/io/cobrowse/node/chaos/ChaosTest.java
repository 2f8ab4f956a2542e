package io.cobrowse.node.chaos;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cobrowse.sticky.proxy.config.ProxyConfig.Health;
import io.cobrowse.sticky.routing.NodeState;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.HttpTimeoutException;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/**
 * Nodes in processes of their own die, hang, break off, drip and come back, under the load of a hundred pairs: the
 * short form of {@link ChaosLongTest}.
 */
class ChaosTest {
    private static final int PAIRS = 100;
    /** Long enough that a busy machine does not take the other nodes out of service. */
    private static final Health PATIENT =
            new Health(Health.DEFAULTS.path(), Duration.ofSeconds(1), Duration.ofSeconds(2), 2, 2);

    private static final HttpClient HTTP = HttpClient.newHttpClient();

    @Test
    void shouldKeepTheSessionsOfTheOtherNodesGoingWhateverBecomesOfOne() throws Exception {
        try (Chaos chaos = new Chaos(PATIENT, PAIRS)) {
            chaos.kill("node-1");
            chaos.stop("node-2");
            answersOfABadNode(chaos.cluster());
            chaos.load().assertOthersWell(ChaosCluster.BAD);
        }
    }

    private static void answersOfABadNode(ChaosCluster cluster) throws Exception {
        assertThat(get(cluster, "/drip").body()).isEqualTo("x".repeat(BadNode.DRIPS));
        assertThatThrownBy(() -> get(cluster, "/reset"))
                .isInstanceOf(IOException.class)
                .isNotInstanceOf(HttpTimeoutException.class);
        assertThatThrownBy(() -> get(cluster, "/hang")).isInstanceOf(HttpTimeoutException.class);
        assertThat(cluster.state(ChaosCluster.BAD)).isEqualTo(NodeState.READY);
        cluster.process(ChaosCluster.BAD).kill();
        HttpResponse<String> refused = get(cluster, "/");
        assertThat(refused.statusCode()).isEqualTo(503);
        assertThat(refused.body()).contains("node-down");
    }

    private static HttpResponse<String> get(ChaosCluster cluster, String path) throws Exception {
        URI uri = cluster.uri().resolve(path);
        return HTTP.send(
                HttpRequest.newBuilder(uri)
                        .header("Cookie", "gcbSessionServer=" + ChaosCluster.BAD)
                        .timeout(Duration.ofSeconds(path.equals("/hang") ? 1 : 10))
                        .build(),
                BodyHandlers.ofString());
    }
}
