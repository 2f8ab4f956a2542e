package io.cobrowse.bench.report;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Bars: for each label one of every series.
 *
 * @param logarithmic whether the axis is, for figures that differ by orders of magnitude
 */
public record Plot(
        String title, String caption, String unit, boolean logarithmic, List<String> labels, List<Series> series) {
    /** One colour's bars, in the order of the labels; null where there is none. */
    public record Series(String name, List<@Nullable Double> values) {}
}
