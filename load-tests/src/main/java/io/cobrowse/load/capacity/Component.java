package io.cobrowse.load.capacity;

import com.fasterxml.jackson.annotation.JsonIgnore;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * The result for one component: a node, the proxy, or the whole of a target. Immutable.
 *
 * @param name {@code node}, {@code proxy} or {@code system}
 * @param cores the number of cores that it was confined to; 0 if unknown
 * @param capacity the number of sessions that met the service level in this setup; a lower bound if not bounded
 * @param bounded whether a greater number was tried and failed
 * @param bottleneck the part that used the greatest share of its processors when the service level was no longer met
 * @param busy that share, 0 to 1; NaN if unknown
 * @param sessionsPerCore measured if this component was the bottleneck; otherwise what its CPU time a session allows at
 *     {@link #PLANNED_USE}
 * @param measured whether {@code sessionsPerCore} was measured at the limit
 * @param bytesPerSession live memory a session, in bytes; null if unknown
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
    /** The share of a processor that is planned with if the limit itself was not reached. */
    public static final double PLANNED_USE = 0.7;

    /** The share of its processors from which a component counts as the limit. */
    static final double BUSY = 0.8;

    /** Returns the result in one sentence with its range, and whether the limit itself was reached. */
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
