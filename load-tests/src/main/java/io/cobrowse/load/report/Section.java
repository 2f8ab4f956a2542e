package io.cobrowse.load.report;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A part of a report. Immutable.
 *
 * @param text a sentence or two below the heading
 * @param table figures; null for none
 * @param chart a plot; null for none
 */
public record Section(
        String heading,
        String text,
        @Nullable Table table,
        @Nullable Chart chart) {
    /** A section with figures. */
    public static Section of(String heading, String text, Table table) {
        return new Section(heading, text, table, null);
    }

    /** A section with a plot. */
    public static Section of(String heading, String text, Chart chart) {
        return new Section(heading, text, null, chart);
    }

    /**
     * Figures in rows.
     *
     * @param passed whether each row is well, for a mark before it; empty for no marks
     */
    public record Table(List<String> columns, List<List<String>> rows, List<Boolean> passed) {
        /** Rows without marks. */
        public static Table of(List<String> columns, List<List<String>> rows) {
            return new Table(columns, rows, List.of());
        }
    }

    /**
     * A plot: lines or dots over numbers, or bars over labels.
     *
     * @param kind {@code line}, {@code scatter} or {@code bar}
     * @param labels of the bars; empty elsewhere
     * @param markers vertical lines at these places of the horizontal axis, with what they mean
     */
    public record Chart(
            String kind,
            String horizontal,
            String vertical,
            boolean logarithmic,
            List<String> labels,
            List<Series> series,
            List<Marker> markers) {}

    /**
     * One colour.
     *
     * @param points pairs of place and value; for bars the place is the label's index
     * @param dotted whether single dots are drawn in place of a line
     */
    public record Series(String name, List<double[]> points, boolean dotted) {}

    /** A vertical line. */
    public record Marker(double at, String text) {}
}
