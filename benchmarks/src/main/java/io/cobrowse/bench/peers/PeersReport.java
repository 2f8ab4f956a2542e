package io.cobrowse.bench.peers;

import io.cobrowse.bench.report.Environment;
import io.cobrowse.bench.report.Spread;
import java.io.PrintWriter;
import java.util.Locale;

/** The figures as tables for the terminal. */
final class PeersReport {
    private final PrintWriter out;

    PeersReport(PrintWriter out) {
        this.out = out;
    }

    void print(Figures figures) {
        Environment environment = figures.environment();
        out.printf(
                "%s, %d cores, %s, %s, commit %s, load %s before and %s after; %s%n",
                environment.cpu(),
                environment.cores(),
                environment.os(),
                environment.jdk(),
                environment.commit(),
                environment.load(),
                figures.loadAfter(),
                figures.pinned() ? "each proxy pinned to core 0, client and origin to core 1" : "nothing pinned");
        Settings settings = figures.settings();
        if (settings.workloads().contains(Workload.WS_ROUND_TRIPS)) {
            out.printf(
                    "%n%s: messages of %d bytes over %d tunnels, %d rounds of %d s%n",
                    Workload.WS_ROUND_TRIPS,
                    TunnelClient.PAYLOAD_BYTES,
                    settings.tunnels(),
                    settings.rounds(),
                    settings.roundSeconds());
            row("", "CPU µs each (range)", "to the first (range)", "round trips/s", "p50 ms", "p99 ms", "p99.9 ms");
            figures.peers().forEach(this::printRoundTrips);
        }
        if (settings.workloads().contains(Workload.IDLE_TUNNELS)) {
            out.printf(
                    "%n%s: %d tunnels, %d rounds%n",
                    Workload.IDLE_TUNNELS, settings.idleTunnels(), settings.idleRounds());
            row("", "KiB each (range)", "heap KiB each", "MiB before", "MiB with");
            figures.peers().forEach(this::printIdleTunnels);
        }
        out.flush();
    }

    private void printRoundTrips(Figures.OfPeer peer) {
        Figures.OfRoundTrips trips = peer.roundTrips();
        if (trips == null) {
            printProblem(peer);
            return;
        }
        row(
                peer.title(),
                ranged(trips.cpuMicros(), 1),
                ratio(trips.cpuRatio()),
                String.format(Locale.ROOT, "%,.0f", trips.perSecond().median()),
                decimal(trips.p50Micros() / 1e3),
                decimal(trips.p99Micros() / 1e3),
                decimal(trips.p999Micros() / 1e3));
    }

    private void printIdleTunnels(Figures.OfPeer peer) {
        Figures.OfIdleTunnels tunnels = peer.idleTunnels();
        if (tunnels == null) {
            printProblem(peer);
            return;
        }
        Spread heap = tunnels.heapBytesPerTunnel();
        row(
                peer.title(),
                ranged(tunnels.residentBytesPerTunnel(), 1024),
                heap == null ? "-" : decimal(heap.median() / 1024),
                decimal(tunnels.residentBytesBefore().median() / (1 << 20)),
                decimal(tunnels.residentBytesWith().median() / (1 << 20)));
    }

    private void printProblem(Figures.OfPeer peer) {
        out.printf("%-28s %s%n", peer.title(), peer.problem());
    }

    private void row(String title, String... cells) {
        out.printf("%-28s", title);
        for (String cell : cells) {
            out.printf(" %20s", cell);
        }
        out.println();
    }

    private static String ratio(Spread spread) {
        return String.format(Locale.ROOT, "%.2f (%.2f-%.2f)", spread.median(), spread.min(), spread.max());
    }

    private static String ranged(Spread spread, double unit) {
        return String.format(
                Locale.ROOT, "%.1f (%.1f-%.1f)", spread.median() / unit, spread.min() / unit, spread.max() / unit);
    }

    private static String decimal(double value) {
        return String.format(Locale.ROOT, "%.1f", value);
    }
}
