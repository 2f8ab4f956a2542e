package io.cobrowse.bench.gate;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.cobrowse.bench.gate.Comparison.Row;
import io.cobrowse.measuring.Environment;
import io.cobrowse.measuring.report.JUnitXml;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Writes a comparison for other programs: JSON, JUnit's XML, GitHub's annotations and summary. */
public final class ComparisonFiles {
    private ComparisonFiles() {}

    private record Json(
            String summary,
            boolean passes,
            boolean interrupted,
            Build base,
            Build fresh,
            Environment environment,
            Comparison comparison) {}

    /** Writes {@code comparison.json} and {@code comparison-junit.xml}; replaces existing files. */
    public static void write(
            Comparison comparison,
            Build base,
            Build fresh,
            Environment environment,
            boolean interrupted,
            Path directory)
            throws IOException {
        new ObjectMapper()
                .writerWithDefaultPrettyPrinter()
                .writeValue(
                        directory.resolve("comparison.json").toFile(),
                        new Json(
                                ComparisonReport.summary(comparison),
                                comparison.passes(),
                                interrupted,
                                base,
                                fresh,
                                environment,
                                comparison));
        JUnitXml.write(
                directory.resolve("comparison-junit.xml"),
                "gate",
                comparison.rows().stream()
                        .map(row -> new JUnitXml.Check(
                                row.title(),
                                ComparisonReport.mark(row.verdict()),
                                row.verdict() + ": " + ComparisonReport.change(row)))
                        .toList());
    }

    /**
     * Prints the annotations that GitHub shows beside a change, and writes the summary.
     *
     * @param summary GitHub's file for the summary; null if there is none
     */
    static void tellGitHub(Comparison comparison, String markdown, @Nullable String summary, PrintWriter out)
            throws IOException {
        for (Row row : comparison.rows()) {
            String text = row.title() + ": " + ComparisonReport.change(row);
            switch (row.verdict()) {
                case SLOWER -> out.println("::error title=Slower::" + escaped(text));
                case UNCERTAIN -> out.println("::warning title=Not certain::" + escaped(text));
                case FASTER -> out.println("::notice title=Faster::" + escaped(text));
                case SAME -> {}
            }
        }
        out.flush();
        if (summary != null && !summary.isEmpty()) {
            Files.write(Path.of(summary), List.of(markdown), StandardOpenOption.CREATE, StandardOpenOption.APPEND);
        }
    }

    /** Prints annotations and summary if GitHub's environment variables are set. */
    public static void tellGitHub(Comparison comparison, String markdown, PrintWriter out) throws IOException {
        if ("true".equals(System.getenv("GITHUB_ACTIONS"))) {
            tellGitHub(comparison, markdown, System.getenv("GITHUB_STEP_SUMMARY"), out);
        }
    }

    private static String escaped(String text) {
        return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A");
    }
}
