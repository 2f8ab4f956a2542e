package io.cobrowse.sticky.scan;

/**
 * A range of a {@code String}, packed into a {@code long} so that returning one allocates nothing: the start, inclusive,
 * in the upper half and the end, exclusive, in the lower.
 */
public final class Slice {

    /** No range. Every other slice is zero or positive. */
    public static final long NONE = -1;

    private Slice() {}

    /** Packs {@code 0 <= start <= end}; neither is checked. */
    public static long of(int start, int end) {
        return ((long) start << 32) | end;
    }

    /** Returns the index of the first character; -1 for {@link #NONE}. */
    public static int start(long slice) {
        return (int) (slice >> 32);
    }

    /** Returns the index after the last character; -1 for {@link #NONE}. */
    public static int end(long slice) {
        return (int) slice;
    }
}
