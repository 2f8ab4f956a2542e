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
 * What does it cost to find one cookie?
 *
 * <p>Inputs: {@link Corpus.Cookie}. Naive baseline: {@link CookieContestant#PLAIN_LOOP}; floor:
 * {@link CookieContestant#INDEX_OF}; worst case: {@link Corpus.Cookie#HOSTILE}. Command: {@code bin/cobrowse-bench run
 * --include CookieScan}.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@SuppressWarnings("NullAway.Init") // Set by JMH.
public class CookieScanBenchmark {
    @Param
    public CookieContestant contestant;

    @Param
    public Corpus.Cookie input;

    private Finder finder;
    private String field;

    @Setup
    public void setUp() {
        finder = contestant.newFinder();
        field = input.field();
    }

    @Benchmark
    public int find() {
        return finder.length(field);
    }
}
