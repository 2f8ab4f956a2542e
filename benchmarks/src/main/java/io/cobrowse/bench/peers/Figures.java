package io.cobrowse.bench.peers;

import io.cobrowse.measuring.Environment;
import io.cobrowse.measuring.Spread;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The results of a run, as in its JSON file. */
record Figures(
        Environment environment,
        Settings settings,
        boolean pinned,
        boolean interrupted,
        String loadAfter,
        List<OfPeer> peers) {
    /**
     * The figures of a peer.
     *
     * @param note a remark on the version
     * @param problems the reasons why figures of a workload are missing
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
     * The figures of requests, or of round trips of WebSocket messages.
     *
     * @param cpuMicros CPU time of the proxy per request, user and system, all threads; the spread over rounds
     * @param cpuRatio the same, divided by that of the first proxy in the same round; varies less, since other work of
     *     the machine affects both
     * @param perSecond at full load; {@code residentBytes} are measured at its end
     * @param latency under a load that is the same for all proxies; null if it was not measured
     * @param counters null if they were not counted
     * @param warmUpSeconds how long it was warmed up
     * @param steady whether the CPU time per request was steady then
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
     * The costs of a request besides time, in one round.
     *
     * @param threadSwitches from one of the proxy's threads to another thread of any process, as the kernel counts them
     * @param instructions null if the machine does not count them
     * @param allocatedBytes null if the proxy is not a JVM
     */
    record OfCounters(
            double threadSwitches,
            @Nullable Double instructions,
            @Nullable Double allocatedBytes) {}

    /** Latencies at a steady rate, each from the time at which its request was due. */
    record OfLatency(
            double perSecond,
            long count,
            double p50Micros,
            double p90Micros,
            double p99Micros,
            double p999Micros,
            double maxMicros) {}

    /**
     * The figures of connections that wait.
     *
     * @param heapBytesEach live objects; null if the proxy is not a JVM
     */
    record OfIdle(
            Spread residentBytesEach,
            Spread residentBytesBefore,
            Spread residentBytesWith,
            @Nullable Spread heapBytesEach) {}
}
