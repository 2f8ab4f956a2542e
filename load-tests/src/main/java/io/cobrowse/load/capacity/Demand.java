package io.cobrowse.load.capacity;

import io.cobrowse.measuring.Bootstrap;
import java.util.List;
import java.util.function.ToDoubleFunction;
import org.apache.commons.statistics.descriptive.Median;
import org.jspecify.annotations.Nullable;

/**
 * What a component takes of the processors for a session (the utilisation law: U = X D), what it takes without any included, as
 * seen where it had much to do. Immutable.
 *
 * @param coresPerSession a session's share of the cores in use: the median of the trials, with its 95 % interval, by bootstrap over
 *     the trials
 */
public record Demand(Estimate coresPerSession) {
    private static final int LEAST_TRIALS = 3;
    private static final double CONFIDENCE = 0.95;

    /**
     * Returns the demand of a component, by the trials that met the service level with at least half of the sessions that did;
     * null where they are too few.
     */
    static @Nullable Demand of(String component, List<Trial> trials) {
        return of(component, trials, trial -> trial.coresOf(component) / trial.sessions());
    }

    /**
     * Returns the same by what another component took in the same trials, of which it is known what it carries. That holds also
     * where the machine is faster at one time than at another, as one is that others use too.
     *
     * @param sessionsPerCore of the other component, when it is busy to the full
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

    /** The sessions that cores carry when they are busy to that share, 0 to 1. */
    Estimate sessions(double cores, double share) {
        double use = cores * share;
        return new Estimate(use / coresPerSession.value(), use / coresPerSession.high(), use / coresPerSession.low());
    }
}
