package io.cobrowse.sticky.proxy.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import io.cobrowse.sticky.proxy.config.ProxyConfig.Health;
import io.cobrowse.sticky.routing.Balance;
import io.cobrowse.sticky.routing.Node;
import io.cobrowse.sticky.routing.NodeState;
import io.cobrowse.sticky.routing.NodeTable;
import io.cobrowse.sticky.routing.Router;
import io.cobrowse.sticky.routing.Stickiness;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.net.UnknownHostException;
import java.nio.channels.ClosedChannelException;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.eclipse.jetty.client.HttpClient;
import org.eclipse.jetty.io.EofException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Requests that fail during a check, which takes long because the node accepts connections and says nothing. */
class RequestFailuresTest {
    private static final int FALL = 3;

    private final HttpClient client = new HttpClient();
    private ServerSocket silent;
    private Router router;
    private NodeStates states;
    private HealthChecks checks;
    private Node node;

    @BeforeEach
    void start() throws Exception {
        silent = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        node = new Node("1", List.of("node-1"), URI.create("http://127.0.0.1:" + silent.getLocalPort()), 1, false);
        router = new Router(Stickiness.DEFAULTS, Balance.ROUND_ROBIN, NodeTable.of(List.of(node)));
        client.start();
        states = new NodeStates(router);
        checks = new HealthChecks(
                client, states, new Health("/cobrowse/health", Duration.ofHours(1), Duration.ofHours(1), 2, FALL));
        checks.start();
    }

    @AfterEach
    void stop() throws Exception {
        checks.stop();
        client.stop();
        silent.close();
    }

    private NodeState stateAfter(int failures, IOException cause) {
        for (int i = 0; i < failures; i++) {
            checks.failed(node, cause);
        }
        return router.table().state(node);
    }

    @Test
    void shouldTakeANodeDownThatRefusesAsManyConnectionsAsChecksMayFail() {
        assertThat(stateAfter(FALL - 1, new ConnectException("refused"))).isEqualTo(NodeState.READY);
        assertThat(stateAfter(1, new ConnectException("refused"))).isEqualTo(NodeState.DOWN);
    }

    @Test
    void shouldCountConnectsThatTimeOutOnceUntilACheckHasEnded() {
        assertThat(stateAfter(100, new SocketTimeoutException("late"))).isEqualTo(NodeState.READY);
        assertThat(stateAfter(FALL - 1, new ConnectException("refused"))).isEqualTo(NodeState.DOWN);
    }

    static Stream<Arguments> causes() {
        return Stream.of(
                arguments(new ConnectException("Connection refused"), "Connection refused"),
                arguments(new UnknownHostException("node.example"), "the name cannot be resolved"),
                arguments(new EofException("HttpConnectionOverHTTP@1"), "the connection was closed"),
                arguments(new ClosedChannelException(), "the connection was closed"));
    }

    @ParameterizedTest
    @MethodSource("causes")
    void shouldSayInWordsWhyANodeIsDown(IOException cause, String words) {
        stateAfter(FALL, cause);
        assertThat(states.status(node).lastCheck()).isEqualTo("a request failed: " + words);
    }
}
