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

    /** So many times as busy others have to be: who is busier by a little differs from trial to trial. */
    private static final double CLEARLY = 1.25;

    /** Returns what is measured, unless all else was clearly busier. */
    static Bottleneck of(String own, double ownBusy, String others, double othersBusy) {
        return othersBusy > CLEARLY * ownBusy
                ? new Bottleneck(others, othersBusy, false)
                : new Bottleneck(own, ownBusy, true);
    }
}
