package io.cobrowse.load.run;

import io.cobrowse.load.record.Latencies;
import io.cobrowse.load.record.Step;
import io.cobrowse.measuring.Bootstrap;
import io.cobrowse.measuring.Percentiles;
import io.cobrowse.measuring.report.Chart;
import io.cobrowse.measuring.report.HtmlReport;
import io.cobrowse.measuring.report.JUnitXml;
import io.cobrowse.measuring.report.Mark;
import io.cobrowse.measuring.report.Section;
import io.cobrowse.measuring.report.Section.Table;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;

/**
 * Two runs of the same profile, compared step by step.
 *
 * <p>The rule: a run's latency of a step is the median, over the slices of its window, of each slice's 99th percentile,
 * so that one bad moment does not decide. The ratio of new to base has a 99% interval by bootstrap over the slices. The
 * step is {@link Change#SLOWER} if the whole interval lies above {@value #NOTICED}, {@link Change#FASTER} if it lies
 * below the inverse, {@link Change#SAME} if it lies within {@value #EQUAL}, and otherwise {@link Change#UNCERTAIN}. It
 * is also uncertain if fewer than {@value #LEAST_SLICES} slices have a 99th percentile.
 */
public record RunComparison(List<Row> rows) {
    private static final double NOTICED = 1.10;
    private static final double EQUAL = 1.25;
    private static final int LEAST_SLICES = 5;
    private static final double PERCENTILE = 99;
    private static final double CONFIDENCE = 0.99;
    private static final double NANOS_A_MILLI = 1e6;

    /** The verdict on a step. */
    public enum Change {
        FASTER,
        SAME,
        SLOWER,
        UNCERTAIN;

        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT);
        }

        Mark mark() {
            return switch (this) {
                case FASTER, SAME -> Mark.GOOD;
                case SLOWER -> Mark.BAD;
                case UNCERTAIN -> Mark.TOLD;
            };
        }
    }

    /**
     * A step. Milliseconds are NaN if too few slices have the percentile.
     *
     * @param ratio new to base
     */
    public record Row(
            String step, Change change, double ratio, double low, double high, double baseMillis, double newMillis) {
        private String text() {
            return change == Change.UNCERTAIN && Double.isNaN(ratio)
                    ? "too few measurements"
                    : String.format(
                            Locale.ROOT,
                            "%+.0f %% (%+.0f to %+.0f %%)",
                            100 * (ratio - 1),
                            100 * (low - 1),
                            100 * (high - 1));
        }
    }

    /**
     * Compares two runs.
     *
     * @throws IllegalArgumentException unless both ran the same load and have a measured step in common
     */
    public static RunComparison of(RunResult base, Latencies baseLatencies, RunResult fresh, Latencies freshLatencies) {
        if (!base.profile().equals(fresh.profile())
                || !base.complexity().equals(fresh.complexity())
                || base.websocket() != fresh.websocket()) {
            throw new IllegalArgumentException("The two runs had unlike loads: " + load(base) + ", and " + load(fresh));
        }
        SortedMap<Step, double[]> before = slices(base, baseLatencies);
        SortedMap<Step, double[]> after = slices(fresh, freshLatencies);
        List<Row> rows = new ArrayList<>();
        before.forEach((step, slices) -> {
            double[] others = after.get(step);
            if (others != null) {
                rows.add(row(step.key(), slices, others));
            }
        });
        if (rows.isEmpty()) {
            throw new IllegalArgumentException("The two runs have no step in common that was measured");
        }
        return new RunComparison(List.copyOf(rows));
    }

    private static String load(RunResult result) {
        return result.profileName() + " " + result.profile() + ", complexity " + result.complexity() + ", "
                + result.websocket() + " over WebSocket";
    }

    private static SortedMap<Step, double[]> slices(RunResult result, Latencies latencies) {
        double count = result.load().windowSeconds() / latencies.sliceSeconds();
        SortedMap<Step, double[]> slices = new TreeMap<>();
        latencies
                .overTime()
                .forEach((step, all) -> slices.put(
                        step,
                        all.entrySet().stream()
                                .filter(slice -> slice.getKey() >= 0 && slice.getKey() < count)
                                .map(Map.Entry::getValue)
                                .filter(slice -> Percentiles.known(slice.getTotalCount(), PERCENTILE))
                                .mapToDouble(RunComparison::millis)
                                .toArray()));
        return slices;
    }

    private static double millis(Histogram slice) {
        return slice.getValueAtPercentile(PERCENTILE) / NANOS_A_MILLI;
    }

    private static Row row(String step, double[] base, double[] fresh) {
        if (base.length < LEAST_SLICES || fresh.length < LEAST_SLICES) {
            return new Row(step, Change.UNCERTAIN, Double.NaN, Double.NaN, Double.NaN, Double.NaN, Double.NaN);
        }
        double[] ratio = Bootstrap.medianRatio(base, fresh, CONFIDENCE);
        return new Row(
                step,
                change(ratio[1], ratio[2]),
                ratio[0],
                ratio[1],
                ratio[2],
                Bootstrap.median(base),
                Bootstrap.median(fresh));
    }

    private static Change change(double low, double high) {
        if (low > NOTICED) {
            return Change.SLOWER;
        }
        if (high < 1 / NOTICED) {
            return Change.FASTER;
        }
        return low > 1 / EQUAL && high < EQUAL ? Change.SAME : Change.UNCERTAIN;
    }

    /** Returns whether nothing is slower. */
    public boolean passes() {
        return rows.stream().noneMatch(row -> row.change == Change.SLOWER);
    }

    /** Returns the result in words. */
    public String summary() {
        String steps = rows.size() == 1 ? "1 step" : rows.size() + " steps";
        List<Row> slower =
                rows.stream().filter(row -> row.change == Change.SLOWER).toList();
        if (!slower.isEmpty()) {
            return "Slower: " + slower.size() + " of " + steps + ", such as " + slower.get(0).step + " "
                    + slower.get(0).text();
        }
        long uncertain =
                rows.stream().filter(row -> row.change == Change.UNCERTAIN).count();
        return uncertain == 0
                ? "Not slower: " + steps
                : "Nothing is certainly slower; uncertain: " + uncertain + " of " + steps;
    }

    /** Returns the checks for JUnit's XML. */
    public List<JUnitXml.Check> checks() {
        return rows.stream()
                .map(row -> new JUnitXml.Check("p99 of " + row.step, row.change.mark(), row.change + ": " + row.text()))
                .toList();
    }

    /** Returns the report page. */
    public HtmlReport.Content page(RunResult base, RunResult fresh) {
        List<Row> known = rows.stream().filter(row -> !Double.isNaN(row.ratio)).toList();
        List<Section> sections = new ArrayList<>();
        if (!known.isEmpty()) {
            List<double[]> points = new ArrayList<>();
            known.forEach(row -> points.add(new double[] {points.size(), row.ratio, row.low, row.high}));
            sections.add(Section.of(
                    "Latency, new by base",
                    "99th percentile of each step, the median over the slices of time, with the 99% interval.",
                    Chart.ratios(
                            "change",
                            known.stream()
                                    .map(row -> row.step + ": " + row.change)
                                    .toList(),
                            List.of(new Chart.Series("new / base", points, true)))));
        }
        List<@Nullable Mark> marks = new ArrayList<>();
        rows.forEach(row -> marks.add(row.change.mark()));
        sections.add(Section.of(
                "Figures",
                "",
                new Table(
                        List.of("step", "verdict", "change", "base ms", "new ms"),
                        rows.stream()
                                .map(row -> List.of(
                                        row.step,
                                        row.change.toString(),
                                        row.text(),
                                        millisText(row.baseMillis),
                                        millisText(row.newMillis)))
                                .toList(),
                        marks)));
        base.environments()
                .forEach(each ->
                        sections.add(Section.of("Base", "", Table.of(List.of("", ""), HtmlReport.rows(each)))));
        fresh.environments()
                .forEach(each -> sections.add(Section.of("New", "", Table.of(List.of("", ""), HtmlReport.rows(each)))));
        Mark mark = !passes()
                ? Mark.BAD
                : rows.stream().anyMatch(row -> row.change == Change.UNCERTAIN) ? Mark.TOLD : Mark.GOOD;
        return new HtmlReport.Content("Load test: new against base", summary(), mark, List.of(), sections);
    }

    private static String millisText(double millis) {
        return Double.isNaN(millis) ? "–" : String.format(Locale.ROOT, "%,.1f", millis);
    }
}
