package io.cobrowse.bench.gate;

import java.util.Arrays;
import java.util.List;
import java.util.function.ToDoubleFunction;
import org.apache.commons.rng.UniformRandomProvider;
import org.apache.commons.rng.simple.RandomSource;
import org.apache.commons.statistics.descriptive.Quantile;

/** The ratio of the new time to the base time, with its 99 % interval. */
public record Interval(double ratio, double low, double high) {
    private static final int RESAMPLES = 10_000;
    private static final double CONFIDENCE = 0.99;
    private static final long SEED = 17;

    /**
     * Returns the ratio of the {@linkplain #quiet quiet} times and its interval by the percentile bootstrap: both
     * samples are drawn again and again, with replacement, and so are the calibrations that each is divided by. The
     * same samples always give the same interval.
     *
     * @param base at least one time
     * @param baseCalibrations the times of each calibration of the same run; the geometric mean of several counts
     * @param fresh at least one time
     */
    static Interval of(
            List<Double> base,
            List<List<Double>> baseCalibrations,
            List<Double> fresh,
            List<List<Double>> freshCalibrations) {
        double[] baseTimes = array(base);
        double[] freshTimes = array(fresh);
        List<double[]> baseUnits =
                baseCalibrations.stream().map(Interval::array).toList();
        List<double[]> freshUnits =
                freshCalibrations.stream().map(Interval::array).toList();
        UniformRandomProvider random = RandomSource.XO_RO_SHI_RO_128_PP.create(SEED);
        double[] ratios = new double[RESAMPLES];
        for (int i = 0; i < RESAMPLES; i++) {
            double calibration = unit(baseUnits, each -> quiet(drawn(each, random)))
                    / unit(freshUnits, each -> quiet(drawn(each, random)));
            ratios[i] = quiet(drawn(freshTimes, random)) / quiet(drawn(baseTimes, random)) * calibration;
        }
        double tail = (1 - CONFIDENCE) / 2;
        double[] ends = Quantile.withDefaults().evaluate(ratios, tail, 1 - tail);
        double calibration = unit(baseUnits, Interval::quiet) / unit(freshUnits, Interval::quiet);
        return new Interval(quiet(freshTimes) / quiet(baseTimes) * calibration, ends[0], ends[1]);
    }

    /** Returns the geometric mean of the calibrations; 1 if there are none. */
    private static double unit(List<double[]> calibrations, ToDoubleFunction<double[]> time) {
        return Math.exp(calibrations.stream()
                .mapToDouble(each -> Math.log(time.applyAsDouble(each)))
                .average()
                .orElse(0));
    }

    /** Returns the least of the forks' times. */
    static double quiet(List<Double> times) {
        return quiet(array(times));
    }

    private static double quiet(double[] times) {
        return Arrays.stream(times).min().orElseThrow();
    }

    private static double[] array(List<Double> values) {
        return values.stream().mapToDouble(Double::doubleValue).toArray();
    }

    private static double[] drawn(double[] sample, UniformRandomProvider random) {
        double[] drawn = new double[sample.length];
        for (int i = 0; i < drawn.length; i++) {
            drawn[i] = sample[random.nextInt(sample.length)];
        }
        return drawn;
    }
}
