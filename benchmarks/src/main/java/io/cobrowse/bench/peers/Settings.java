package io.cobrowse.bench.peers;

import java.time.Duration;
import java.util.Set;

/**
 * How much is measured.
 *
 * @param tunnels busy tunnels of the round trips
 * @param roundSeconds how long a peer is measured at a time, in turn with the others
 */
public record Settings(
        Set<Workload> workloads,
        int tunnels,
        int rounds,
        int roundSeconds,
        int maxWarmUpSeconds,
        int idleTunnels,
        int idleRounds) {
    /** Returns the settings of published figures, or those of a quick look. */
    public static Settings of(Set<Workload> workloads, boolean quick) {
        return quick
                ? new Settings(workloads, 100, 5, 1, 12, 2_000, 1)
                : new Settings(workloads, 100, 20, 2, 40, 5_000, 3);
    }

    /** Returns how many connections a proxy has to hold at most, with some to spare. */
    int connections() {
        return Math.max(tunnels, idleTunnels) + 500;
    }

    Duration round() {
        return Duration.ofSeconds(roundSeconds);
    }
}
