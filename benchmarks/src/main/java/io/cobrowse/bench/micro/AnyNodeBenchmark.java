package io.cobrowse.bench.micro;

import io.cobrowse.sticky.routing.AnyNode;
import io.cobrowse.sticky.routing.Balance;
import io.cobrowse.sticky.routing.NodeState;
import io.cobrowse.sticky.routing.NodeTable;
import io.cobrowse.sticky.routing.Route;
import io.cobrowse.sticky.routing.Route.Outcome;
import io.cobrowse.sticky.routing.Router;
import io.cobrowse.sticky.routing.Stickiness;
import io.cobrowse.sticky.routing.Sticky;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/**
 * What do the patterns of requests that any node can serve (R23) cost, for sticky requests and for those that match a
 * pattern?
 *
 * <p>Inputs: the typical cookies of {@link Clusters#CLIENTS} clients in turn, with no patterns, the default's two, or
 * twenty, of which the last matches. Command: {@code bin/cobrowse-bench run --include AnyNode}.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@SuppressWarnings("NullAway.Init") // Set by JMH.
public class AnyNodeBenchmark {
    private static final int NODES = 3;
    private static final String LOOK_UP = "/cobrowse/rest/live/sessions/845800826";

    /** The request, and the state of the node that its cookie names. */
    public enum Request {
        /** The node can serve: no pattern is checked. */
        STICKS("/cobrowse/cometd/connect", NodeState.READY),
        /** The node can serve, and a pattern would match. */
        LOOK_UP_STICKS(LOOK_UP, NodeState.READY),
        /** The node is down, and another one serves; without a pattern, the client gets an error. */
        LOOK_UP_GONE(LOOK_UP, NodeState.DOWN);

        private final String path;
        private final NodeState state;

        Request(String path, NodeState state) {
            this.path = path;
            this.state = state;
        }

        private boolean isExpected(Route route, int patterns) {
            return state == NodeState.READY
                    ? route.outcome() == Outcome.FORWARD && route.sticky() == Sticky.KEPT
                    : patterns == 0
                            ? route.outcome() == Outcome.NODE_DOWN
                            : route.outcome() == Outcome.FORWARD && route.sticky() == Sticky.ANY;
        }
    }

    @Param
    public Request request;

    @Param({"0", "2", "20"})
    public int patterns;

    private Router router;
    private String[] cookies;
    private int next;

    @Setup
    public void setUp() {
        NodeTable table = NodeTable.of(Clusters.nodes(NODES)).withState(Clusters.id(NODES), request.state);
        router = new Router(stickiness(patterns), Balance.ROUND_ROBIN, table);
        cookies = Clusters.clients(1, unused -> Corpus.typicalCookies(Clusters.cookie(Clusters.id(NODES))));
        Route route = route();
        if (!request.isExpected(route, patterns)) {
            throw new IllegalStateException("The route is " + route + ", " + route.sticky());
        }
    }

    private static Stickiness stickiness(int patterns) {
        List<AnyNode> anyNode = new ArrayList<>();
        for (int i = AnyNode.DEFAULTS.size(); i < patterns; i++) {
            anyNode.add(new AnyNode("GET", "/cobrowse/rest/live/other" + i + "/*"));
        }
        if (patterns > 0) {
            anyNode.addAll(AnyNode.DEFAULTS);
        }
        Stickiness defaults = Stickiness.DEFAULTS;
        return new Stickiness(
                defaults.cookie(),
                defaults.queryParameter(),
                defaults.header(),
                defaults.routeSuffix(),
                defaults.onNodeDown(),
                defaults.onUnknownNode(),
                defaults.sessionStart(),
                defaults.cookiePath(),
                defaults.cookieDomain(),
                defaults.cookieAttributes(),
                defaults.exposeRoute(),
                defaults.referer(),
                anyNode);
    }

    @Benchmark
    public Route route() {
        int client = next++ & (Clusters.CLIENTS - 1);
        return router.route("GET", request.path, null, cookies[client], false);
    }
}
