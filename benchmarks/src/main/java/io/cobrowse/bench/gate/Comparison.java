package io.cobrowse.bench.gate;

import io.cobrowse.bench.suite.Case;
import io.cobrowse.bench.suite.Results;
import io.cobrowse.bench.suite.Results.Measured;
import java.util.ArrayList;
import java.util.List;

/**
 * Two measurements of the suite, case by case.
 *
 * <p>The rule. What the code takes is the least that any iteration of any fork has seen, divided by the calibrations of the same
 * run, so that a slower machine does not matter: whatever disturbs an iteration makes it longer, and on a machine that is
 * shared most of them are disturbed. It is compared with a bootstrap interval over the forks: {@link Verdict#SLOWER} where
 * all of it lies above {@value #NOTICED}, {@link Verdict#FASTER} likewise, {@link Verdict#SAME} where all of it lies within
 * {@value #EQUAL}, and otherwise {@link Verdict#UNCERTAIN}. Allocation is exact: more than {@value #BYTES} B more an
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
    private static final double BYTES = 0.5;

    /**
     * One case.
     *
     * @param baseNanos CPU time per operation, as measured
     * @param time of the normalised times
     */
    public record Row(
            String title,
            Verdict verdict,
            Interval time,
            double baseNanos,
            double newNanos,
            double baseBytes,
            double newBytes) {
        private boolean allocatesMore() {
            return newBytes - baseBytes > BYTES;
        }
    }

    /**
     * Compares.
     *
     * @throws IllegalArgumentException when there is no case in common, or no calibration
     */
    public static Comparison of(Results base, Results fresh) {
        List<Row> rows = new ArrayList<>();
        for (Case which : base.cases().keySet()) {
            Measured before = base.cases().get(which);
            Measured after = fresh.cases().get(which);
            if (after != null && before != null && !which.calibrates()) {
                rows.add(row(which.title(), before, after, normalised(base, before), normalised(fresh, after)));
            }
        }
        if (rows.isEmpty()) {
            throw new IllegalArgumentException("the two measurements have no case in common");
        }
        return new Comparison(List.copyOf(rows), missing(base, fresh), missing(fresh, base));
    }

    private static Row row(String title, Measured before, Measured after, List<Double> base, List<Double> fresh) {
        Interval time = Interval.of(base, fresh);
        return new Row(
                title,
                verdict(time, after.bytes() - before.bytes()),
                time,
                Interval.quiet(before.leastNanos()),
                Interval.quiet(after.leastNanos()),
                before.bytes(),
                after.bytes());
    }

    private static Verdict verdict(Interval time, double moreBytes) {
        if (moreBytes > BYTES || time.low() > NOTICED) {
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

    private static List<Double> normalised(Results results, Measured measured) {
        double calibration = calibration(results);
        return measured.leastNanos().stream().map(nanos -> nanos / calibration).toList();
    }

    /** Returns the geometric mean of the calibrations. */
    private static double calibration(Results results) {
        return Math.exp(results.cases().entrySet().stream()
                .filter(each -> each.getKey().calibrates())
                .mapToDouble(each -> Math.log(Interval.quiet(each.getValue().leastNanos())))
                .average()
                .orElseThrow(() -> new IllegalArgumentException(
                        "a measurement has no calibration: measure it by 'run' or 'gate' of this command")));
    }

    private static List<String> missing(Results from, Results in) {
        return from.cases().keySet().stream()
                .filter(each -> !in.cases().containsKey(each))
                .map(Case::title)
                .toList();
    }
}
