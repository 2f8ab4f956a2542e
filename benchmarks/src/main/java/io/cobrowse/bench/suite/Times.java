package io.cobrowse.bench.suite;

import java.util.List;
import java.util.stream.IntStream;
import org.openjdk.jmh.runner.options.TimeValue;

/**
 * How long a benchmark runs: many short iterations, since the quickest of them are those that nothing has disturbed.
 */
public record Times(int warmUpIterations, int warmUpMillis, int iterations, int iterationMillis) {
    /** Figures to publish. */
    public static final Times FULL = new Times(30, 20, 60, 10);
    /** A look. */
    public static final Times QUICK = new Times(10, 20, 15, 10);
    /** The gate: as short as a neighbour's pauses are. */
    public static final Times GATE = new Times(10, 12, 100, 2);
    /** Long enough for samples of the flight recorder. */
    public static final Times PROFILE = new Times(10, 100, 40, 100);
    /** Whether it runs at all. */
    static final Times LEAST = new Times(1, 1, 1, 1);

    /** Returns them as arguments of a fork. */
    public List<String> arguments() {
        return IntStream.of(warmUpIterations, warmUpMillis, iterations, iterationMillis)
                .mapToObj(Integer::toString)
                .toList();
    }

    /** Returns how long a case takes. */
    public long millis() {
        return (long) warmUpIterations * warmUpMillis + (long) iterations * iterationMillis;
    }

    TimeValue warmUp() {
        return TimeValue.milliseconds(warmUpMillis);
    }

    TimeValue iteration() {
        return TimeValue.milliseconds(iterationMillis);
    }
}
