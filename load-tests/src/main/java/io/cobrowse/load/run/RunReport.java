package io.cobrowse.load.run;

import io.cobrowse.load.record.InjectorResult;
import io.cobrowse.load.record.Latencies;
import io.cobrowse.load.record.Step;
import io.cobrowse.load.settings.Durations;
import io.cobrowse.load.settings.Fault;
import io.cobrowse.measuring.Environment;
import io.cobrowse.measuring.Percentiles;
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
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.ToDoubleFunction;
import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;

/** Writes a run as a report: {@code report.html}. */
public final class RunReport {
    private static final List<Step> SHOWN = List.of(Step.PAGE_SHOWN, Step.CHANGE_SHOWN, Step.POINTER_SHOWN);
    private static final List<Step> BEGINNING =
            List.of(Step.OPEN_PAGE, Step.CREATE_SESSION, Step.CONNECT, Step.HANDSHAKE, Step.JOIN, Step.LOOK_UP);
    private static final double MEBIBYTE = 1 << 20;
    private static final double NANOS_A_MILLI = 1e6;

    private final RunResult result;
    private final Latencies latencies;
    private final Verdict verdict;
    private final InjectorResult load;

    private RunReport(RunResult result, Latencies latencies, Verdict verdict) {
        this.result = result;
        this.latencies = latencies;
        this.verdict = verdict;
        this.load = result.load();
    }

    /** Writes the report. */
    public static void write(Path file, RunResult result, Latencies latencies, Verdict verdict) throws IOException {
        HtmlReport.write(file, new RunReport(result, latencies, verdict).content());
    }

    private HtmlReport.Content content() {
        List<Section> sections = new ArrayList<>();
        sections.add(Section.of("Checks", "What decides whether the run passes.", checks()));
        if (!load.losses().isEmpty()) {
            sections.add(Section.of(
                    "Losses, itemised",
                    "Losses that the fault caused and the routing rules allow; anything else is a violation. The first examples of"
                            + " each kind.",
                    losses()));
        }
        sections.add(Section.of(
                "Latency by step",
                "In milliseconds, from the time at which the step was scheduled until its answer; of a message, until it is"
                        + " at the other end. Waiting in line is counted, also in the injector.",
                steps()));
        sections.add(Section.of(
                "Percentiles",
                "Of what people notice most: how late a change or a pointer event is shown.",
                percentiles()));
        String slices = "99th percentile, in slices of " + latencies.sliceSeconds()
                + " s; the window that is measured begins at 0.";
        sections.add(Section.of("Latency over time: what is shown", slices, overTime(SHOWN)));
        sections.add(Section.of("Latency over time: beginning a session", slices, overTime(BEGINNING)));
        sections.add(Section.of(
                "Messages over time", "Page, changes and pointer events that reached the other end.", throughput()));
        sections.add(Section.of(
                "Requests and messages a second",
                "Steps of all kinds that were answered or reached the other end.",
                steps(latencies.overTime())));
        if (!result.active().isEmpty()) {
            sections.add(Section.of(
                    "Active users",
                    "Sessions that are open, each with a customer and an agent, by injector.",
                    active()));
        }
        sections.add(Section.of("By step", "Median and 99th percentile.", bySteps()));
        sections.add(Section.of("By node", "99th percentile on each node that owned sessions.", byNodes()));
        if (!result.usages().isEmpty()) {
            sections.add(Section.of(
                    "Processors over time",
                    "Cores in use, user and system time.",
                    usage("cores", sample -> sample.cores())));
            sections.add(Section.of(
                    "Memory over time",
                    "Resident memory of each process.",
                    usage("MiB", sample -> sample.residentBytes() / MEBIBYTE)));
        }
        sections.add(Section.of("How it was measured", "", environment()));
        return new HtmlReport.Content(
                "Load test: " + result.profileName(),
                answer(),
                verdict.passed() ? Mark.GOOD : Mark.BAD,
                headlines(),
                sections);
    }

    private String answer() {
        String what = String.format(
                Locale.ROOT,
                "%,d sessions at a time (%.0f %% over WebSocket) for %s",
                result.profile().sessions(),
                result.websocket() * 100,
                Durations.format(result.profile().hold()));
        if (result.interrupted()) {
            return "Interrupted: " + what + " were wanted; " + violations() + " until then.";
        }
        if (verdict.passed()) {
            return "Passed: " + what + ", and not one request, message or answer went astray.";
        }
        long failed = verdict.checks().stream().filter(check -> !check.passed()).count();
        return "Failed: " + what + "; " + failed + " of " + verdict.checks().size() + " checks did not pass, with "
                + violations() + ".";
    }

    private String violations() {
        return load.violationCount() == 1
                ? "1 violation"
                : String.format(Locale.ROOT, "%,d violations", load.violationCount());
    }

    private List<Headline> headlines() {
        List<Headline> headlines = new ArrayList<>();
        headlines.add(new Headline(String.format(Locale.ROOT, "%,d", load.violationCount()), "violations"));
        headlines.add(new Headline(String.format(Locale.ROOT, "%,d", load.sessions()), "sessions, from begin to end"));
        headlines.add(new Headline(String.format(Locale.ROOT, "%,d", load.messages()), "messages checked"));
        headlines.add(
                new Headline(String.format(Locale.ROOT, "%,d", load.answers()), "answers whose node was checked"));
        Histogram changes = latencies.steps().get(Step.CHANGE_SHOWN);
        if (changes != null) {
            String unit = Percentiles.known(changes.getTotalCount(), 99) ? " ms" : "";
            headlines.add(new Headline(millis(changes, 99) + unit, "p99 until a change shows"));
        }
        if (result.profile().fault() == Fault.KILL) {
            headlines.add(new Headline(
                    String.format(Locale.ROOT, "%,d", load.sessionsOnFaultNode()),
                    "sessions on the node that was killed"));
        }
        return headlines;
    }

    private Table checks() {
        List<List<String>> rows = new ArrayList<>();
        List<@Nullable Mark> marks = new ArrayList<>();
        for (Verdict.Check check : verdict.checks()) {
            rows.add(List.of(check.name(), check.detail()));
            marks.add(check.mark());
            for (String example : check.passed() ? List.<String>of() : check.examples()) {
                rows.add(List.of("", example));
                marks.add(null);
            }
        }
        return new Table(List.of("check", "figures"), rows, marks);
    }

    private Table losses() {
        List<List<String>> rows = new ArrayList<>();
        load.losses().forEach((kind, count) -> {
            String number = String.format(Locale.ROOT, "%,d", count.count());
            for (int i = 0; i < count.examples().size(); i++) {
                rows.add(List.of(
                        i == 0 ? kind.label() : "",
                        i == 0 ? number : "",
                        count.examples().get(i)));
            }
        });
        return Table.of(List.of("kind", "count", "examples"), rows);
    }

    private Table steps() {
        List<List<String>> rows = new ArrayList<>();
        latencies
                .steps()
                .forEach((step, histogram) -> rows.add(List.of(
                        step.key(),
                        String.format(Locale.ROOT, "%,d", histogram.getTotalCount()),
                        millis(histogram, 50),
                        millis(histogram, 95),
                        millis(histogram, 99),
                        millis(histogram, 99.9),
                        millis(histogram, 100))));
        return Table.of(List.of("step", "count", "p50", "p95", "p99", "p99.9", "max"), rows);
    }

    private static String millis(Histogram histogram, double percentile) {
        double millis = histogram.getValueAtPercentile(percentile) / 1e6;
        return percentile == 100
                ? String.format(Locale.ROOT, "%,.1f", millis)
                : Percentiles.text(histogram.getTotalCount(), percentile, "%,.1f", millis);
    }

    private Chart percentiles() {
        List<Series> series = new ArrayList<>();
        for (Step step : SHOWN) {
            Histogram histogram = latencies.steps().get(step);
            if (histogram != null) {
                series.add(Chart.percentiles(step.key(), histogram, NANOS_A_MILLI));
            }
        }
        return Chart.percentiles("ms", series);
    }

    private Chart overTime(List<Step> steps) {
        List<Series> series = new ArrayList<>();
        latencies.overTime().forEach((step, slices) -> {
            if (steps.contains(step)) {
                series.add(new Series(
                        step.key(), points(slices, histogram -> histogram.getValueAtPercentile(99) / 1e6), false));
            }
        });
        return Chart.lines("seconds", "ms", true, series).with(markers());
    }

    private Chart throughput() {
        List<Series> series = new ArrayList<>();
        for (Step step : SHOWN) {
            SortedMap<Long, Histogram> slices = latencies.overTime().get(step);
            if (slices != null) {
                series.add(new Series(
                        step.key(),
                        points(slices, histogram -> histogram.getTotalCount() / latencies.sliceSeconds()),
                        false));
            }
        }
        return Chart.lines("seconds", "per second", false, series).with(markers());
    }

    private Chart steps(Map<Step, SortedMap<Long, Histogram>> overTime) {
        SortedMap<Long, Long> counts = new TreeMap<>();
        overTime.values()
                .forEach(slices -> slices.forEach(
                        (slice, histogram) -> counts.merge(slice, histogram.getTotalCount(), Long::sum)));
        List<double[]> points = new ArrayList<>();
        counts.forEach((slice, count) ->
                points.add(new double[] {slice * latencies.sliceSeconds(), count / latencies.sliceSeconds()}));
        return Chart.lines("seconds", "per second", false, List.of(new Series("all steps", points, false)))
                .with(markers());
    }

    private Chart active() {
        SortedMap<Integer, List<double[]>> points = new TreeMap<>();
        result.active()
                .forEach(sample -> points.computeIfAbsent(sample.injector(), unused -> new ArrayList<>())
                        .add(new double[] {(sample.atMillis() - load.windowStart()) / 1e3, sample.sessions()}));
        List<Series> series = points.entrySet().stream()
                .map(each -> new Series("injector " + each.getKey(), each.getValue(), false))
                .toList();
        return Chart.lines("seconds", "sessions", false, series).with(markers());
    }

    private List<double[]> points(SortedMap<Long, Histogram> slices, ToDoubleFunction<Histogram> figure) {
        List<double[]> points = new ArrayList<>();
        slices.forEach((slice, histogram) ->
                points.add(new double[] {slice * latencies.sliceSeconds(), figure.applyAsDouble(histogram)}));
        return points;
    }

    private List<Marker> markers() {
        List<Marker> markers = new ArrayList<>();
        markers.add(new Marker(0, "measured from here"));
        markers.add(new Marker(load.windowSeconds(), "until here"));
        if (load.faultAt() > 0) {
            String what = result.profile().fault() == Fault.KILL ? " killed" : " drained";
            markers.add(new Marker((load.faultAt() - load.windowStart()) / 1e3, load.faultNode() + what));
        }
        return markers;
    }

    private Chart bySteps() {
        List<String> labels = latencies.steps().keySet().stream().map(Step::key).toList();
        return Chart.bars("ms", true, labels, List.of(bars("median", 50), bars("p99", 99)));
    }

    private Series bars(String name, double percentile) {
        List<double[]> points = new ArrayList<>();
        latencies
                .steps()
                .values()
                .forEach(histogram ->
                        points.add(new double[] {points.size(), histogram.getValueAtPercentile(percentile) / 1e6}));
        return new Series(name, points, false);
    }

    private Chart byNodes() {
        TreeSet<String> names = new TreeSet<>();
        latencies.nodes().values().forEach(nodes -> names.addAll(nodes.keySet()));
        names.remove("unknown");
        List<Step> steps = latencies.nodes().keySet().stream()
                .filter(step -> step != Step.OPEN_PAGE)
                .toList();
        List<Series> series = new ArrayList<>();
        for (String name : names) {
            List<double[]> points = new ArrayList<>();
            for (Step step : steps) {
                Map<String, Histogram> nodes = latencies.nodes().getOrDefault(step, Map.of());
                Histogram histogram = nodes.get(name);
                points.add(
                        new double[] {points.size(), histogram == null ? 0 : histogram.getValueAtPercentile(99) / 1e6});
            }
            series.add(new Series(name, points, false));
        }
        return Chart.bars("ms", false, steps.stream().map(Step::key).toList(), series);
    }

    private Chart usage(String unit, ToDoubleFunction<Usage.Sample> figure) {
        List<Series> series = result.usages().stream()
                .map(usage -> new Series(
                        usage.process(),
                        usage.samples().stream()
                                .map(sample -> new double[] {
                                    (sample.atMillis() - load.windowStart()) / 1e3, figure.applyAsDouble(sample)
                                })
                                .toList(),
                        false))
                .toList();
        return Chart.lines("seconds", unit, false, series).with(markers());
    }

    private Table environment() {
        List<List<String>> rows = new ArrayList<>();
        rows.add(List.of("target", result.target()));
        rows.add(List.of(
                "load",
                String.format(
                        Locale.ROOT,
                        "%,d pairs at a time, each for %s, arriving whether or not others are served; complexity %s",
                        result.profile().sessions(),
                        Durations.format(result.profile().sessionLength()),
                        result.complexity())));
        rows.add(List.of("injectors", Integer.toString(load.injectors())));
        for (Environment environment : result.environments()) {
            rows.addAll(HtmlReport.rows(environment));
        }
        return Table.of(List.of("", ""), rows);
    }
}
