package io.cobrowse.load.capacity;

import com.fasterxml.jackson.annotation.JsonIgnore;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * What is known of one component: a node, the proxy, or the whole of a target. Immutable.
 *
 * @param name {@code node}, {@code proxy} or {@code system}
 * @param cores that it was confined to; 0 where unknown
 * @param capacity sessions that met the service level while all else was there; a lower bound where not bounded
 * @param bounded whether more was tried and failed
 * @param bottleneck what was busiest where the service level was no longer met: the component that had the greatest share of
 *     its processors in use
 * @param busy that share, 0 to 1; NaN where unknown
 * @param sessionsPerCore as measured where this component was the bottleneck, else what its CPU time a session leaves room
 *     for at {@link #PLANNED_USE}
 * @param measured which of the two
 * @param bytesPerSession of live memory; null where unknown
 */
public record Component(
        String name,
        int cores,
        int capacity,
        boolean bounded,
        String bottleneck,
        double busy,
        @Nullable Estimate sessionsPerCore,
        boolean measured,
        @Nullable Demand demand,
        @Nullable Estimate bytesPerSession,
        @Nullable Usl law,
        List<Trial> trials) {
    /** The share of a processor that is planned with where the limit itself was not reached. */
    public static final double PLANNED_USE = 0.7;

    /** From this share of its processors on a component is what limits. */
    static final double BUSY = 0.8;

    /** Returns what was found, in one sentence with its range, and whether the limit itself was reached. */
    @JsonIgnore
    public String sentence() {
        Estimate perCore = sessionsPerCore;
        if (perCore == null) {
            return bounded
                    ? String.format(Locale.ROOT, "The %s carries %,d sessions.", name, capacity)
                    : String.format(
                            Locale.ROOT,
                            "The %s carries at least %,d sessions: the limit was not reached, more was not tried.",
                            name,
                            capacity);
        }
        String range = String.format(
                Locale.ROOT, "%,.0f sessions (%,.0f to %,.0f)", perCore.value(), perCore.low(), perCore.high());
        return measured
                ? String.format(Locale.ROOT, "A %s core carries %s.", name, range)
                : String.format(
                        Locale.ROOT,
                        "A %s core is reckoned to carry %s, by its CPU time at %.0f %% use: limit not reached, %,d sessions on"
                                + " %d %s were the most it carried.",
                        name,
                        range,
                        100 * PLANNED_USE,
                        capacity,
                        cores,
                        cores == 1 ? "core" : "cores");
    }
}
