package io.cobrowse.load.capacity;

/**
 * The part that used the greatest share of its processors. Immutable.
 *
 * @param name the name of the part: the measured component, or everything else
 * @param busy that share, 0 to 1; NaN if unknown
 * @param own whether it is the measured component; true also if unknown
 */
record Bottleneck(String name, double busy, boolean own) {
    static final Bottleneck UNKNOWN = new Bottleneck("unknown", Double.NaN, true);

    /** How much busier the others must be to count: small differences vary from trial to trial. */
    private static final double CLEARLY = 1.25;

    /** Returns the measured component, unless the others were clearly busier. */
    static Bottleneck of(String own, double ownBusy, String others, double othersBusy) {
        return othersBusy > CLEARLY * ownBusy
                ? new Bottleneck(others, othersBusy, false)
                : new Bottleneck(own, ownBusy, true);
    }
}
