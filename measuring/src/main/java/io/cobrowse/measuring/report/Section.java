package io.cobrowse.measuring.report;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A part of a report. Immutable.
 *
 * @param text a sentence or two below the heading
 * @param table the figures; null for none
 * @param chart a plot; null for none
 * @param html an HTML document that another tool has drawn, shown in a frame; null for none
 */
public record Section(
        String heading,
        String text,
        @Nullable Table table,
        @Nullable Chart chart,
        @Nullable String html) {
    /** A section with figures. */
    public static Section of(String heading, String text, Table table) {
        return new Section(heading, text, table, null, null);
    }

    /** A section with a plot. */
    public static Section of(String heading, String text, Chart chart) {
        return new Section(heading, text, null, chart, null);
    }

    /** A section with a document in a frame. */
    public static Section framed(String heading, String text, String html) {
        return new Section(heading, text, null, null, html);
    }

    /**
     * Figures in rows.
     *
     * @param marks the verdict on each row, null for none; empty if no row has one
     */
    public record Table(List<String> columns, List<List<String>> rows, List<@Nullable Mark> marks) {
        /** Rows without marks. */
        public static Table of(List<String> columns, List<List<String>> rows) {
            return new Table(columns, rows, List.of());
        }
    }
}
