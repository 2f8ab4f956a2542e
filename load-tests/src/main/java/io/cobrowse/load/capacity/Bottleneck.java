package io.cobrowse.load.capacity;

/**
 * What had the greatest share of its processors in use. Immutable.
 *
 * @param name of the part: what is measured, or all else
 * @param busy that share, 0 to 1; NaN where unknown
 * @param own whether it is what is measured; so too where unknown
 */
record Bottleneck(String name, double busy, boolean own) {
    static final Bottleneck UNKNOWN = new Bottleneck("unknown", Double.NaN, true);
}
