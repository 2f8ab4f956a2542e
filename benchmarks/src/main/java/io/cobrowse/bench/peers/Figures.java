package io.cobrowse.bench.peers;

import io.cobrowse.measuring.Environment;
import io.cobrowse.measuring.Spread;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The results of a run, as they are written to the JSON file. */
record Figures(
        Environment environment,
        Settings settings,
        boolean pinned,
        boolean interrupted,
        String loadAfter,
        List<OfPeer> peers) {
    /**
     * A peer's rows.
     *
     * @param note what is to be said of the version
     * @param problems why a workload's figures are missing
     */
    record OfPeer(
            String name,
            @Nullable String version,
            String note,
            Map<Workload, String> problems,
            Map<Workload, OfBusy> busy,
            Map<Workload, OfIdle> idle) {
        String title() {
            return version == null ? name : name + " " + version;
        }
    }

    /**
     * Requests, or round trips of WebSocket messages.
     *
     * @param cpuMicros CPU time of the proxy per request, user and system, all threads; the spread over rounds
     * @param cpuRatio the same, divided by that of the first proxy in the same round: what else the machine did meanwhile met
     *     both, so this varies less
     * @param perSecond at full load; {@code residentBytes} are at its end
     * @param latency under a load that is the same for all proxies; null when it was not measured
     * @param counters null where they were not counted
     * @param warmUpSeconds how long it was warmed up
     * @param steady whether CPU per request was steady then
     */
    record OfBusy(
            Spread cpuMicros,
            Spread cpuRatio,
            Spread perSecond,
            long residentBytes,
            @Nullable OfLatency latency,
            @Nullable OfCounters counters,
            int warmUpSeconds,
            boolean steady) {}

    /**
     * What a request takes beside time, of one round.
     *
     * @param threadSwitches from one of its threads to another thread, of whoever's, as the kernel counts them
     * @param instructions null where the machine does not count them
     * @param allocatedBytes null where it is no JVM
     */
    record OfCounters(
            double threadSwitches,
            @Nullable Double instructions,
            @Nullable Double allocatedBytes) {}

    /** Latencies at a steady rate, each from when its request was due. */
    record OfLatency(
            double perSecond,
            long count,
            double p50Micros,
            double p90Micros,
            double p99Micros,
            double p999Micros,
            double maxMicros) {}

    /**
     * Connections that wait.
     *
     * @param heapBytesEach live objects; null where it is no JVM
     */
    record OfIdle(
            Spread residentBytesEach,
            Spread residentBytesBefore,
            Spread residentBytesWith,
            @Nullable Spread heapBytesEach) {}
}
