package io.cobrowse.bench.suite;

import org.openjdk.jmh.runner.options.TimeValue;

/**
 * How long a benchmark runs: many short iterations, since the quickest of them are those that nothing has disturbed.
 *
 * @param iterationMillis of warm-up and measurement alike
 */
public record Times(int warmUpIterations, int iterations, int iterationMillis) {
    /** Figures to publish. */
    public static final Times FULL = new Times(30, 50, 20);
    /** A look. */
    public static final Times QUICK = new Times(10, 10, 20);
    /** The gate. */
    public static final Times GATE = new Times(8, 20, 12);
    /** Whether it runs at all. */
    static final Times LEAST = new Times(1, 1, 1);

    TimeValue iteration() {
        return TimeValue.milliseconds(iterationMillis);
    }
}
