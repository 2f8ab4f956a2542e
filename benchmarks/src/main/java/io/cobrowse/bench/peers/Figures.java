package io.cobrowse.bench.peers;

import io.cobrowse.bench.report.Environment;
import io.cobrowse.bench.report.Spread;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The results of a run, as they are written to the JSON file. */
record Figures(Environment environment, Settings settings, boolean pinned, String loadAfter, List<OfPeer> peers) {
    /**
     * A peer's row.
     *
     * @param problem why figures are missing; null when none are
     */
    record OfPeer(
            String name,
            @Nullable String version,
            @Nullable String problem,
            @Nullable OfRoundTrips roundTrips,
            @Nullable OfIdleTunnels idleTunnels) {
        String title() {
            return version == null ? name : name + " " + version;
        }
    }

    /**
     * Round trips of WebSocket messages.
     *
     * @param cpuMicros CPU time of the proxy per round trip, user and system, all threads; the spread over rounds
     * @param cpuRatio the same, divided by that of the first proxy in the same round: what else the machine did meanwhile met
     *     both, so this varies less
     * @param warmUpSeconds how long it took until CPU per round trip was steady
     */
    record OfRoundTrips(
            Spread cpuMicros,
            Spread cpuRatio,
            Spread perSecond,
            double p50Micros,
            double p99Micros,
            double p999Micros,
            long count,
            int warmUpSeconds) {}

    /**
     * Tunnels that are open and quiet.
     *
     * @param heapBytesPerTunnel live objects; null where it is no JVM
     */
    record OfIdleTunnels(
            Spread residentBytesPerTunnel,
            Spread residentBytesBefore,
            Spread residentBytesWith,
            @Nullable Spread heapBytesPerTunnel) {}
}
