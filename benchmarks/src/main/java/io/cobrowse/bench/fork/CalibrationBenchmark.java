package io.cobrowse.bench.fork;

import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/**
 * How fast is this machine just now? The work uses the JDK alone, so no change of the project can make it faster or
 * slower. When runs are compared, other times are divided by these.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class CalibrationBenchmark {
    private static final String SOUGHT = "gcbSessionServer";

    private String text = "_ga=GA1.2.1826373112.1700000000; _gid=GA1.2.993214101.1700000000; _gat=1;"
            + " _fbp=fb.1.1700000000000.1186; JSESSIONID=1bq8k2x0c4w9d1m7p5h3zjv6e0; lang=en-US;"
            + " cookieConsent=analytics%3Dtrue%2Cmarketing%3Dfalse; BAYEUX_BROWSER=4a2b1c9d8e7f6a5b; " + SOUGHT
            + "=node-2";
    private long state = 1;

    /** Arithmetic in which each step waits for the previous one: the clock rate. */
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

    /** A search like that of the scanners: vector instructions, loads, branches. */
    @Benchmark
    public int search() {
        return text.indexOf(SOUGHT) + text.indexOf('\t');
    }
}
