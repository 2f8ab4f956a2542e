package io.cobrowse.bench.peers;

import java.time.Duration;
import java.util.Set;

/**
 * How much is measured.
 *
 * @param busyConnections of each workload of requests
 * @param tunnels busy tunnels of the round trips
 * @param roundSeconds how long a peer is measured at a time, in turn with the others
 * @param leastWarmUpSeconds how long each is warmed up at least; {@code maxWarmUpSeconds} at most
 * @param idleConnections tunnels that are idle, or polls that are parked
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
    /** Returns the settings of published figures, or those of a quick look. */
    public static Settings of(Set<Workload> workloads, boolean quick) {
        return quick
                ? new Settings(workloads, 32, 100, 5, 1, 2, 0, 12, 2_000, 1)
                : new Settings(workloads, 32, 100, 20, 2, 5, 30, 90, 5_000, 3);
    }

    /** Returns the same but for the rounds; those for latencies are a third. */
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

    /** Returns how many connections a workload has. */
    int connections(Workload workload) {
        return workload.isIdle() ? idleConnections : workload == Workload.WS_ROUND_TRIPS ? tunnels : busyConnections;
    }

    /** Returns how many connections a proxy has to hold at most, with some to spare. */
    int maxConnections() {
        return Math.max(tunnels, idleConnections) + 500;
    }

    Duration round() {
        return Duration.ofSeconds(roundSeconds);
    }
}
