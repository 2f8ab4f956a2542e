package io.cobrowse.bench.suite;

import io.cobrowse.bench.report.Plot;
import io.cobrowse.bench.report.Plot.Series;
import io.cobrowse.bench.suite.Results.Measured;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Results to read: for each group a table and two plots, a row for each input and a column for each contestant. */
final class SuiteReport {
    private static final String CONTESTANT = "contestant";

    private final SortedMap<String, Map<Case, Measured>> groups = new TreeMap<>();

    SuiteReport(Results results) {
        results.cases()
                .forEach((which, measured) -> groups.computeIfAbsent(which.group(), any -> new TreeMap<>())
                        .put(which, measured));
    }

    /** Returns the tables: CPU nanoseconds, and bytes where there are any. */
    String markdown() {
        StringBuilder text = new StringBuilder();
        groups.forEach((group, cases) -> {
            List<String> contestants = contestants(cases);
            text.append("\n").append(group).append(" (ns, B)\n\n| |");
            contestants.forEach(each ->
                    text.append(' ').append(each.isEmpty() ? "ours" : each).append(" |"));
            text.append("\n|---|").append("---:|".repeat(contestants.size())).append('\n');
            for (String input : inputs(cases)) {
                text.append("| ").append(input).append(" |");
                for (String contestant : contestants) {
                    text.append(' ')
                            .append(cell(find(cases, input, contestant)))
                            .append(" |");
                }
                text.append('\n');
            }
        });
        return text.toString();
    }

    private static String cell(@Nullable Measured measured) {
        if (measured == null) {
            return "-";
        }
        String bytes = measured.bytes() < 0.01 ? "0 B" : String.format(Locale.ROOT, "%,.2f B", measured.bytes());
        return String.format(Locale.ROOT, "%,.1f, %s", measured.quietNanos(), bytes.replace(".00 B", " B"));
    }

    List<Plot> plots() {
        List<Plot> plots = new ArrayList<>();
        groups.forEach((group, cases) -> {
            plots.add(plot(group + ": time", "CPU time, the median of the forks", "ns", cases, Measured::quietNanos));
            plots.add(plot(group + ": allocation", "By JMH's gc profiler", "B", cases, Measured::bytes));
        });
        return plots;
    }

    private static Plot plot(
            String title, String caption, String unit, Map<Case, Measured> cases, ToDoubleFunction<Measured> figure) {
        List<Series> series = contestants(cases).stream()
                .map(contestant -> new Series(
                        contestant.isEmpty() ? unit : contestant,
                        inputs(cases).stream()
                                .map(input -> value(find(cases, input, contestant), figure))
                                .toList()))
                .toList();
        return new Plot(
                title, caption + " per operation", unit, unit.equals("ns") && series.size() > 1, inputs(cases), series);
    }

    private static @Nullable Double value(@Nullable Measured measured, ToDoubleFunction<Measured> figure) {
        return measured == null ? null : (Double) figure.applyAsDouble(measured);
    }

    private static @Nullable Measured find(Map<Case, Measured> cases, String input, String contestant) {
        return cases.entrySet().stream()
                .filter(each -> input(each.getKey()).equals(input)
                        && each.getKey().param(CONTESTANT).equals(contestant))
                .map(Map.Entry::getValue)
                .findFirst()
                .orElse(null);
    }

    /** Returns the contestants, ours first, as they are tabled. */
    private static List<String> contestants(Map<Case, Measured> cases) {
        return cases.keySet().stream()
                .map(each -> each.param(CONTESTANT))
                .distinct()
                .sorted((a, b) -> Boolean.compare(b.equals("OURS"), a.equals("OURS")))
                .toList();
    }

    private static List<String> inputs(Map<Case, Measured> cases) {
        return cases.keySet().stream().map(SuiteReport::input).distinct().toList();
    }

    /** Returns the parameters but for the contestant; the method where there are none. */
    private static String input(Case which) {
        String input = which.params().entrySet().stream()
                .filter(each -> !each.getKey().equals(CONTESTANT))
                .map(Map.Entry::getValue)
                .collect(Collectors.joining(" "));
        return input.isEmpty() ? which.benchmark().substring(which.benchmark().lastIndexOf('.') + 1) : input;
    }
}
