package io.cobrowse.bench.suite;

import java.util.List;
import java.util.stream.IntStream;
import org.openjdk.jmh.runner.options.TimeValue;

/** The durations of a benchmark: many short iterations, since the quickest of them are undisturbed. */
public record Times(int warmUpIterations, int warmUpMillis, int iterations, int iterationMillis) {
    /** For published figures. */
    public static final Times FULL = new Times(30, 20, 60, 10);
    /** For a quick look. */
    public static final Times QUICK = new Times(10, 20, 15, 10);
    /** For the gate: as short as the pauses of a neighbour. */
    public static final Times GATE = new Times(10, 12, 100, 2);
    /** Long enough for samples of the flight recorder. */
    public static final Times PROFILE = new Times(10, 100, 40, 100);
    /** The shortest, to see whether a benchmark runs at all. */
    static final Times LEAST = new Times(1, 1, 1, 1);

    /** Returns the durations as arguments of a fork. */
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
