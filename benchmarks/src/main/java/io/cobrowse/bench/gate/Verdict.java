package io.cobrowse.bench.gate;

import java.util.Locale;

/** The verdict on one case of a comparison. */
public enum Verdict {
    FASTER,
    SAME,
    /** Slower, or it allocates more. */
    SLOWER,
    /** The measurement is too noisy to tell. */
    UNCERTAIN;

    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
