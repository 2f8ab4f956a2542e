package io.cobrowse.load.capacity;

import io.cobrowse.measuring.report.Chart;
import io.cobrowse.measuring.report.Chart.Marker;
import io.cobrowse.measuring.report.Chart.Series;
import io.cobrowse.measuring.report.HtmlReport;
import io.cobrowse.measuring.report.HtmlReport.Headline;
import io.cobrowse.measuring.report.Mark;
import io.cobrowse.measuring.report.Section;
import io.cobrowse.measuring.report.Section.Table;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;

/** Writes a capacity run as a report in the operator's terms: {@code capacity.html}. */
public final class CapacityReport {
    private static final int[] EXAMPLES = {500, 1_000, 2_000, 5_000, 10_000};
    private static final int CORES = 4;
    /** Coefficients below this count as zero. */
    private static final double NO_COEFFICIENT = 1e-12;

    private final Capacity capacity;

    private CapacityReport(Capacity capacity) {
        this.capacity = capacity;
    }

    /** Writes the report. */
    public static void write(Path file, Capacity capacity) throws IOException {
        HtmlReport.write(file, new CapacityReport(capacity).content());
    }

    private HtmlReport.Content content() {
        List<Section> sections = new ArrayList<>();
        Table sizes = sizes();
        if (sizes != null) {
            sections.add(Section.of(
                    "How many nodes and proxies",
                    "The numbers of nodes and proxies with " + CORES
                            + " cores each, including one spare of each, so that one may fail or"
                            + " be drained. 'At worst' uses the lower end of the range. For other numbers:"
                            + " bin/cobrowse-load size --sessions N --from capacity.json",
                    sizes));
        }
        boolean known = !capacity.components().isEmpty();
        if (known) {
            sections.add(Section.of(
                    "What each component carries",
                    conditions()
                            + " Sessions that met the service level, and what limited them, as the processors' use says.",
                    components()));
        }
        capacity.components().stream()
                .filter(CapacityReport::hasCurves)
                .forEach(component -> sections.addAll(curves(component)));
        sections.add(Section.of(
                "Assumptions",
                "",
                Table.of(
                        List.of(""),
                        capacity.assumptions().stream().map(List::of).toList())));
        if (known) {
            sections.add(Section.of("All trials", "In the order in which they were made.", trials()));
        }
        sections.add(Section.of("How it was measured", "", environment()));
        return new HtmlReport.Content("Capacity", answer(), Mark.TOLD, headlines(), sections);
    }

    /** Returns whether there are trials with different numbers of sessions; a single number makes no curve. */
    private static boolean hasCurves(Component component) {
        return component.trials().stream().mapToInt(Trial::sessions).distinct().count() > 1;
    }

    private List<Section> curves(Component component) {
        List<Section> sections = new ArrayList<>();
        sections.add(Section.of(
                "Latency of the " + component.name() + " under load",
                "99th percentile of each trial; the service level is " + round(capacity.sloP99Millis()) + " ms.",
                latency(component)));
        sections.add(Section.of("Throughput of the " + component.name(), law(component), throughput(component)));
        if (component.cores() > 0) {
            sections.add(Section.of(
                    "Processors while the " + component.name() + " is measured",
                    "Cores in use, by component. A straight line means that each session costs the same.",
                    cores(component)));
        }
        return sections;
    }

    private String answer() {
        String warning = capacity.environment().busy()
                ? " The machine was busy when this began (load average "
                        + capacity.environment().loadBefore() + "): do not plan with these figures."
                : "";
        return capacity.answer() + warning;
    }

    private String conditions() {
        return String.format(
                Locale.ROOT,
                "Pages of %s complexity, %.0f %% of the pairs over WebSocket, 99 %% of all changes shown within %.0f ms.",
                capacity.complexity(),
                capacity.websocket() * 100,
                capacity.sloP99Millis());
    }

    private List<Headline> headlines() {
        List<Headline> headlines = new ArrayList<>();
        for (Component component : capacity.components()) {
            Estimate perCore = component.sessionsPerCore();
            if (perCore != null) {
                headlines.add(new Headline(
                        round(perCore.value()),
                        "sessions per " + component.name() + " core (" + round(perCore.low()) + " to "
                                + round(perCore.high()) + ")"));
            }
            Estimate bytes = component.bytesPerSession();
            if (bytes != null) {
                headlines.add(new Headline(
                        round(bytes.value() / 1e3) + " KB", "live memory per session, " + component.name()));
            }
        }
        headlines.add(new Headline(
                String.format(Locale.ROOT, "%.1f", capacity.messagesPerSession()), "messages a second and session"));
        return headlines;
    }

    private static String round(double value) {
        return String.format(Locale.ROOT, "%,.0f", value);
    }

    private @Nullable Table sizes() {
        List<List<String>> rows = new ArrayList<>();
        try {
            for (int sessions : EXAMPLES) {
                Sizing sizing = Sizing.of(capacity, sessions, CORES, CORES);
                rows.add(List.of(
                        round(sessions),
                        Integer.toString(sizing.nodes()),
                        Integer.toString(sizing.nodesAtWorst()),
                        Integer.toString(sizing.proxies()),
                        Integer.toString(sizing.proxiesAtWorst())));
            }
        } catch (IllegalArgumentException unknown) {
            return null;
        }
        return Table.of(List.of("sessions at a time", "nodes", "nodes at worst", "proxies", "proxies at worst"), rows);
    }

    private Table components() {
        List<List<String>> rows = new ArrayList<>();
        for (Component component : capacity.components()) {
            Estimate perCore = component.sessionsPerCore();
            Demand demand = component.demand();
            rows.add(List.of(
                    component.name(),
                    (component.bounded() ? "" : "≥ ") + round(component.capacity()),
                    component.cores() == 0 ? "–" : Integer.toString(component.cores()),
                    component.bottleneck()
                            + (Double.isNaN(component.busy()) ? "" : " (" + round(component.busy() * 100) + " % busy)"),
                    perCore == null
                            ? "–"
                            : round(perCore.value()) + " (" + round(perCore.low()) + " to " + round(perCore.high())
                                    + ")",
                    component.measured() ? "measured at its limit" : "from its CPU time a session",
                    demand == null
                            ? "–"
                            : String.format(
                                    Locale.ROOT,
                                    "%.2f ms",
                                    demand.coresPerSession().value() * 1e3)));
        }
        return Table.of(
                List.of(
                        "component",
                        "sessions reached",
                        "cores",
                        "bottleneck at the limit",
                        "sessions per core (range)",
                        "how known",
                        "CPU per session and second"),
                rows);
    }

    private Chart latency(Component component) {
        List<Series> series = new ArrayList<>();
        series.add(dots("met", component, true, Trial::p99Millis));
        series.add(dots("not met", component, false, Trial::p99Millis));
        int most = most(component);
        series.add(new Series(
                "service level",
                List.of(new double[] {0, capacity.sloP99Millis()}, new double[] {most, capacity.sloP99Millis()}),
                false));
        return Chart.lines("sessions", "ms", true, series)
                .with(List.of(new Marker(component.capacity(), "capacity " + round(component.capacity()))));
    }

    private static int most(Component component) {
        return component.trials().stream().mapToInt(Trial::sessions).max().orElse(1);
    }

    private static Series dots(String name, Component component, boolean passed, ToDoubleFunction<Trial> figure) {
        return new Series(
                name,
                component.trials().stream()
                        .filter(trial -> trial.passed() == passed)
                        .sorted(Comparator.comparingInt(Trial::sessions))
                        .map(trial -> new double[] {trial.sessions(), figure.applyAsDouble(trial)})
                        .toList(),
                true);
    }

    private static String law(Component component) {
        Usl law = component.law();
        if (law == null) {
            return "Messages that reached the other end. Too few different trials to fit the Universal Scalability Law.";
        }
        return String.format(
                Locale.ROOT,
                "Messages that reached the other end, and the Universal Scalability Law: %.2f messages/s for one session,"
                        + " contention %s, coherency %s (each with its 95 %% interval)%s.",
                law.lambda().value(),
                coefficient(law.sigma()),
                coefficient(law.kappa()),
                law.peak() > most(component)
                        ? "; throughput does not fall within the tried range"
                        : "; the maximum is at " + round(law.peak()) + " sessions");
    }

    private static String coefficient(Estimate estimate) {
        return String.format(
                Locale.ROOT,
                "%s (%s to %s)",
                coefficient(estimate.value()),
                coefficient(estimate.low()),
                coefficient(estimate.high()));
    }

    private static String coefficient(double value) {
        return value < NO_COEFFICIENT ? "0" : String.format(Locale.ROOT, "%.2g", value);
    }

    private static Chart throughput(Component component) {
        List<Series> series = new ArrayList<>();
        series.add(dots("met", component, true, Trial::messagesPerSecond));
        series.add(dots("not met", component, false, Trial::messagesPerSecond));
        Usl law = component.law();
        if (law != null) {
            int most = most(component);
            List<double[]> line = new ArrayList<>();
            for (int i = 0; i <= 60; i++) {
                double sessions = Math.max(1, most * i / 60.0);
                line.add(new double[] {sessions, law.at(sessions)});
            }
            series.add(new Series("Universal Scalability Law", line, false));
        }
        return Chart.lines("sessions", "messages per second", false, series);
    }

    private static Chart cores(Component component) {
        Set<String> names = new TreeSet<>();
        component.trials().forEach(trial -> names.addAll(trial.cores().keySet()));
        List<Series> series = new ArrayList<>();
        for (String name : names) {
            series.add(new Series(
                    name,
                    component.trials().stream()
                            .sorted(Comparator.comparingInt(Trial::sessions))
                            .map(trial -> new double[] {trial.sessions(), trial.coresOf(name)})
                            .toList(),
                    true));
        }
        return Chart.lines("sessions", "cores", false, series);
    }

    private Table trials() {
        List<List<String>> rows = new ArrayList<>();
        for (Component component : capacity.components()) {
            for (Trial trial : component.trials()) {
                rows.add(List.of(
                        component.name(),
                        round(trial.sessions()),
                        String.format(Locale.ROOT, "%,.1f", trial.p99Millis()),
                        round(trial.messagesPerSecond()),
                        trial.passed() ? "met" : "not met"));
            }
        }
        return Table.of(List.of("component", "sessions", "p99 ms", "messages/s", "service level"), rows);
    }

    private Table environment() {
        List<List<String>> rows = new ArrayList<>(HtmlReport.rows(capacity.environment()));
        rows.add(List.of("took", String.format(Locale.ROOT, "%.1f minutes", capacity.minutes())));
        return Table.of(List.of("", ""), rows);
    }
}
