package io.cobrowse.measuring.report;

import com.fasterxml.jackson.annotation.JsonValue;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.HdrHistogram.Histogram;
import org.HdrHistogram.HistogramIterationValue;

/**
 * A plot. Immutable.
 *
 * @param across what the horizontal numbers are, with their unit; for bars and ratios, the title of the figures' axis
 * @param upright what the vertical numbers are; unused for bars and ratios, which have their labels there
 * @param logarithmic whether the figures' axis is logarithmic
 * @param labels the labels of bars and ratios; otherwise empty
 * @param markers lines at positions on the horizontal axis, with their meaning
 */
public record Chart(
        Kind kind,
        String across,
        String upright,
        boolean logarithmic,
        List<String> labels,
        List<Series> series,
        List<Marker> markers) {
    private static final int PERCENTILE_TICKS_PER_HALF = 5;

    /** How a plot is drawn. */
    public enum Kind {
        /** Lines, or dots, over numbers. */
        LINE,
        /** Horizontal bars, one for each label and series, with whiskers if a point has a low and a high end. */
        BAR,
        /** Dots with whiskers, one for each label and series, around a line at 1. */
        RATIO,
        /** Values over 1 / (1 - percentile), as HdrHistogram plots them. */
        PERCENTILES;

        @JsonValue
        String key() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /**
     * A series, drawn in one colour.
     *
     * @param points pairs of place and value; for bars and ratios, the place is the label's index, and the low and
     *     high ends may follow the value
     * @param dotted whether single dots are drawn instead of a line
     */
    public record Series(String name, List<double[]> points, boolean dotted) {}

    /** A vertical line. */
    public record Marker(double at, String text) {}

    public static Chart lines(String across, String upright, boolean logarithmic, List<Series> series) {
        return new Chart(Kind.LINE, across, upright, logarithmic, List.of(), series, List.of());
    }

    public static Chart bars(String across, boolean logarithmic, List<String> labels, List<Series> series) {
        return new Chart(Kind.BAR, across, "", logarithmic, labels, series, List.of());
    }

    public static Chart ratios(String across, List<String> labels, List<Series> series) {
        return new Chart(Kind.RATIO, across, "", false, labels, series, List.of());
    }

    public static Chart percentiles(String upright, List<Series> series) {
        return new Chart(Kind.PERCENTILES, "percentile", upright, true, List.of(), series, List.of());
    }

    /** Returns the same chart with vertical lines. */
    public Chart with(List<Marker> others) {
        return new Chart(kind, across, upright, logarithmic, labels, series, others);
    }

    /**
     * Returns the curve of a histogram's percentiles, up to the last that is more than one value wide.
     *
     * @param unit by which the values are divided
     */
    public static Series percentiles(String name, Histogram histogram, double unit) {
        List<double[]> points = new ArrayList<>();
        for (HistogramIterationValue each : histogram.percentiles(PERCENTILE_TICKS_PER_HALF)) {
            double rest = 1 - each.getPercentileLevelIteratedTo() / 100;
            if (rest * histogram.getTotalCount() < 1) {
                break;
            }
            points.add(new double[] {1 / rest, each.getValueIteratedTo() / unit});
        }
        return new Series(name, points, false);
    }
}
