package io.cobrowse.bench.peers;

import io.cobrowse.measuring.Spread;
import java.util.ArrayList;
import java.util.List;

/**
 * Decides when a proxy is warm. Its CPU time per request must have stopped falling, and the compilers of a JVM must have
 * come to rest: they use up to half of the time for the first half minute and more, and what they have not finished when
 * the proxy's turn ends they do in the turn of the next. That the last few seconds were alike says too little, as a
 * disturbance makes them differ, and a JVM may be steady for some seconds and then compile again. Not thread-safe.
 */
final class Steadiness {
    /** How many measurements are compared with as many before them. */
    private static final int LAST = 5;
    /** How much lower they may be. */
    private static final double FALLING = 0.95;
    /** The share of the compilers in the CPU time, at the most. */
    private static final double AT_REST = 0.03;

    private final List<Double> cpuMicros = new ArrayList<>();
    private final List<Double> compilerShares = new ArrayList<>();

    /**
     * Adds a measurement; returns whether the proxy is steady now.
     *
     * @param micros CPU time per request
     * @param compilerShare what the compilers used of the CPU time, from 0 to 1
     */
    boolean add(double micros, double compilerShare) {
        cpuMicros.add(micros);
        compilerShares.add(compilerShare);
        int count = cpuMicros.size();
        if (count < 2 * LAST) {
            return false;
        }
        double compilers = compilerShares.subList(count - LAST, count).stream()
                .mapToDouble(each -> each)
                .average()
                .orElseThrow();
        double before =
                Spread.of(cpuMicros.subList(count - 2 * LAST, count - LAST)).median();
        double now = Spread.of(cpuMicros.subList(count - LAST, count)).median();
        return compilers <= AT_REST && now >= before * FALLING;
    }
}
