package io.cobrowse.bench.gate;

import io.cobrowse.bench.report.Environment;
import io.cobrowse.bench.report.HtmlReport;
import io.cobrowse.bench.report.Plot;
import io.cobrowse.bench.report.Plot.Series;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.function.ToDoubleFunction;

/** A comparison to read, as Markdown and as HTML. */
public final class ComparisonReport {
    private ComparisonReport() {}

    /** Writes {@code comparison.md} and {@code comparison.html}; replaces what is there. */
    public static void write(Comparison comparison, Environment environment, Path directory) throws IOException {
        Files.createDirectories(directory);
        Files.writeString(directory.resolve("comparison.md"), markdown(comparison));
        HtmlReport.write(directory.resolve("comparison.html"), "New against base", environment, plots(comparison));
    }

    /** Returns a table with a line on what it comes to. */
    public static String markdown(Comparison comparison) {
        StringBuilder text = new StringBuilder();
        text.append("| case | verdict | new / base | 99% interval | base ns | new ns | base B | new B |\n");
        text.append("|---|---|---:|---:|---:|---:|---:|---:|\n");
        for (Comparison.Row row : comparison.rows()) {
            text.append(String.format(
                    Locale.ROOT,
                    "| %s | %s | %.3f | %.3f-%.3f | %.1f | %.1f | %.1f | %.1f |%n",
                    row.title(),
                    row.verdict(),
                    row.time().ratio(),
                    row.time().low(),
                    row.time().high(),
                    row.baseNanos(),
                    row.newNanos(),
                    row.baseBytes(),
                    row.newBytes()));
        }
        text.append('\n');
        comparison
                .onlyInBase()
                .forEach(title -> text.append("Only in base: ").append(title).append('\n'));
        comparison
                .onlyInNew()
                .forEach(title -> text.append("Only in new: ").append(title).append('\n'));
        text.append(summary(comparison)).append('\n');
        return text.toString();
    }

    private static String summary(Comparison comparison) {
        long uncertain = comparison.rows().stream()
                .filter(row -> row.verdict() == Verdict.UNCERTAIN)
                .count();
        if (!comparison.passes()) {
            return "Slower.";
        }
        return uncertain == 0
                ? "Not slower."
                : "Nothing is certainly slower; of " + uncertain
                        + " it cannot be told: measure again, with more rounds or on a quieter machine.";
    }

    private static List<Plot> plots(Comparison comparison) {
        return List.of(
                new Plot(
                        "Time",
                        "New divided by base, both divided by the calibrations of their own forks; "
                                + summary(comparison),
                        "times as long",
                        false,
                        comparison.rows().stream()
                                .map(row -> row.title() + ": " + row.verdict())
                                .toList(),
                        List.of(
                                series(
                                        "low end, 99%",
                                        comparison, row -> row.time().low()),
                                series("ratio", comparison, row -> row.time().ratio()),
                                series(
                                        "high end, 99%",
                                        comparison, row -> row.time().high()))),
                new Plot(
                        "Allocation",
                        "Compared exactly",
                        "B per operation",
                        false,
                        comparison.rows().stream().map(Comparison.Row::title).toList(),
                        List.of(
                                series("base", comparison, Comparison.Row::baseBytes),
                                series("new", comparison, Comparison.Row::newBytes))));
    }

    private static Series series(String name, Comparison comparison, ToDoubleFunction<Comparison.Row> value) {
        return new Series(
                name, comparison.rows().stream().map(value::applyAsDouble).toList());
    }
}
