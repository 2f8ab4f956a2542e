package io.cobrowse.load.cli;

import io.cobrowse.load.record.Latencies;
import io.cobrowse.load.record.Step;
import io.cobrowse.load.run.RunReport;
import io.cobrowse.load.run.RunResult;
import io.cobrowse.load.run.Verdict;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import org.HdrHistogram.Histogram;

/** What a run or a merge tells at its end. */
final class Outcome {
    private Outcome() {}

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
                    "%-16s %,10d %10.2f %10.2f %10.2f %10.2f%n",
                    entry.getKey().key(),
                    histogram.getTotalCount(),
                    histogram.getValueAtPercentile(50) / 1e6,
                    histogram.getValueAtPercentile(95) / 1e6,
                    histogram.getValueAtPercentile(99) / 1e6,
                    histogram.getMaxValue() / 1e6);
        }
        out.println();
        for (Verdict.Check check : verdict.checks()) {
            out.printf("%-6s %-22s %s%n", check.passed() ? "ok" : "FAILED", check.name(), check.detail());
            check.examples().forEach(example -> out.printf("%30s %s%n", "", example));
        }
        Path report = output.resolve("report.html");
        RunReport.write(report, result, latencies, verdict);
        out.printf(
                "%n%s. Report: %s%n",
                verdict.passed() ? "Passed" : "FAILED", report.toAbsolutePath().normalize());
        out.flush();
        return verdict.passed() ? 0 : 1;
    }
}
