package io.cobrowse.load.cli;

import io.cobrowse.load.record.Latencies;
import io.cobrowse.load.record.Step;
import io.cobrowse.load.run.RunPlan;
import io.cobrowse.load.run.RunReport;
import io.cobrowse.load.run.RunResult;
import io.cobrowse.load.run.Verdict;
import io.cobrowse.measuring.Environment;
import io.cobrowse.measuring.Percentiles;
import io.cobrowse.measuring.report.HtmlReport;
import io.cobrowse.measuring.report.JUnitXml;
import io.cobrowse.measuring.report.Mark;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.HdrHistogram.Histogram;

/** Reports the result of a run or a merge. */
final class Outcome {
    private Outcome() {}

    /** Writes a report that says why the run did not start, prints the reason, and returns the exit code. */
    static int tellNotBegun(String why, RunPlan plan, PrintWriter out) throws IOException {
        Path report = Files.createDirectories(plan.output()).resolve("report.html");
        HtmlReport.write(
                report,
                new HtmlReport.Content(
                        "Load test: " + plan.profileName(),
                        why,
                        Mark.BAD,
                        List.of(),
                        List.of(HtmlReport.section(Environment.here(plan.command())))));
        out.printf("%s. Report: %s%n", why, report.toAbsolutePath().normalize());
        out.flush();
        return 1;
    }

    /** Writes the report, prints the figures, and returns the exit code. */
    static int tell(RunResult result, Latencies latencies, Verdict verdict, Path output, PrintWriter out)
            throws IOException {
        out.printf(
                "%n%-16s %10s %10s %10s %10s %10s   (ms, from the scheduled time)%n",
                "step", "count", "p50", "p95", "p99", "max");
        for (Map.Entry<Step, Histogram> entry : latencies.steps().entrySet()) {
            Histogram histogram = entry.getValue();
            out.printf(
                    Locale.ROOT,
                    "%-16s %,10d %10s %10s %10s %10.2f%n",
                    entry.getKey().key(),
                    histogram.getTotalCount(),
                    millis(histogram, 50),
                    millis(histogram, 95),
                    millis(histogram, 99),
                    histogram.getMaxValue() / 1e6);
        }
        out.println();
        for (Verdict.Check check : verdict.checks()) {
            out.printf(
                    "%-6s %-22s %s%n",
                    !check.judged() ? "told" : check.passed() ? "ok" : "FAILED", check.name(), check.detail());
            check.examples().forEach(example -> out.printf("%30s %s%n", "", example));
        }
        Path report = output.resolve("report.html");
        RunReport.write(report, result, latencies, verdict);
        JUnitXml.write(
                output.resolve("junit.xml"),
                "load test " + result.profileName(),
                verdict.checks().stream()
                        .map(check -> new JUnitXml.Check(check.name(), check.mark(), check.detail()))
                        .toList());
        out.printf(
                "%n%s. Report: %s%n",
                verdict.passed() ? "Passed" : "FAILED", report.toAbsolutePath().normalize());
        out.flush();
        return verdict.passed() ? 0 : 1;
    }

    private static String millis(Histogram histogram, double percentile) {
        return Percentiles.text(
                histogram.getTotalCount(), percentile, "%.2f", histogram.getValueAtPercentile(percentile) / 1e6);
    }
}
