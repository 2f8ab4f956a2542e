package io.cobrowse.load.capacity;

import io.cobrowse.measuring.Bootstrap;
import java.util.List;
import java.util.function.ToDoubleFunction;
import org.apache.commons.statistics.descriptive.Median;
import org.jspecify.annotations.Nullable;

/**
 * The processor time of a component for a session (the utilisation law: U = X D), including what it uses without
 * sessions, as seen under high load. Immutable.
 *
 * @param coresPerSession a session's share of the used cores: the median of the trials with its 95 % interval, by
 *     bootstrap over the trials
 */
public record Demand(Estimate coresPerSession) {
    private static final int LEAST_TRIALS = 3;
    private static final double CONFIDENCE = 0.95;

    /**
     * Returns the demand of a component, from the trials that met the service level with at least half of the greatest
     * number of sessions that did; null if there are too few.
     */
    static @Nullable Demand of(String component, List<Trial> trials) {
        return of(component, trials, trial -> trial.coresOf(component) / trial.sessions());
    }

    /**
     * Returns the demand in proportion to that of another component in the same trials, whose capacity is known. This
     * is valid even if the speed of the machine varies, as it does when others use it too.
     *
     * @param sessionsPerCore the sessions per core of the other component when it is fully busy
     */
    static @Nullable Demand beside(String other, double sessionsPerCore, String component, List<Trial> trials) {
        return of(component, trials, trial -> trial.coresOf(component) / trial.coresOf(other) / sessionsPerCore);
    }

    private static @Nullable Demand of(String component, List<Trial> trials, ToDoubleFunction<Trial> demand) {
        List<Trial> known = trials.stream()
                .filter(trial -> trial.passed() && trial.coresOf(component) > 0)
                .toList();
        int most = known.stream().mapToInt(Trial::sessions).max().orElse(0);
        double[] each = known.stream()
                .filter(trial -> 2 * trial.sessions() >= most)
                .mapToDouble(demand)
                .toArray();
        if (each.length < LEAST_TRIALS) {
            return null;
        }
        double[] ends = Bootstrap.median(each, CONFIDENCE);
        return new Demand(new Estimate(Median.withDefaults().evaluate(each), ends[0], ends[1]));
    }

    /** Returns the number of sessions that the cores carry at this share of use, 0 to 1. */
    Estimate sessions(double cores, double share) {
        double use = cores * share;
        return new Estimate(use / coresPerSession.value(), use / coresPerSession.high(), use / coresPerSession.low());
    }
}
