package io.cobrowse.bench.suite;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.ObjectWriter;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.cobrowse.bench.fork.CpuTimeProfiler;
import io.cobrowse.bench.suite.Results.Measured;
import io.cobrowse.measuring.Countdown;
import io.cobrowse.measuring.Environment;
import io.cobrowse.measuring.Interruption;
import io.cobrowse.measuring.report.HtmlReport;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * Runs the suite in rounds, each with one fork of every case, so that the forks of a case are far apart in time. Not
 * thread-safe.
 */
public final class SuiteRun {
    /** The default number of forks of a case. */
    public static final int FORKS = 3;
    /** The most that the harness itself allocates in an iteration, in bytes. */
    private static final double HARNESS_BYTES = 8_000;
    /** The share of the harness in the allocation per operation, in bytes, that the long iterations reach. */
    private static final double EXACT_BYTES = 0.005;
    /** How often small allocations are measured again, since an iteration may have few operations on a busy machine. */
    private static final int ATTEMPTS = 3;
    /** The size of the smallest object. */
    private static final int OBJECT_BYTES = 16;

    private final List<Case> cases;
    private final int forks;
    private final Times times;
    private final PrintWriter progress;
    private final ObjectMapper json = new ObjectMapper();
    private final ArrayNode results = json.createArrayNode();

    /**
     * @param include matches the titles of the cases; the calibrations always run
     * @throws IllegalArgumentException when there is no such case
     */
    public SuiteRun(Pattern include, boolean quick, int forks, PrintWriter progress) {
        this.cases = new ArrayList<>(Suite.all(include));
        if (cases.isEmpty()) {
            throw new IllegalArgumentException("--include " + include + ": no case has a title that matches");
        }
        for (Case calibration : Suite.all(Pattern.compile("^Calibration"))) {
            if (!cases.contains(calibration)) {
                cases.add(0, calibration);
            }
        }
        this.forks = forks;
        this.times = quick ? Times.QUICK : Times.FULL;
        this.progress = progress;
    }

    /**
     * Runs the suite, prints the table, and writes results and report into a directory. An interrupted run reports what
     * it has.
     *
     * @return whether it reached its end
     */
    public boolean run(Environment environment, Path directory, PrintWriter out) throws IOException {
        try (Interruption interruption = Interruption.watch()) {
            try {
                measure(interruption);
            } catch (IOException | RuntimeException failure) {
                if (!interruption.happened()) {
                    throw failure;
                }
            }
            boolean interrupted = interruption.happened();
            write(environment, interrupted, directory, out);
            return !interrupted;
        }
    }

    private void write(Environment environment, boolean interrupted, Path directory, PrintWriter out)
            throws IOException {
        Files.createDirectories(directory);
        ObjectWriter pretty = json.writerWithDefaultPrettyPrinter();
        pretty.writeValue(directory.resolve("results.json").toFile(), results);
        pretty.writeValue(directory.resolve("environment.json").toFile(), environment);
        SuiteReport report =
                new SuiteReport(results.isEmpty() ? new Results(Collections.emptySortedMap()) : Results.of(results));
        Files.writeString(directory.resolve("results.md"), report.markdown());
        HtmlReport.write(directory.resolve("results.html"), report.content(environment, interrupted));
        out.print((interrupted ? "Interrupted. So far: " : "") + report.answer() + "\n" + report.markdown());
        out.flush();
    }

    private void measure(Interruption interruption) throws IOException {
        Countdown countdown = new Countdown(forks * cases.size());
        for (int round = 0; round < forks; round++) {
            for (int i = 0; i < cases.size() && !interruption.happened(); i++) {
                ArrayNode measured = Jmh.run(cases.get(i), times, 1);
                Jmh.append(results, measured);
                countdown.done();
                report(round * cases.size() + i + 1, countdown, cases.get(i), measured);
            }
        }
        for (int i = 0; i < ATTEMPTS; i++) {
            measureSmallAllocations(interruption);
        }
    }

    private void report(int done, Countdown countdown, Case which, ArrayNode measured) {
        Measured figures = Results.of(measured).cases().get(which);
        progress.printf(
                Locale.ROOT,
                "[%d/%d, %s] %s: %.1f ns, %s%n",
                done,
                forks * cases.size(),
                Countdown.text(countdown.leftSeconds() + secondsForSmallAllocations()),
                which.title(),
                figures == null ? Double.NaN : figures.quietNanos(),
                figures == null ? "" : bytes(figures));
        progress.flush();
    }

    /** Returns the allocation as text. If it seems less than an object, it is not known yet. */
    private static String bytes(Measured figures) {
        return isSmall(figures)
                ? "allocation to be measured again at the end"
                : String.format(Locale.ROOT, "%,.0f B", figures.bytes());
    }

    private static boolean isSmall(Measured figures) {
        return figures.bytes() > 0 && figures.bytes() < OBJECT_BYTES;
    }

    /**
     * Measures cases again that seem to allocate less than any object, in iterations that are long enough to make the
     * harness's own objects negligible.
     */
    private void measureSmallAllocations(Interruption interruption) throws IOException {
        List<Map.Entry<Case, Measured>> small = Results.of(results).cases().entrySet().stream()
                .filter(each -> isSmall(each.getValue()))
                .toList();
        Countdown countdown = new Countdown(
                small.stream().mapToInt(each -> seconds(each.getValue())).sum());
        for (int i = 0; i < small.size() && !interruption.happened(); i++) {
            Case which = small.get(i).getKey();
            Measured before = small.get(i).getValue();
            ArrayNode again = Jmh.run(which, new Times(1, 500, 2, exactMillis(before)), 1);
            // Iterations that are so few and so long do not measure the time.
            again.forEach(run -> ((ObjectNode) run.get("secondaryMetrics")).remove(CpuTimeProfiler.METRIC));
            Jmh.append(results, again);
            countdown.done(seconds(before));
            Measured after = Results.of(results).cases().get(which);
            progress.printf(
                    Locale.ROOT,
                    "[allocation, %d/%d, %s] %s: %.2f B%n",
                    i + 1,
                    small.size(),
                    countdown.left(),
                    which.title(),
                    after == null ? Double.NaN : after.bytes());
            progress.flush();
        }
    }

    /**
     * Returns how long the small allocations will take, in seconds, if cases that are not measured yet are like the
     * others.
     */
    private double secondsForSmallAllocations() {
        Collection<Measured> known = Results.of(results).cases().values();
        int seconds = known.stream()
                .filter(SuiteRun::isSmall)
                .mapToInt(SuiteRun::seconds)
                .sum();
        return (double) seconds * cases.size() / known.size();
    }

    /** Returns how long an iteration must be to make the harness's objects negligible. */
    private static int exactMillis(Measured figures) {
        double nanos = HARNESS_BYTES / EXACT_BYTES * figures.quietNanos();
        return (int) Math.min(30_000, Math.max(500, nanos / 1e6));
    }

    /** Returns how long both iterations take, in seconds, including the warm-up and the JVM's start. */
    private static int seconds(Measured figures) {
        return 1 + (500 + 2 * exactMillis(figures)) / 1000;
    }
}
