package io.cobrowse.bench.peers;

import io.cobrowse.bench.peers.Figures.OfBusy;
import io.cobrowse.bench.peers.Figures.OfIdle;
import io.cobrowse.bench.peers.Figures.OfLatency;
import io.cobrowse.bench.peers.Figures.OfPeer;
import io.cobrowse.bench.report.Environment;
import io.cobrowse.bench.report.Spread;
import java.util.Locale;

/** The figures as Markdown tables. */
final class PeersReport {
    private static final String NONE = "-";

    private final StringBuilder text = new StringBuilder();

    private PeersReport() {}

    static String markdown(Figures figures) {
        PeersReport report = new PeersReport();
        report.environment(figures);
        figures.settings().workloads().forEach(workload -> report.workload(figures, workload));
        return report.text.toString();
    }

    private void environment(Figures figures) {
        Environment environment = figures.environment();
        line(
                "%s, %d cores, %s, %s, commit %s, load %s before and %s after; %s",
                environment.cpu(),
                environment.cores(),
                environment.os(),
                environment.jdk(),
                environment.commit(),
                environment.load(),
                figures.loadAfter(),
                figures.pinned() ? "each proxy pinned to core 0, client and origin to core 1" : "nothing pinned");
    }

    private void workload(Figures figures, Workload workload) {
        Settings settings = figures.settings();
        if (workload.isIdle()) {
            line(
                    "%n%s: %s, %d of them, %d rounds%n",
                    workload, workload.title(), settings.idleConnections(), settings.idleRounds());
            row("", "KiB each (range)", "heap KiB each", "MiB before", "MiB with");
            row("---", "---:", "---:", "---:", "---:");
        } else {
            line(
                    "%n%s: %s, %d connections, %d rounds of %d s; latencies at the same rate for all%n",
                    workload,
                    workload.title(),
                    settings.connections(workload),
                    settings.rounds(),
                    settings.roundSeconds());
            row(
                    "",
                    "CPU µs each (range)",
                    "to the first, in the round",
                    "per second",
                    "MiB",
                    "at/s",
                    "p50 ms",
                    "p99 ms",
                    "p99.9 ms");
            row("---", "---:", "---:", "---:", "---:", "---:", "---:", "---:", "---:");
        }
        for (OfPeer peer : figures.peers()) {
            OfBusy busy = peer.busy().get(workload);
            OfIdle idle = peer.idle().get(workload);
            if (busy != null) {
                busy(peer, busy);
            } else if (idle != null) {
                idle(peer, idle);
            } else {
                row(peer.title(), peer.problems().getOrDefault(workload, "not measured"));
            }
        }
    }

    private void busy(OfPeer peer, OfBusy busy) {
        OfLatency latency = busy.latency();
        row(
                peer.title(),
                ranged(busy.cpuMicros(), 1, "%.1f"),
                ranged(busy.cpuRatio(), 1, "%.2f"),
                String.format(Locale.ROOT, "%,.0f", busy.perSecond().median()),
                decimal(busy.residentBytes() / (double) (1 << 20)),
                latency == null ? NONE : String.format(Locale.ROOT, "%,.0f", latency.perSecond()),
                latency == null ? NONE : millis(latency.p50Micros()),
                latency == null ? NONE : millis(latency.p99Micros()),
                latency == null ? NONE : millis(latency.p999Micros()));
    }

    private void idle(OfPeer peer, OfIdle idle) {
        Spread heap = idle.heapBytesEach();
        row(
                peer.title(),
                ranged(idle.residentBytesEach(), 1024, "%.1f"),
                heap == null ? NONE : decimal(heap.median() / 1024),
                decimal(idle.residentBytesBefore().median() / (1 << 20)),
                decimal(idle.residentBytesWith().median() / (1 << 20)));
    }

    private void row(String... cells) {
        text.append("| ").append(String.join(" | ", cells)).append(" |\n");
    }

    private void line(String format, Object... arguments) {
        text.append(String.format(Locale.ROOT, format, arguments)).append('\n');
    }

    private static String ranged(Spread spread, double unit, String format) {
        return String.format(
                Locale.ROOT,
                format + " (" + format + "-" + format + ")",
                spread.median() / unit,
                spread.min() / unit,
                spread.max() / unit);
    }

    private static String decimal(double value) {
        return String.format(Locale.ROOT, "%.1f", value);
    }

    private static String millis(double micros) {
        return String.format(Locale.ROOT, "%.2f", micros / 1e3);
    }
}
