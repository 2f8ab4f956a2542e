package io.cobrowse.load.journey;

import io.cobrowse.load.settings.Profile;
import io.gatling.javaapi.core.CoreDsl;
import io.gatling.javaapi.core.OpenInjectionStep;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * The times at which pairs arrive: an open model, which does not wait for anybody. Gatling gets the same phases that
 * latencies are measured against. Immutable.
 */
final class Arrivals {
    /** A phase with a constant rate of pairs a second; a burst takes a second. */
    private record Phase(double perSecond, double seconds) {
        double pairs() {
            return perSecond * seconds;
        }
    }

    private final List<Phase> phases = new ArrayList<>();

    /** @param share the share of the pairs that this injector makes, above 0 and up to 1 */
    Arrivals(Profile profile, double share) {
        double fill = profile.fill().toMillis() / 1e3;
        double hold = profile.hold().toMillis() / 1e3;
        double rate = profile.arrivalsPerSecond() * share;
        phases.add(new Phase(profile.sessions() * share / fill, fill));
        Duration every = profile.burstEvery();
        if (profile.burst() > 0 && every != null) {
            double seconds = every.toMillis() / 1e3;
            for (double time = 0; time < hold; time += seconds) {
                phases.add(new Phase(rate, Math.min(seconds - 1, hold - time)));
                if (hold - time >= seconds) {
                    phases.add(new Phase(rate + profile.burst() * share, 1));
                }
            }
        } else if (profile.surge() > 0) {
            phases.add(new Phase(rate, hold / 3));
            phases.add(new Phase(rate * profile.surge(), hold / 3));
            phases.add(new Phase(rate, hold / 3));
        } else {
            phases.add(new Phase(rate, hold));
        }
    }

    /** Returns the phases for Gatling, with this many virtual users a pair. */
    OpenInjectionStep[] injection(double users) {
        return phases.stream()
                .map(phase -> CoreDsl.constantUsersPerSec(phase.perSecond * users)
                        .during(Duration.ofMillis(Math.round(phase.seconds * 1e3))))
                .toArray(OpenInjectionStep[]::new);
    }

    /** Returns when the pair with this number, from 0, arrives, in nanoseconds from the start. */
    long nanosOf(int number) {
        double left = number;
        double time = 0;
        for (Phase phase : phases) {
            if (left < phase.pairs()) {
                return Math.round((time + left / phase.perSecond) * 1e9);
            }
            left -= phase.pairs();
            time += phase.seconds;
        }
        return Math.round(time * 1e9);
    }

    /** Returns how many pairs arrive within this time, in nanoseconds from the start. */
    double until(long nanos) {
        double left = nanos / 1e9;
        double pairs = 0;
        for (Phase phase : phases) {
            pairs += phase.perSecond * Math.max(0, Math.min(left, phase.seconds));
            left -= phase.seconds;
        }
        return pairs;
    }
}
