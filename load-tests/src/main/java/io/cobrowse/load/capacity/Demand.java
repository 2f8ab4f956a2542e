package io.cobrowse.load.capacity;

import java.util.List;
import org.apache.commons.math3.stat.regression.SimpleRegression;
import org.jspecify.annotations.Nullable;

/**
 * What a component takes of the processors: a constant, and a part for each session, by linear regression (the utilisation
 * law: U = X D). Immutable.
 *
 * @param idleCores what it takes without a session
 * @param coresPerSession what each session takes
 */
public record Demand(double idleCores, Estimate coresPerSession) {
    private static final int LEAST_TRIALS = 3;

    /** Returns the demand of a component; null where too few trials say so. */
    static @Nullable Demand of(String component, List<Trial> trials) {
        SimpleRegression regression = new SimpleRegression();
        List<Trial> known = trials.stream()
                .filter(trial -> trial.passed() && trial.coresOf(component) > 0)
                .toList();
        known.forEach(trial -> regression.addData(trial.sessions(), trial.coresOf(component)));
        if (known.stream().map(Trial::sessions).distinct().count() < LEAST_TRIALS || !(regression.getSlope() > 0)) {
            return null;
        }
        double half = regression.getSlopeConfidenceInterval();
        double slope = regression.getSlope();
        return new Demand(
                Math.max(0, regression.getIntercept()),
                new Estimate(slope, Math.max(slope / 10, slope - half), slope + half));
    }

    /** The sessions that cores carry when they are busy to that share, 0 to 1. */
    Estimate sessions(double cores, double share) {
        double left = Math.max(0, cores * share - idleCores);
        return new Estimate(
                left / coresPerSession.value(), left / coresPerSession.high(), left / coresPerSession.low());
    }
}
