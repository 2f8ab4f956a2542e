package io.cobrowse.bench.micro;

import io.cobrowse.sticky.routing.Node;
import io.cobrowse.sticky.routing.NodeTable;
import java.util.HashMap;
import java.util.Map;
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
 * What does it cost to find a node by its id?
 *
 * <p>Inputs: the ids of {@link Clusters#CLIENTS} clients in turn. Naive baseline: a {@code HashMap} by a {@code String} cut
 * out of the request. Command: {@code bin/cobrowse-bench run --include LookUp}.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@SuppressWarnings("NullAway.Init") // Set by JMH.
public class LookUpBenchmark {
    /** The data structure for the look-up. */
    public enum Contestant {
        OURS,
        HASH_MAP
    }

    @Param
    public Contestant contestant;

    @Param({"3", "100", "10000"})
    public int nodes;

    private NodeTable table;
    private Map<String, Node> map;
    private String[] ids;
    private String[] queries;
    private int next;

    @Setup
    public void setUp() {
        table = NodeTable.of(Clusters.nodes(nodes));
        map = new HashMap<>();
        table.nodes().forEach(node -> map.put(node.id(), node));
        ids = Clusters.clients(nodes, id -> id);
        queries = Clusters.clients(nodes, id -> "=" + id);
    }

    @Benchmark
    public @Nullable Node find() {
        int client = next++ & (Clusters.CLIENTS - 1);
        return contestant == Contestant.OURS ? table.node(ids[client]) : map.get(queries[client].substring(1));
    }
}
