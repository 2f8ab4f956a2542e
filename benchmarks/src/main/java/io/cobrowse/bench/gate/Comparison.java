package io.cobrowse.bench.gate;

import io.cobrowse.bench.suite.Case;
import io.cobrowse.bench.suite.Results;
import io.cobrowse.bench.suite.Results.Measured;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * Two measurements of the suite, compared case by case.
 *
 * <p>The rule: the time of the code is the least that any iteration of any fork has seen, since any disturbance makes
 * an iteration longer, and on a shared machine most are disturbed. It is divided by the calibrations of the same run,
 * so that a slower machine does not matter. The ratio has a bootstrap interval over the forks, including those of the
 * calibrations. The case is {@link Verdict#SLOWER} if the whole interval lies above {@value #NOTICED},
 * {@link Verdict#FASTER} if it lies below the inverse, {@link Verdict#SAME} if it lies within {@value #EQUAL}, and
 * otherwise {@link Verdict#UNCERTAIN}. It is also uncertain with fewer than {@value #LEAST_FORKS} forks, since none of
 * them may have been undisturbed. Allocation is exact, but for the harness's own objects, which count most where an
 * iteration has few operations: a case that allocates more per operation by {@value #BYTES} B and by
 * {@value #BYTES_SHARE} of what it did is slower, whatever its times.
 *
 * @param rows the cases, by title
 * @param onlyInBase titles of the cases that the new measurement lacks
 * @param onlyInNew titles of the cases that the base lacks
 */
public record Comparison(List<Row> rows, List<String> onlyInBase, List<String> onlyInNew) {
    /** What there is before the first round has ended. */
    public static final Comparison NOTHING = new Comparison(List.of(), List.of(), List.of());

    private static final double NOTICED = 1.05;
    private static final double EQUAL = 1.10;
    /** Less than any object per operation, but more than the harness's own objects spread over all operations. */
    static final double BYTES = 0.5;
    /** The harness's objects, as a share of what an operation allocates that is so long that few fit an iteration. */
    private static final double BYTES_SHARE = 0.01;
    /** With fewer forks of a case or of a calibration, the time is uncertain. */
    static final int LEAST_FORKS = 5;

    /**
     * A case.
     *
     * @param forks the number of forks of base or new, whichever is lower, including those of the calibrations
     * @param baseNanos CPU time per operation, as measured
     * @param time the ratio of the normalised times
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
        /** Returns whether it allocates more, which noise cannot explain. */
        boolean allocatesMore() {
            return moreBytes(baseBytes, newBytes);
        }
    }

    private static boolean moreBytes(double base, double fresh) {
        return fresh - base > Math.max(BYTES, BYTES_SHARE * base);
    }

    /**
     * Compares two measurements.
     *
     * @throws IllegalArgumentException when they have no case in common or no calibration, or a case was measured with
     *     different settings
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
                verdict(time, forks, moreBytes(before.bytes(), after.bytes())),
                time,
                forks,
                Interval.quiet(before.leastNanos()),
                Interval.quiet(after.leastNanos()),
                before.bytes(),
                after.bytes());
    }

    private static Verdict verdict(Interval time, int forks, boolean moreBytes) {
        if (moreBytes) {
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

    /** Returns whether something allocates more, which noise cannot explain. */
    public boolean allocatesMore() {
        return rows.stream().anyMatch(Row::allocatesMore);
    }

    /** Returns whether every case has a verdict. */
    public boolean isCertain() {
        return rows.stream().noneMatch(row -> row.verdict() == Verdict.UNCERTAIN);
    }

    /** Returns the geometric mean of the times of the calibrations, in nanoseconds. */
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
