package io.cobrowse.load.capacity;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/**
 * Searches for the greatest number of sessions that meets the service level. Doubles the number until the level is not
 * met, halves the gap until it is narrow, and confirms the result with a second trial; if that fails, tries one step
 * lower. A failed trial without a busy processor is repeated once, since something outside the test may have caused it.
 *
 * <p>If another part is the limit, the search for more stops. The trial that passed is repeated instead, since it can
 * then only show the processor time that the sessions took. Not thread-safe.
 */
final class CapacitySearch {
    /** How many trials must have met the service level at the resulting number. */
    private static final int CONFIRMED = 2;
    /** The same if another part is the limit. */
    private static final int REPEATED = 6;
    /** The share of its processors from which a part is late because it needs more of them. */
    private static final double SATURATED = 0.9;

    private static final int MAX_STEPS_BACK = 4;

    private final SystemUnderLoad system;
    private final int least;
    private final int greatest;
    private final double precision;
    private final Function<Trial, Bottleneck> bottleneck;
    private final List<Trial> trials = new ArrayList<>();
    private final Listener listener;
    private boolean limitedElsewhere;
    private int good;
    private int bad;

    /** Follows the search. */
    interface Listener {
        /**
         * Is called after each trial.
         *
         * @param good the greatest number of sessions that were carried so far; 0 for none
         * @param bad the least number of sessions that were not carried so far; 0 for none
         * @param trialsLeft the approximate number of remaining trials
         */
        void tried(int good, int bad, int trialsLeft);
    }

    /**
     * The result.
     *
     * @param capacity the number of sessions; 0 if not even the least number meets the service level
     * @param bounded whether a greater number was tried and was too much for the measured component; otherwise the
     *     capacity is a lower bound
     */
    record Found(int capacity, boolean bounded, List<Trial> trials) {}

    /**
     * Prepares a search.
     *
     * @param least the number to start with, at least 1
     * @param greatest the number not to exceed
     * @param precision the final width of the gap, as a share of the capacity
     * @param bottleneck returns the busiest part of a trial
     * @param listener is called after each trial
     */
    CapacitySearch(
            SystemUnderLoad system,
            int least,
            int greatest,
            double precision,
            Function<Trial, Bottleneck> bottleneck,
            Listener listener) {
        this.system = system;
        this.least = least;
        this.greatest = greatest;
        this.precision = precision;
        this.bottleneck = bottleneck;
        this.listener = listener;
    }

    Found search() throws IOException, InterruptedException {
        for (int sessions = least;
                bad == 0 && good < greatest && !limitedElsewhere;
                sessions = Math.min(2 * sessions, greatest)) {
            if (passes(sessions)) {
                good = sessions;
                limitedElsewhere = leavesNoRoomForTwice(trials.get(trials.size() - 1));
                tell();
            } else {
                bad = sessions;
                tell();
            }
        }
        while (bad != 0 && bad - good > Math.max(1, precision * good) && (good == 0 || !limitedElsewhere)) {
            int middle = (good + bad) / 2;
            if (passes(middle)) {
                good = middle;
            } else {
                bad = middle;
            }
            tell();
        }
        int confirmed = confirm(good);
        return new Found(confirmed, !limitedElsewhere && (bad != 0 || confirmed < good), List.copyOf(trials));
    }

    private void tell() {
        int confirmations = limitedElsewhere ? REPEATED : CONFIRMED;
        double gap = bad == 0 ? 1 : (bad - good) / Math.max(1.0, good);
        int halvings = limitedElsewhere ? 0 : (int) Math.ceil(Math.max(0, Math.log(gap / precision) / Math.log(2)));
        int doubling = bad == 0 && !limitedElsewhere && good < greatest ? 1 : 0;
        listener.tried(good, bad, doubling + halvings + confirmations - 1);
    }

    /** Returns whether twice the sessions would need more of the other parts' processors than there are. */
    private boolean leavesNoRoomForTwice(Trial passed) {
        Bottleneck busiest = bottleneck.apply(passed);
        return !busiest.own() && 2 * busiest.busy() > 1;
    }

    private int confirm(int found) throws IOException, InterruptedException {
        int sessions = found;
        for (int back = 0; sessions > 0 && back < MAX_STEPS_BACK; back++) {
            int wanted = limitedElsewhere ? REPEATED : CONFIRMED;
            while (timesPassed(sessions) < wanted && passes(sessions)) {
                // Until it is confirmed or fails.
            }
            if (timesPassed(sessions) >= wanted) {
                return sessions;
            }
            sessions = (int) Math.floor(sessions * (1 - precision));
        }
        return sessions;
    }

    private long timesPassed(int sessions) {
        return trials.stream()
                .filter(trial -> trial.sessions() == sessions && trial.passed())
                .count();
    }

    private boolean passes(int sessions) throws IOException, InterruptedException {
        Trial trial = trial(sessions);
        if (!trial.passed() && !(bottleneck.apply(trial).busy() >= SATURATED)) {
            trial = trial(sessions);
        }
        if (!trial.passed()) {
            limitedElsewhere = !bottleneck.apply(trial).own();
        }
        return trial.passed();
    }

    private Trial trial(int sessions) throws IOException, InterruptedException {
        Trial trial = system.load(sessions);
        trials.add(trial);
        return trial;
    }
}
