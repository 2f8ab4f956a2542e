package io.cobrowse.bench.micro;

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
 * What does it cost to find one query parameter?
 *
 * <p>Inputs: {@link Corpus.Query}. Naive baseline: {@link QueryContestant#PLAIN_LOOP}; floor:
 * {@link QueryContestant#INDEX_OF}; worst case: {@link Corpus.Query#HOSTILE}. Command: {@code bin/cobrowse-bench run
 * --include QueryScan}.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@SuppressWarnings("NullAway.Init") // Set by JMH.
public class QueryScanBenchmark {
    @Param
    public QueryContestant contestant;

    @Param
    public Corpus.Query input;

    private Finder finder;
    private String query;

    @Setup
    public void setUp() {
        finder = contestant.newFinder();
        query = input.query();
    }

    @Benchmark
    public int find() {
        return finder.length(query);
    }
}
