package io.cobrowse.bench.gate;

import io.cobrowse.bench.gate.Comparison.Row;
import io.cobrowse.measuring.Environment;
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
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;

/** Writes a comparison for people, as Markdown and as HTML. */
public final class ComparisonReport {
    private ComparisonReport() {}

    /**
     * Writes {@code comparison.md} and {@code comparison.html}; replaces existing files.
     *
     * @param flameGraph the flame graph of the slowest case; null for none
     */
    public static void write(
            Comparison comparison,
            Build base,
            Build fresh,
            Environment environment,
            boolean interrupted,
            @Nullable Section flameGraph,
            Path directory)
            throws IOException {
        Files.createDirectories(directory);
        Files.writeString(directory.resolve("comparison.md"), markdown(comparison, base, fresh));
        HtmlReport.write(
                directory.resolve("comparison.html"),
                new HtmlReport.Content(
                        "New against base",
                        (interrupted ? "Interrupted. So far: " : "") + summary(comparison),
                        mark(comparison),
                        List.of(),
                        sections(comparison, base, fresh, environment, flameGraph)));
    }

    /** Returns the result and a table. */
    public static String markdown(Comparison comparison, Build base, Build fresh) {
        StringBuilder text = new StringBuilder(summary(comparison)).append("\n\n");
        if (!comparison.rows().isEmpty()) {
            text.append("| case | verdict | new / base | 99% interval | forks | base ns | new ns | base B | new B |\n");
            text.append("|---|---|---:|---:|---:|---:|---:|---:|---:|\n");
        }
        for (Row row : comparison.rows()) {
            text.append("| ").append(String.join(" | ", cells(row))).append(" |\n");
        }
        text.append('\n');
        comparison
                .onlyInBase()
                .forEach(title -> text.append("Only in base: ").append(title).append('\n'));
        comparison
                .onlyInNew()
                .forEach(title -> text.append("Only in new: ").append(title).append('\n'));
        text.append("Base: ")
                .append(base.commit())
                .append(", ")
                .append(base.file())
                .append('\n');
        text.append("New: ")
                .append(fresh.commit())
                .append(", ")
                .append(fresh.file())
                .append('\n');
        return text.toString();
    }

    private static List<String> cells(Row row) {
        return List.of(
                row.title(),
                row.verdict().toString(),
                String.format(Locale.ROOT, "%.3f", row.time().ratio()),
                String.format(
                        Locale.ROOT, "%.3f-%.3f", row.time().low(), row.time().high()),
                Integer.toString(row.forks()),
                String.format(Locale.ROOT, "%.1f", row.baseNanos()),
                String.format(Locale.ROOT, "%.1f", row.newNanos()),
                bytes(row.baseBytes()),
                bytes(row.newBytes()));
    }

    private static String bytes(double bytes) {
        return bytes < Comparison.BYTES ? "0" : String.format(Locale.ROOT, "%.1f", bytes);
    }

    /** Returns the result in words, such as "Not slower: 9 cases, largest change +1.2 %". */
    public static String summary(Comparison comparison) {
        List<Row> rows = comparison.rows();
        if (rows.isEmpty()) {
            return "no round was finished";
        }
        List<Row> slower =
                rows.stream().filter(row -> row.verdict() == Verdict.SLOWER).toList();
        String cases = rows.size() == 1 ? "1 case" : rows.size() + " cases";
        if (!slower.isEmpty()) {
            Row worst = slower.stream()
                    .max(Comparator.comparingDouble(row -> row.time().ratio()))
                    .orElseThrow();
            return String.format(
                    Locale.ROOT, "Slower: %d of %s, worst %s %s", slower.size(), cases, worst.title(), change(worst));
        }
        long uncertain =
                rows.stream().filter(row -> row.verdict() == Verdict.UNCERTAIN).count();
        if (uncertain > 0) {
            boolean few = rows.stream().anyMatch(row -> row.forks() < Comparison.LEAST_FORKS);
            return String.format(
                    Locale.ROOT,
                    "Not certain: %d of %s cannot be told, nothing is certainly slower; %s",
                    uncertain,
                    cases,
                    few
                            ? "it takes " + Comparison.LEAST_FORKS + " forks of each"
                            : "measure again, with more rounds or on a quieter machine");
        }
        Row largest = rows.stream()
                .max(Comparator.comparingDouble(row -> Math.abs(row.time().ratio() - 1)))
                .orElseThrow();
        return String.format(
                Locale.ROOT,
                "Not slower: %s, largest change %s",
                cases,
                percent(largest.time().ratio()));
    }

    /** Returns the title of the case whose time has become slower by the most; null if there is none. */
    public static @Nullable String slowest(Comparison comparison) {
        return comparison.rows().stream()
                .filter(row -> row.verdict() == Verdict.SLOWER)
                .max(Comparator.comparingDouble(row -> row.time().ratio()))
                .map(Row::title)
                .orElse(null);
    }

    private static Mark mark(Comparison comparison) {
        if (comparison.rows().isEmpty()) {
            return Mark.TOLD;
        }
        return !comparison.passes() ? Mark.BAD : comparison.isCertain() ? Mark.GOOD : Mark.TOLD;
    }

    static Mark mark(Verdict verdict) {
        return switch (verdict) {
            case FASTER, SAME -> Mark.GOOD;
            case SLOWER -> Mark.BAD;
            case UNCERTAIN -> Mark.TOLD;
        };
    }

    static String change(Row row) {
        return row.allocatesMore()
                ? String.format(Locale.ROOT, "allocates %.1f B more", row.newBytes() - row.baseBytes())
                : String.format(
                        Locale.ROOT,
                        "%s (%s to %s)",
                        percent(row.time().ratio()),
                        percent(row.time().low()),
                        percent(row.time().high()));
    }

    private static String percent(double ratio) {
        return String.format(Locale.ROOT, "%+.1f %%", 100 * (ratio - 1));
    }

    private static List<Section> sections(
            Comparison comparison, Build base, Build fresh, Environment environment, @Nullable Section flameGraph) {
        List<String> labels = comparison.rows().stream()
                .map(row -> row.title() + ": " + row.verdict())
                .toList();
        List<Section> sections = new ArrayList<>();
        if (comparison.rows().isEmpty()) {
            sections.add(measured(base, fresh, environment));
            return sections;
        }
        sections.add(Section.of(
                "Time",
                "CPU time of new by that of base, each by the calibrations of its own forks, with the 99% interval.",
                Chart.ratios("change", labels, List.of(times(comparison)))));
        if (comparison.rows().stream()
                .anyMatch(row -> row.baseBytes() > Comparison.BYTES || row.newBytes() > Comparison.BYTES)) {
            sections.add(Section.of(
                    "Allocation",
                    "Slower from half a byte and 1 % more.",
                    Chart.bars(
                            "B per operation",
                            false,
                            comparison.rows().stream().map(Row::title).toList(),
                            List.of(
                                    series("base", comparison, Row::baseBytes),
                                    series("new", comparison, Row::newBytes)))));
        }
        if (flameGraph != null) {
            sections.add(flameGraph);
        }
        sections.add(Section.of("Figures", "", table(comparison)));
        sections.add(measured(base, fresh, environment));
        return sections;
    }

    private static Section measured(Build base, Build fresh, Environment environment) {
        List<List<String>> rows = new ArrayList<>();
        rows.add(List.of("base", base.commit() + ", " + base.file()));
        rows.add(List.of("new", fresh.commit() + ", " + fresh.file()));
        HtmlReport.rows(environment).stream()
                .filter(row -> !row.get(0).equals("commit"))
                .forEach(rows::add);
        return Section.of("How it was measured", "", Table.of(List.of("", ""), rows));
    }

    private static Table table(Comparison comparison) {
        List<@Nullable Mark> marks = new ArrayList<>();
        comparison.rows().forEach(row -> marks.add(mark(row.verdict())));
        return new Table(
                List.of(
                        "case",
                        "verdict",
                        "new / base",
                        "99% interval",
                        "forks",
                        "base ns",
                        "new ns",
                        "base B",
                        "new B"),
                comparison.rows().stream().map(ComparisonReport::cells).toList(),
                marks);
    }

    private static Series times(Comparison comparison) {
        List<double[]> points = new ArrayList<>();
        for (Row row : comparison.rows()) {
            points.add(new double[] {
                points.size(), row.time().ratio(), row.time().low(), row.time().high()
            });
        }
        return new Series("new / base", points, true);
    }

    private static Series series(String name, Comparison comparison, ToDoubleFunction<Row> value) {
        List<double[]> points = new ArrayList<>();
        comparison.rows().forEach(row -> points.add(new double[] {points.size(), value.applyAsDouble(row)}));
        return new Series(name, points, false);
    }
}
