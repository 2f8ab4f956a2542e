package io.cobrowse.bench.micro;

import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/**
 * How fast is this machine just now? Work of the JDK alone, which no change of ours can make faster or slower: other times
 * are divided by these where runs are compared.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class CalibrationBenchmark {
    private String text = Corpus.Cookie.TYPICAL_LAST.field();
    private long state = 1;

    /** Arithmetic, each step of which waits for the one before: the clock rate. */
    @Benchmark
    public long arithmetic() {
        long x = state;
        for (int i = 0; i < 24; i++) {
            x ^= x << 13;
            x ^= x >>> 7;
            x ^= x << 17;
        }
        state = x;
        return x;
    }

    /** A search as the scanners make it: vector instructions, loads, branches. */
    @Benchmark
    public int search() {
        return text.indexOf(Corpus.COOKIE) + text.indexOf('\t');
    }
}
