package io.cobrowse.measuring;

import java.util.Locale;

/** Formats percentiles for people. */
public final class Percentiles {
    private static final String TOO_FEW = "too few";

    private Percentiles() {}

    /** Returns whether there are enough samples for a percentile: at least one of them has to lie above it. */
    public static boolean known(long count, double percentile) {
        return count * (100 - percentile) >= 100 - 1e-6;
    }

    /** Returns the figure as text, or a text saying that there are too few samples for it. */
    public static String text(long count, double percentile, String format, double figure) {
        return known(count, percentile) ? String.format(Locale.ROOT, format, figure) : TOO_FEW;
    }
}
