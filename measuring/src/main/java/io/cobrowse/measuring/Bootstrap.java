package io.cobrowse.measuring;

import org.apache.commons.rng.UniformRandomProvider;
import org.apache.commons.rng.simple.RandomSource;
import org.apache.commons.statistics.descriptive.Median;
import org.apache.commons.statistics.descriptive.Quantile;

/** Intervals by the percentile bootstrap: a sample is drawn again and again from itself, with replacement. */
public final class Bootstrap {
    private static final int RESAMPLES = 10_000;
    private static final long SEED = 17;

    private Bootstrap() {}

    /** Returns a sample's median. */
    public static double median(double[] sample) {
        return Median.withDefaults().evaluate(sample);
    }

    /**
     * Returns the bounds of the confidence interval of a sample's median. The same sample always gives the same
     * result.
     *
     * @param confidence such as 0.95
     */
    public static double[] median(double[] sample, double confidence) {
        UniformRandomProvider random = RandomSource.XO_RO_SHI_RO_128_PP.create(SEED);
        double[] medians = new double[RESAMPLES];
        for (int i = 0; i < RESAMPLES; i++) {
            medians[i] = median(drawn(sample, random));
        }
        return ends(medians, confidence);
    }

    /**
     * Returns the ratio of the medians of two samples, the fresh one's to the base's, and the bounds of its
     * confidence interval. The same samples always give the same result.
     */
    public static double[] medianRatio(double[] base, double[] fresh, double confidence) {
        UniformRandomProvider random = RandomSource.XO_RO_SHI_RO_128_PP.create(SEED);
        double[] ratios = new double[RESAMPLES];
        for (int i = 0; i < RESAMPLES; i++) {
            ratios[i] = median(drawn(fresh, random)) / median(drawn(base, random));
        }
        double[] ends = ends(ratios, confidence);
        return new double[] {median(fresh) / median(base), ends[0], ends[1]};
    }

    private static double[] drawn(double[] sample, UniformRandomProvider random) {
        double[] drawn = new double[sample.length];
        for (int i = 0; i < drawn.length; i++) {
            drawn[i] = sample[random.nextInt(sample.length)];
        }
        return drawn;
    }

    private static double[] ends(double[] values, double confidence) {
        double tail = (1 - confidence) / 2;
        return Quantile.withDefaults().evaluate(values, tail, 1 - tail);
    }
}
