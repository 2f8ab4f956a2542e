package io.cobrowse.measuring;

import java.util.List;
import java.util.Locale;

/**
 * The median of several measurements, with the minimum and the maximum. Immutable.
 *
 * @param count how many there are; a single one has no range
 */
public record Spread(double median, double min, double max, int count) {
    /**
     * Returns the spread of measurements.
     *
     * @throws IllegalArgumentException when there are none
     */
    public static Spread of(List<Double> values) {
        if (values.isEmpty()) {
            throw new IllegalArgumentException("No measurements");
        }
        double[] sorted =
                values.stream().mapToDouble(Double::doubleValue).sorted().toArray();
        int middle = sorted.length / 2;
        double median = sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
        return new Spread(median, sorted[0], sorted[sorted.length - 1], sorted.length);
    }

    /**
     * Returns a text such as "91.3 (82.0-99.8)"; without the range if there is only one measurement.
     *
     * @param unit by which the figures are divided
     * @param format of each
     */
    public String text(double unit, String format) {
        return count < 2
                ? String.format(Locale.ROOT, format, median / unit)
                : String.format(
                        Locale.ROOT,
                        format + " (" + format + "-" + format + ")",
                        median / unit,
                        min / unit,
                        max / unit);
    }

    /**
     * Returns a point for a chart: the place, the median, and the minimum and maximum if there are several
     * measurements.
     */
    public double[] point(double place, double unit) {
        return count < 2
                ? new double[] {place, median / unit}
                : new double[] {place, median / unit, min / unit, max / unit};
    }
}
