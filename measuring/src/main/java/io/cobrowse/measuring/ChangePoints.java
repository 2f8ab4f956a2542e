package io.cobrowse.measuring;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.apache.commons.statistics.inference.TTest;

/**
 * Finds where a series of measurements moves to another level and stays there, by binary segmentation; Welch's t-test
 * of the logarithms decides on each split.
 */
public final class ChangePoints {
    /** The fewest measurements that make a level. */
    private static final int LEAST_SEGMENT = 4;
    /**
     * The probability of finding a change in a series without one, divided by the number of places where it could be.
     */
    private static final double FALSE_ALARM = 0.01;
    /** Levels closer than this count as one. */
    private static final double NOTICED = 0.02;

    private ChangePoints() {}

    /**
     * Returns the indices at which another level begins, in ascending order.
     *
     * @param series above 0, in chronological order
     */
    public static List<Integer> of(double[] series) {
        double[] logs = Arrays.stream(series).map(Math::log).toArray();
        List<Integer> found = new ArrayList<>();
        split(logs, 0, logs.length, found);
        return found.stream().sorted().toList();
    }

    private static void split(double[] logs, int from, int to, List<Integer> found) {
        int places = to - from - 2 * LEAST_SEGMENT + 1;
        int best = -1;
        double least = FALSE_ALARM / Math.max(1, places);
        for (int at = from + LEAST_SEGMENT; at <= to - LEAST_SEGMENT; at++) {
            double[] before = Arrays.copyOfRange(logs, from, at);
            double[] after = Arrays.copyOfRange(logs, at, to);
            if (Math.abs(mean(after) - mean(before)) > NOTICED) {
                double p = probability(before, after);
                if (p < least) {
                    least = p;
                    best = at;
                }
            }
        }
        if (best >= 0) {
            found.add(best);
            split(logs, from, best, found);
            split(logs, best, to, found);
        }
    }

    /**
     * Returns the probability of such a difference if there is no change; the test gives no answer if nothing varies.
     */
    private static double probability(double[] before, double[] after) {
        if (isConstant(before) && isConstant(after)) {
            return 0;
        }
        return TTest.withDefaults().test(before, after).getPValue();
    }

    private static boolean isConstant(double[] values) {
        return Arrays.stream(values).allMatch(value -> value == values[0]);
    }

    private static double mean(double[] values) {
        return Arrays.stream(values).average().orElseThrow();
    }
}
