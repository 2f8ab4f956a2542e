package io.cobrowse.bench.peers;

import io.cobrowse.bench.peers.Figures.OfBusy;
import io.cobrowse.bench.peers.Figures.OfIdle;
import io.cobrowse.bench.peers.Figures.OfLatency;
import io.cobrowse.bench.peers.Figures.OfPeer;
import io.cobrowse.measuring.Spread;
import io.cobrowse.measuring.report.Chart;
import io.cobrowse.measuring.report.Chart.Series;
import io.cobrowse.measuring.report.HtmlReport;
import io.cobrowse.measuring.report.Mark;
import io.cobrowse.measuring.report.Section;
import io.cobrowse.measuring.report.Section.Table;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.HdrHistogram.EncodableHistogram;
import org.HdrHistogram.Histogram;
import org.HdrHistogram.HistogramLogReader;

/** Formats the figures as a page with plots. */
final class PeersPlots {
    private static final double NANOS_A_MILLI = 1e6;

    private final Figures figures;
    private final Path logs;
    private final List<Section> sections = new ArrayList<>();

    private PeersPlots(Figures figures, Path logs) {
        this.figures = figures;
        this.logs = logs;
    }

    /** @param logs the directory with the latencies that belong to the figures */
    static HtmlReport.Content content(Figures figures, Path logs) throws IOException {
        PeersPlots plots = new PeersPlots(figures, logs);
        for (Workload workload : figures.settings().workloads()) {
            List<OfPeer> busy = plots.with(peer -> peer.busy().containsKey(workload));
            List<OfPeer> idle = plots.with(peer -> peer.idle().containsKey(workload));
            if (!busy.isEmpty()) {
                plots.cpu(workload, busy);
                plots.latency(workload, busy);
            }
            if (!idle.isEmpty()) {
                plots.memory(workload, idle);
            }
        }
        plots.versions();
        plots.sections.add(HtmlReport.section(figures.environment()));
        return new HtmlReport.Content(
                "The proxy and its peers",
                (figures.interrupted() ? "Interrupted. So far: " : "") + answer(figures),
                Mark.TOLD,
                List.of(),
                plots.sections);
    }

    /** Returns the cost of the first workload, in words. */
    static String answer(Figures figures) {
        for (Workload workload : figures.settings().workloads()) {
            List<OfPeer> busy = figures.peers().stream()
                    .filter(peer -> peer.busy().containsKey(workload))
                    .toList();
            if (!busy.isEmpty()) {
                String others = busy.stream()
                        .skip(1)
                        .map(peer -> String.format(
                                Locale.ROOT,
                                "%.2g times that of %s",
                                1 / busy(peer, workload).cpuRatio().median(),
                                peer.name()))
                        .collect(Collectors.joining(", "));
                return String.format(
                        Locale.ROOT,
                        "%s: %s takes %s µs of CPU time%s",
                        workload.title().substring(0, 1).toUpperCase(Locale.ROOT)
                                + workload.title().substring(1),
                        busy.get(0).name(),
                        busy(busy.get(0), workload).cpuMicros().text(1, "%.0f"),
                        others.isEmpty() ? "" : ", " + others);
            }
        }
        return figures.peers().stream().allMatch(peer -> peer.idle().isEmpty())
                ? "no proxy was measured"
                : "Connections that wait: memory alone was measured";
    }

    private void cpu(Workload workload, List<OfPeer> peers) {
        Settings settings = figures.settings();
        String rounds = settings.rounds() == 1
                ? "one round, which has no range"
                : settings.rounds() + " interleaved rounds of " + settings.roundSeconds()
                        + " s: median, whiskers from the least to the greatest";
        sections.add(Section.of(
                "CPU time: " + workload.title(),
                "Each one, over " + settings.connections(workload)
                        + " connections at full load; user and system time of all the proxy's threads; " + rounds + ".",
                Chart.bars(
                        "µs",
                        false,
                        names(peers),
                        List.of(series(
                                "CPU time", peers, peer -> busy(peer, workload).cpuMicros(), 1)))));
        if (peers.size() > 1) {
            List<OfPeer> others = peers.subList(1, peers.size());
            sections.add(Section.of(
                    "CPU time by that of " + peers.get(0).name() + ": " + workload.title(),
                    "In the same round, so that other work of the machine affected both. Above 1 they take more.",
                    Chart.bars(
                                    "times",
                                    false,
                                    names(others),
                                    List.of(series(
                                            "ratio",
                                            others,
                                            peer -> busy(peer, workload).cpuRatio(),
                                            1)))
                            .with(List.of(new Chart.Marker(1, "as much as ours")))));
        }
    }

    private void latency(Workload workload, List<OfPeer> peers) throws IOException {
        List<Series> series = new ArrayList<>();
        double rate = 0;
        for (OfPeer peer : peers) {
            OfLatency latency = busy(peer, workload).latency();
            Path log = logs.resolve(PeersRun.logName(workload, peer.name()));
            if (latency != null && Files.isRegularFile(log)) {
                rate = latency.perSecond();
                series.add(Chart.percentiles(peer.title(), read(log), NANOS_A_MILLI));
            }
        }
        if (!series.isEmpty()) {
            sections.add(Section.of(
                    "Latency: " + workload.title(),
                    String.format(
                            Locale.ROOT,
                            "At %,.0f/s for all; from when a request was due, so that waiting counts; client and node"
                                    + " included.",
                            rate),
                    Chart.percentiles("ms", series)));
        }
    }

    private static Histogram read(Path log) throws IOException {
        Histogram all = new Histogram(3);
        try (HistogramLogReader reader = new HistogramLogReader(log.toFile())) {
            for (EncodableHistogram next = reader.nextIntervalHistogram();
                    next != null;
                    next = reader.nextIntervalHistogram()) {
                if (next instanceof Histogram histogram) {
                    all.add(histogram);
                }
            }
        }
        return all;
    }

    private void memory(Workload workload, List<OfPeer> peers) {
        sections.add(Section.of(
                "Resident memory: " + workload.title(),
                "Each of " + figures.settings().idleConnections() + ": the growth from before they were opened.",
                Chart.bars(
                        "KiB",
                        false,
                        names(peers),
                        List.of(series(
                                "resident memory",
                                peers,
                                peer -> idle(peer, workload).residentBytesEach(),
                                1024)))));
    }

    private void versions() {
        List<List<String>> rows = figures.peers().stream()
                .map(peer -> List.of(
                        peer.title(),
                        Stream.concat(
                                        Stream.of(peer.note()).filter(note -> !note.isEmpty()),
                                        peer.problems().entrySet().stream()
                                                .map(each -> each.getKey() + " not measured: " + each.getValue()))
                                .collect(Collectors.joining("; "))))
                .toList();
        sections.add(Section.of("Who was measured", "", Table.of(List.of("", ""), rows)));
    }

    private static OfBusy busy(OfPeer peer, Workload workload) {
        return Objects.requireNonNull(peer.busy().get(workload));
    }

    private static OfIdle idle(OfPeer peer, Workload workload) {
        return Objects.requireNonNull(peer.idle().get(workload));
    }

    private List<OfPeer> with(Predicate<OfPeer> which) {
        return figures.peers().stream().filter(which).toList();
    }

    private static List<String> names(List<OfPeer> peers) {
        return peers.stream().map(OfPeer::title).toList();
    }

    private static Series series(String name, List<OfPeer> peers, Function<OfPeer, Spread> figure, double unit) {
        List<double[]> points = new ArrayList<>();
        peers.forEach(peer -> points.add(figure.apply(peer).point(points.size(), unit)));
        return new Series(name, points, false);
    }
}
