package io.cobrowse.bench.suite;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.ObjectWriter;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.cobrowse.bench.report.Environment;
import io.cobrowse.bench.report.HtmlReport;
import io.cobrowse.bench.suite.Results.Measured;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;

/**
 * Runs the suite in rounds, one fork of every case in each, so that forks of a case are far apart in time. Not
 * thread-safe.
 */
public final class SuiteRun {
    private static final int FORKS = 3;
    /** What the harness itself allocates in an iteration, at most. */
    private static final double HARNESS_BYTES = 8_000;
    /** To what the harness's share of the allocation per operation is brought down. */
    private static final double EXACT_BYTES = 0.005;
    /** No object is smaller. */
    private static final int OBJECT_BYTES = 16;

    private final List<Case> cases;
    private final int forks;
    private final Times times;
    private final PrintWriter progress;
    private final ObjectMapper json = new ObjectMapper();
    private final ArrayNode results = json.createArrayNode();
    private final long begin = System.nanoTime();

    /**
     * @param include which cases, by their titles; the calibrations run always
     * @throws IllegalArgumentException when there is no such case
     */
    public SuiteRun(Pattern include, boolean quick, PrintWriter progress) {
        this.cases = new ArrayList<>(Suite.all(include));
        if (cases.isEmpty()) {
            throw new IllegalArgumentException("--include " + include + ": no case has a title that matches");
        }
        for (Case calibration : Suite.all(Pattern.compile("^Calibration"))) {
            if (!cases.contains(calibration)) {
                cases.add(0, calibration);
            }
        }
        this.forks = quick ? 1 : FORKS;
        this.times = quick ? Times.QUICK : Times.FULL;
        this.progress = progress;
    }

    /** Runs, prints the table, and writes results and report into a directory. */
    public void run(Environment environment, Path directory, PrintWriter out) throws IOException {
        for (int round = 0; round < forks; round++) {
            for (int i = 0; i < cases.size(); i++) {
                ArrayNode measured = Jmh.run(cases.get(i), times, 1);
                Jmh.append(results, measured);
                report(round * cases.size() + i + 1, cases.get(i), measured);
            }
        }
        measureSmallAllocations();
        Files.createDirectories(directory);
        ObjectWriter pretty = json.writerWithDefaultPrettyPrinter();
        pretty.writeValue(directory.resolve("results.json").toFile(), results);
        pretty.writeValue(directory.resolve("environment.json").toFile(), environment);
        SuiteReport report = new SuiteReport(Results.of(results));
        Files.writeString(directory.resolve("results.md"), report.markdown());
        HtmlReport.write(directory.resolve("results.html"), "The benchmarks", environment, report.plots());
        out.print(report.markdown());
        out.flush();
    }

    private void report(int done, Case which, ArrayNode measured) {
        Measured figures = Results.of(measured).cases().get(which);
        long elapsed = TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - begin);
        int all = forks * cases.size();
        progress.printf(
                Locale.ROOT,
                "[%d/%d, %d s left] %s: %.1f ns, %.2f B%n",
                done,
                all,
                elapsed * (all - done) / done,
                which.title(),
                figures == null ? Double.NaN : figures.quietNanos(),
                figures == null ? Double.NaN : figures.bytes());
        progress.flush();
    }

    /**
     * Measures those again that seem to allocate less than any object has, in iterations so long that the harness's own
     * objects are lost among the operations.
     */
    private void measureSmallAllocations() throws IOException {
        for (var each : Results.of(results).cases().entrySet()) {
            Measured figures = each.getValue();
            if (figures.bytes() > EXACT_BYTES && figures.bytes() < OBJECT_BYTES) {
                double nanos = HARNESS_BYTES / EXACT_BYTES * figures.quietNanos();
                int millis = (int) Math.min(30_000, Math.max(500, nanos / 1e6));
                progress.printf(
                        "allocation again, for %d ms: %s%n",
                        millis, each.getKey().title());
                progress.flush();
                ArrayNode again = Jmh.run(each.getKey(), new Times(1, 500, 2, millis), 1);
                // So few and long iterations are no measure of the time.
                again.forEach(run -> ((ObjectNode) run.get("secondaryMetrics")).remove(CpuTimeProfiler.METRIC));
                Jmh.append(results, again);
            }
        }
    }
}
