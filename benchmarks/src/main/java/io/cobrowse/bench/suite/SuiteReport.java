package io.cobrowse.bench.suite;

import io.cobrowse.bench.suite.Results.Measured;
import io.cobrowse.measuring.Environment;
import io.cobrowse.measuring.report.Chart;
import io.cobrowse.measuring.report.Chart.Series;
import io.cobrowse.measuring.report.HtmlReport;
import io.cobrowse.measuring.report.Mark;
import io.cobrowse.measuring.report.Section;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.DoubleStream;
import org.jspecify.annotations.Nullable;

/**
 * Formats results for people: for each group a table and two plots, with a row for each input and a column for each
 * contestant.
 */
final class SuiteReport {
    private static final String CONTESTANT = "contestant";
    private static final String FLOOR = "INDEX_OF";
    private static final String TYPICAL = "TYPICAL_MIDDLE";

    private final SortedMap<String, Map<Case, Measured>> groups = new TreeMap<>();

    SuiteReport(Results results) {
        results.cases()
                .forEach((which, measured) -> groups.computeIfAbsent(which.group(), any -> new TreeMap<>())
                        .put(which, measured));
    }

    /** Returns the tables: CPU nanoseconds, and bytes if there are any. */
    String markdown() {
        StringBuilder text = new StringBuilder();
        groups.forEach((group, cases) -> {
            List<String> contestants = contestants(cases);
            text.append("\n").append(group).append(" (ns, B)\n\n| |");
            contestants.forEach(each -> text.append(' ').append(name(each)).append(" |"));
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
        String bytes = measured.bytes() == 0 ? "0 B" : String.format(Locale.ROOT, "%,.2f B", measured.bytes());
        return String.format(Locale.ROOT, "%,.1f, %s", measured.quietNanos(), bytes.replace(".00 B", " B"));
    }

    HtmlReport.Content content(Environment environment, boolean interrupted) {
        List<Section> sections = new ArrayList<>();
        groups.forEach((group, cases) -> {
            sections.add(Section.of(
                    group + ": time",
                    cases.values().stream().allMatch(each -> each.nanos().size() < 2)
                            ? "CPU time per operation, of one fork, which has no range."
                            : "CPU time per operation: the median of the forks, whiskers from the least to the greatest.",
                    times(cases)));
            if (cases.values().stream().anyMatch(each -> each.bytes() > 0)) {
                sections.add(
                        Section.of(group + ": allocation", "Per operation, by JMH's gc profiler.", allocation(cases)));
            }
        });
        sections.add(HtmlReport.section(environment));
        return new HtmlReport.Content(
                "The benchmarks",
                (interrupted ? "Interrupted. So far: " : "") + answer(),
                Mark.TOLD,
                List.of(),
                sections);
    }

    /** Returns what the project's own code allocates, and how far the typical cookie is from the floor. */
    String answer() {
        if (groups.isEmpty()) {
            return "no case was finished";
        }
        long ours = groups.values().stream()
                .flatMap(cases -> cases.keySet().stream())
                .filter(SuiteReport::mustNotAllocate)
                .count();
        List<String> allocating = groups.values().stream()
                .flatMap(cases -> cases.entrySet().stream())
                .filter(each ->
                        mustNotAllocate(each.getKey()) && each.getValue().bytes() > 0)
                .map(each -> each.getKey().title())
                .toList();
        String allocation = ours == 0
                ? "None of our scanners was measured"
                : allocating.isEmpty()
                        ? "Scanning and routing allocate nothing: " + ours + " cases"
                        : allocating.size() + " of " + ours + " cases allocate, and must not: " + allocating.get(0);
        return allocation + floor();
    }

    private String floor() {
        Map<Case, Measured> scans = groups.getOrDefault("CookieScan", Map.of());
        Measured ours = find(scans, TYPICAL, "OURS");
        Measured floor = find(scans, TYPICAL, FLOOR);
        return ours == null || floor == null
                ? ""
                : String.format(
                        Locale.ROOT,
                        "; a typical cookie is found in %.1f ns, %.2f times the floor of a bare search",
                        ours.quietNanos(),
                        ours.quietNanos() / floor.quietNanos());
    }

    private static boolean mustNotAllocate(Case which) {
        return which.param(CONTESTANT).equals("OURS") || which.group().equals("Route");
    }

    private static Chart times(Map<Case, Measured> cases) {
        List<String> contestants = contestants(cases);
        return Chart.bars("ns", contestants.size() > 1, inputs(cases), series(cases, measured -> {
            double[] least =
                    measured.leastNanos().stream().mapToDouble(each -> each).toArray();
            return least.length < 2
                    ? new double[] {measured.quietNanos()}
                    : new double[] {
                        measured.quietNanos(),
                        Arrays.stream(least).min().orElseThrow(),
                        Arrays.stream(least).max().orElseThrow()
                    };
        }));
    }

    private static Chart allocation(Map<Case, Measured> cases) {
        return Chart.bars("B", false, inputs(cases), series(cases, measured -> new double[] {measured.bytes()}));
    }

    /**
     * Returns a series for each contestant, with a figure for each case, and its low and high ends if there are some.
     */
    private static List<Series> series(Map<Case, Measured> cases, Function<Measured, double[]> figures) {
        List<Series> series = new ArrayList<>();
        List<String> inputs = inputs(cases);
        for (String contestant : contestants(cases)) {
            List<double[]> points = new ArrayList<>();
            for (int i = 0; i < inputs.size(); i++) {
                Measured measured = find(cases, inputs.get(i), contestant);
                if (measured != null) {
                    points.add(DoubleStream.concat(DoubleStream.of(i), Arrays.stream(figures.apply(measured)))
                            .toArray());
                }
            }
            series.add(new Series(name(contestant), points, false));
        }
        return series;
    }

    /** Returns a contestant's name. The one that only searches for the name is the floor, which no scanner can beat. */
    private static String name(String contestant) {
        return contestant.isEmpty() ? "ours" : contestant.equals(FLOOR) ? FLOOR + " (the floor)" : contestant;
    }

    private static @Nullable Measured find(Map<Case, Measured> cases, String input, String contestant) {
        return cases.entrySet().stream()
                .filter(each -> input(each.getKey()).equals(input)
                        && each.getKey().param(CONTESTANT).equals(contestant))
                .map(Map.Entry::getValue)
                .findFirst()
                .orElse(null);
    }

    /** Returns the contestants in the order of the tables, the project's own first. */
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

    /** Returns the parameters without the contestant; the method if there are none. */
    private static String input(Case which) {
        String input = which.params().entrySet().stream()
                .filter(each -> !each.getKey().equals(CONTESTANT))
                .map(Map.Entry::getValue)
                .collect(Collectors.joining(" "));
        return input.isEmpty() ? which.benchmark().substring(which.benchmark().lastIndexOf('.') + 1) : input;
    }
}
