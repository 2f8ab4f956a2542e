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
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * Runs the suite in rounds, one fork of every case in each, so that forks of a case are far apart in time. Not
 * thread-safe.
 */
public final class SuiteRun {
    /** How many forks of a case are measured where nobody says. */
    public static final int FORKS = 3;
    /** What the harness itself allocates in an iteration, at most. */
    private static final double HARNESS_BYTES = 8_000;
    /** To what the harness's share of the allocation per operation is brought down. */
    private static final double EXACT_BYTES = 0.005;
    /** How often small allocations are measured again: on a busy machine an iteration may have few operations. */
    private static final int ATTEMPTS = 3;
    /** No object is smaller. */
    private static final int OBJECT_BYTES = 16;

    private final List<Case> cases;
    private final int forks;
    private final Times times;
    private final PrintWriter progress;
    private final ObjectMapper json = new ObjectMapper();
    private final ArrayNode results = json.createArrayNode();

    /**
     * @param include which cases, by their titles; the calibrations run always
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
     * Runs, prints the table, and writes results and report into a directory; of a run that is interrupted what it has.
     *
     * @return whether it came to its end
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
            if (results.isEmpty()) {
                throw new IOException("Interrupted before the first case was measured: there is nothing to report");
            }
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
        SuiteReport report = new SuiteReport(Results.of(results));
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

    /** What seems to allocate less than an object has is not known yet. */
    private static String bytes(Measured figures) {
        return isSmall(figures)
                ? "allocation to be measured again at the end"
                : String.format(Locale.ROOT, "%,.0f B", figures.bytes());
    }

    private static boolean isSmall(Measured figures) {
        return figures.bytes() > 0 && figures.bytes() < OBJECT_BYTES;
    }

    /**
     * Measures those again that seem to allocate less than any object has, in iterations so long that the harness's own
     * objects are lost among the operations.
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
            // So few and long iterations are no measure of the time.
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

    /** Returns how long the small allocations will take, those of the cases not measured yet as those of the others. */
    private double secondsForSmallAllocations() {
        Collection<Measured> known = Results.of(results).cases().values();
        int seconds = known.stream()
                .filter(SuiteRun::isSmall)
                .mapToInt(SuiteRun::seconds)
                .sum();
        return (double) seconds * cases.size() / known.size();
    }

    /** Returns how long an iteration has to be for the harness's objects to be lost in it. */
    private static int exactMillis(Measured figures) {
        double nanos = HARNESS_BYTES / EXACT_BYTES * figures.quietNanos();
        return (int) Math.min(30_000, Math.max(500, nanos / 1e6));
    }

    /** Returns how long both iterations take, with the warm-up and the JVM's start. */
    private static int seconds(Measured figures) {
        return 1 + (500 + 2 * exactMillis(figures)) / 1000;
    }
}
