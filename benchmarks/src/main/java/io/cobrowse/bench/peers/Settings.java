package io.cobrowse.bench.peers;

import java.time.Duration;
import java.util.Set;

/**
 * The extent of a measurement.
 *
 * @param busyConnections the connections of each workload with requests
 * @param tunnels the busy tunnels of the round trips
 * @param roundSeconds how long a peer is measured at a time, in turn with the others
 * @param leastWarmUpSeconds how long each is warmed up at least; {@code maxWarmUpSeconds} at most
 * @param idleConnections the number of idle tunnels, or of parked polls
 */
public record Settings(
        Set<Workload> workloads,
        int busyConnections,
        int tunnels,
        int rounds,
        int roundSeconds,
        int latencyRounds,
        int leastWarmUpSeconds,
        int maxWarmUpSeconds,
        int idleConnections,
        int idleRounds) {
    /** Returns the settings for published figures, or for a quick look. */
    public static Settings of(Set<Workload> workloads, boolean quick) {
        return quick
                ? new Settings(workloads, 32, 100, 5, 1, 2, 0, 12, 2_000, 1)
                : new Settings(workloads, 32, 100, 20, 2, 5, 30, 120, 5_000, 3);
    }

    /** Returns the same settings with other rounds; those for latencies are a third of them. */
    public Settings withRounds(int rounds) {
        return new Settings(
                workloads,
                busyConnections,
                tunnels,
                rounds,
                roundSeconds,
                Math.max(1, rounds / 3),
                leastWarmUpSeconds,
                maxWarmUpSeconds,
                idleConnections,
                Math.min(rounds, idleRounds));
    }

    /** Returns the number of connections of a workload. */
    int connections(Workload workload) {
        return workload.isIdle() ? idleConnections : workload == Workload.WS_ROUND_TRIPS ? tunnels : busyConnections;
    }

    /** Returns the greatest number of connections that a proxy needs, with some to spare. */
    int maxConnections() {
        return Math.max(tunnels, idleConnections) + 500;
    }

    Duration round() {
        return Duration.ofSeconds(roundSeconds);
    }
}
