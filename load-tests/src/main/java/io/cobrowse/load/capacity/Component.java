package io.cobrowse.load.capacity;

import java.util.List;
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
}
