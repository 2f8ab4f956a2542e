package io.cobrowse.bench.peers;

import io.cobrowse.bench.peers.Figures.OfBusy;
import io.cobrowse.bench.peers.Figures.OfCounters;
import io.cobrowse.bench.peers.Figures.OfIdle;
import io.cobrowse.bench.peers.Figures.OfLatency;
import io.cobrowse.bench.peers.Figures.OfPeer;
import io.cobrowse.measuring.Environment;
import io.cobrowse.measuring.Percentiles;
import io.cobrowse.measuring.Spread;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Formats the figures as Markdown tables. */
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
                environment.loadBefore(),
                figures.loadAfter(),
                figures.pinned() ? "each proxy pinned to core 0, client and origin to core 1" : "nothing pinned");
        if (figures.interrupted()) {
            line("Interrupted: what was measured until then.");
        }
        figures.peers().stream()
                .filter(peer -> !peer.note().isEmpty() && peer.version() != null)
                .forEach(peer -> line("%s: %s.", peer.title(), peer.note()));
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
                    "thread switches",
                    "instructions",
                    "allocated B",
                    "per second",
                    "MiB",
                    "at/s",
                    "p50 ms",
                    "p99 ms",
                    "p99.9 ms");
            row("---", "---:", "---:", "---:", "---:", "---:", "---:", "---:", "---:", "---:", "---:", "---:");
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
        OfCounters counters = busy.counters();
        row(
                peer.title() + (busy.steady() ? "" : ", not steady after " + busy.warmUpSeconds() + " s"),
                busy.cpuMicros().text(1, "%.1f"),
                busy.cpuRatio().text(1, "%.2f"),
                counters == null ? NONE : String.format(Locale.ROOT, "%.2f", counters.threadSwitches()),
                counters == null ? NONE : count(counters.instructions()),
                counters == null ? NONE : count(counters.allocatedBytes()),
                String.format(Locale.ROOT, "%,.0f", busy.perSecond().median()),
                decimal(busy.residentBytes() / (double) (1 << 20)),
                latency == null ? NONE : String.format(Locale.ROOT, "%,.0f", latency.perSecond()),
                latency == null ? NONE : millis(latency, 50, latency.p50Micros()),
                latency == null ? NONE : millis(latency, 99, latency.p99Micros()),
                latency == null ? NONE : millis(latency, 99.9, latency.p999Micros()));
    }

    private void idle(OfPeer peer, OfIdle idle) {
        Spread heap = idle.heapBytesEach();
        row(
                peer.title(),
                idle.residentBytesEach().text(1024, "%.1f"),
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

    private static String decimal(double value) {
        return String.format(Locale.ROOT, "%.1f", value);
    }

    private static String count(@Nullable Double each) {
        return each == null ? NONE : String.format(Locale.ROOT, "%,.0f", each);
    }

    private static String millis(OfLatency latency, double percentile, double micros) {
        return Percentiles.text(latency.count(), percentile, "%.2f", micros / 1e3);
    }
}
