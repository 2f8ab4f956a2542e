package io.cobrowse.bench.gate;

import io.cobrowse.bench.suite.Case;
import io.cobrowse.bench.suite.Results;
import io.cobrowse.bench.suite.Results.Measured;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * Two measurements of the suite, case by case.
 *
 * <p>The rule. What the code takes is the least that any iteration of any fork has seen, divided by the calibrations of the same
 * run, so that a slower machine does not matter: whatever disturbs an iteration makes it longer, and on a machine that is
 * shared most of them are disturbed. It is compared with a bootstrap interval over the forks, those of the calibrations
 * included: {@link Verdict#SLOWER} where
 * all of it lies above {@value #NOTICED}, {@link Verdict#FASTER} likewise, {@link Verdict#SAME} where all of it lies within
 * {@value #EQUAL}, and otherwise {@link Verdict#UNCERTAIN}; so too where there are fewer than {@value #LEAST_FORKS} forks, of
 * which none may have been undisturbed. Allocation is exact: more than {@value #BYTES} B more an
 * operation is slower, whatever the times.
 *
 * @param rows by title
 * @param onlyInBase titles of the cases that the new measurement lacks
 * @param onlyInNew titles of the cases that there is nothing to compare with
 */
public record Comparison(List<Row> rows, List<String> onlyInBase, List<String> onlyInNew) {
    private static final double NOTICED = 1.05;
    private static final double EQUAL = 1.10;
    /** Less than any object an operation, more than a harness's own objects spread over all operations. */
    static final double BYTES = 0.5;
    /** Fewer forks of a case, or of a calibration, tell nothing of the time. */
    static final int LEAST_FORKS = 5;

    /**
     * One case.
     *
     * @param forks of base or new, of which there are fewer, those of the calibrations included
     * @param baseNanos CPU time per operation, as measured
     * @param time of the normalised times
     */
    public record Row(
            String title,
            Verdict verdict,
            Interval time,
            int forks,
            double baseNanos,
            double newNanos,
            double baseBytes,
            double newBytes) {
        /** Returns whether it allocates more, which no noise explains. */
        boolean allocatesMore() {
            return newBytes - baseBytes > BYTES;
        }
    }

    /**
     * Compares.
     *
     * @throws IllegalArgumentException when there is no case in common, no calibration, or a case that was measured with other
     *     settings
     */
    public static Comparison of(Results base, Results fresh) {
        List<List<Double>> baseCalibrations = calibrations(base);
        List<List<Double>> freshCalibrations = calibrations(fresh);
        List<Row> rows = new ArrayList<>();
        for (Case which : base.cases().keySet()) {
            Measured before = base.cases().get(which);
            Measured after = fresh.cases().get(which);
            if (after != null && before != null) {
                refuseUnlike(which, before, after);
                if (!which.calibrates()) {
                    rows.add(row(which.title(), before, after, baseCalibrations, freshCalibrations));
                }
            }
        }
        if (rows.isEmpty()) {
            throw new IllegalArgumentException("the two measurements have no case in common");
        }
        return new Comparison(List.copyOf(rows), missing(base, fresh), missing(fresh, base));
    }

    private static void refuseUnlike(Case which, Measured before, Measured after) {
        if (!before.settings().equals(after.settings())) {
            throw new IllegalArgumentException(which.title() + " was measured with unlike settings: base "
                    + before.settings() + ", new " + after.settings());
        }
    }

    private static Row row(
            String title,
            Measured before,
            Measured after,
            List<List<Double>> baseCalibrations,
            List<List<Double>> freshCalibrations) {
        Interval time = Interval.of(before.leastNanos(), baseCalibrations, after.leastNanos(), freshCalibrations);
        int forks = Stream.of(List.of(before.leastNanos(), after.leastNanos()), baseCalibrations, freshCalibrations)
                .flatMap(List::stream)
                .mapToInt(List::size)
                .min()
                .orElseThrow();
        return new Row(
                title,
                verdict(time, forks, after.bytes() - before.bytes()),
                time,
                forks,
                Interval.quiet(before.leastNanos()),
                Interval.quiet(after.leastNanos()),
                before.bytes(),
                after.bytes());
    }

    private static Verdict verdict(Interval time, int forks, double moreBytes) {
        if (moreBytes > BYTES) {
            return Verdict.SLOWER;
        }
        if (forks < LEAST_FORKS) {
            return Verdict.UNCERTAIN;
        }
        if (time.low() > NOTICED) {
            return Verdict.SLOWER;
        }
        if (time.high() < 1 / NOTICED) {
            return Verdict.FASTER;
        }
        return time.low() > 1 / EQUAL && time.high() < EQUAL ? Verdict.SAME : Verdict.UNCERTAIN;
    }

    /** Returns whether nothing is slower. */
    public boolean passes() {
        return rows.stream().noneMatch(row -> row.verdict() == Verdict.SLOWER);
    }

    /** Returns whether something allocates more, which no noise explains. */
    public boolean allocatesMore() {
        return rows.stream().anyMatch(Row::allocatesMore);
    }

    /** Returns whether every case has a verdict. */
    public boolean isCertain() {
        return rows.stream().noneMatch(row -> row.verdict() == Verdict.UNCERTAIN);
    }

    /** Returns the geometric mean of what the calibrations took, in nanoseconds. */
    static double calibration(Results results) {
        return Math.exp(calibrations(results).stream()
                .mapToDouble(times -> Math.log(Interval.quiet(times)))
                .average()
                .orElseThrow());
    }

    private static List<List<Double>> calibrations(Results results) {
        List<List<Double>> calibrations = results.cases().entrySet().stream()
                .filter(each -> each.getKey().calibrates())
                .map(each -> each.getValue().leastNanos())
                .toList();
        if (calibrations.isEmpty()) {
            throw new IllegalArgumentException(
                    "a measurement has no calibration: measure it by 'run' or 'gate' of this command");
        }
        return calibrations;
    }

    private static List<String> missing(Results from, Results in) {
        return from.cases().keySet().stream()
                .filter(each -> !in.cases().containsKey(each))
                .map(Case::title)
                .toList();
    }
}
