package io.cobrowse.bench.micro;

import io.cobrowse.sticky.routing.Affinity;
import io.cobrowse.sticky.routing.Balance;
import io.cobrowse.sticky.routing.NodeTable;
import io.cobrowse.sticky.routing.Route;
import io.cobrowse.sticky.routing.Router;
import io.cobrowse.sticky.routing.Stickiness;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/**
 * What does a whole decision cost, and does the cost grow with the cluster?
 *
 * <p>Inputs: the typical fields and queries of {@link Clusters#CLIENTS} clients in turn, each of which sticks to a
 * random node. Command: {@code bin/cobrowse-bench run --include Route}.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@SuppressWarnings("NullAway.Init") // Set by JMH.
public class RouteBenchmark {
    /** The source that names the node. */
    public enum By {
        URL,
        COOKIE,
        /** No source; the balancer chooses. */
        ROUND_ROBIN
    }

    @Param
    public By by;

    @Param({"3", "100", "10000"})
    public int nodes;

    private Router router;
    private @Nullable String[] queries;
    private String[] cookies;
    private int next;

    @Setup
    public void setUp() {
        router = new Router(Stickiness.DEFAULTS, Balance.ROUND_ROBIN, NodeTable.of(Clusters.nodes(nodes)));
        cookies = Clusters.clients(
                nodes,
                id -> by == By.COOKIE
                        ? Corpus.typicalCookies(Clusters.cookie(id))
                        : Corpus.Cookie.TYPICAL_ABSENT.field());
        queries = by == By.URL ? Clusters.clients(nodes, Corpus::typicalQuery) : new String[Clusters.CLIENTS];
        Affinity expected = Affinity.valueOf(by == By.ROUND_ROBIN ? "NONE" : by.name());
        if (route().affinity() != expected) {
            throw new IllegalStateException("The route is by " + route().affinity() + ", not by " + expected);
        }
    }

    @Benchmark
    public Route route() {
        int client = next++ & (Clusters.CLIENTS - 1);
        return router.route("GET", "/cobrowse/cometd/connect", queries[client], cookies[client], false);
    }
}
