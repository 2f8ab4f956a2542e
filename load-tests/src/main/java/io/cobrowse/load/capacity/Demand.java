package io.cobrowse.load.capacity;

import java.util.List;
import org.apache.commons.math3.stat.descriptive.SummaryStatistics;
import org.jspecify.annotations.Nullable;

/**
 * What a component takes of the processors for a session (the utilisation law: U = X D), what it takes without any included, as
 * seen where it had much to do. Immutable.
 *
 * @param coresPerSession a session's share of the cores in use: the least of the trials, since whatever else the machine does, and
 *     compilers, only add to it; and the range of the trials
 */
public record Demand(Estimate coresPerSession) {
    private static final int LEAST_TRIALS = 3;

    /**
     * Returns the demand of a component, by the trials that met the service level with at least half of the sessions that did;
     * null where they are too few.
     */
    static @Nullable Demand of(String component, List<Trial> trials) {
        List<Trial> known = trials.stream()
                .filter(trial -> trial.passed() && trial.coresOf(component) > 0)
                .toList();
        int most = known.stream().mapToInt(Trial::sessions).max().orElse(0);
        SummaryStatistics each = new SummaryStatistics();
        known.stream()
                .filter(trial -> 2 * trial.sessions() >= most)
                .forEach(trial -> each.addValue(trial.coresOf(component) / trial.sessions()));
        return each.getN() < LEAST_TRIALS
                ? null
                : new Demand(new Estimate(each.getMin(), each.getMin(), each.getMax()));
    }

    /** The sessions that cores carry when they are busy to that share, 0 to 1. */
    Estimate sessions(double cores, double share) {
        double use = cores * share;
        return new Estimate(use / coresPerSession.value(), use / coresPerSession.high(), use / coresPerSession.low());
    }
}
