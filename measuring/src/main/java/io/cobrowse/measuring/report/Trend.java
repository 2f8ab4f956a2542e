package io.cobrowse.measuring.report;

import io.cobrowse.measuring.ChangePoints;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * A figure over several runs, and where it changed for good. Immutable.
 *
 * @param values above 0, in the order of the runs
 */
public record Trend(String name, List<Double> values) {
    /** Returns the runs at which another level begins. */
    public List<Integer> changes() {
        return ChangePoints.of(values.stream().mapToDouble(Double::doubleValue).toArray());
    }

    /**
     * Returns the size of a change, such as "+18.2 %": the mean until the next change, compared with the mean since the
     * previous one.
     */
    public String size(int change) {
        List<Integer> changes = changes();
        int at = changes.indexOf(change);
        int from = at <= 0 ? 0 : changes.get(at - 1);
        int to = at + 1 < changes.size() ? changes.get(at + 1) : values.size();
        return String.format(
                Locale.ROOT,
                "%+.1f %%",
                100 * (mean(values.subList(change, to)) / mean(values.subList(from, change)) - 1));
    }

    private static double mean(List<Double> some) {
        return some.stream().mapToDouble(Double::doubleValue).average().orElseThrow();
    }

    /** Returns a plot over the number of the run, from 1, with a line upright at each change. */
    Chart chart(String unit) {
        List<double[]> points = new ArrayList<>();
        values.forEach(value -> points.add(new double[] {points.size() + 1, value}));
        return Chart.lines("run", unit, false, List.of(new Chart.Series(name, points, false)))
                .with(changes().stream()
                        .map(change -> new Chart.Marker(change + 1, size(change)))
                        .toList());
    }

    /**
     * Returns a page of several figures.
     *
     * @param runs the name of each run, such as its commit
     */
    public static HtmlReport.Content page(String title, List<String> runs, String unit, List<Trend> trends) {
        List<Section> sections = new ArrayList<>();
        List<String> changed = new ArrayList<>();
        for (Trend trend : trends) {
            List<String> when = trend.changes().stream()
                    .map(change -> trend.size(change) + " with run " + (change + 1) + ", " + runs.get(change))
                    .toList();
            when.forEach(each -> changed.add(trend.name + " " + each));
            sections.add(Section.of(
                    trend.name,
                    when.isEmpty() ? "No change." : "Changed " + String.join("; ", when) + ".",
                    trend.chart(unit)));
        }
        String count = runs.size() + (runs.size() == 1 ? " run: " : " runs: ");
        String answer = count + answer(trends.isEmpty(), changed);
        return new HtmlReport.Content(title, answer, Mark.TOLD, List.of(), sections);
    }

    private static String answer(boolean nothing, List<String> changed) {
        if (nothing) {
            return "nothing was measured in all of them, so there is nothing to compare";
        }
        return switch (changed.size()) {
            case 0 -> "no change for good";
            case 1 -> "1 change for good: " + changed.get(0);
            default -> changed.size() + " changes for good, last: " + changed.get(changed.size() - 1);
        };
    }
}
