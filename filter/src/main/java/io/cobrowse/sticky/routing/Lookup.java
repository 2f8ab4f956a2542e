package io.cobrowse.sticky.routing;

import java.util.Arrays;

/**
 * Maps the names of nodes to their indexes, looked up by a range of a text without making a {@code String} of it. Open
 * addressing with linear probing, at most half full. Filled by one thread, then immutable; a look-up allocates nothing
 * and costs at most a fixed number of steps for the text, however long, for no name is longer than 64 characters.
 */
final class Lookup {
    static final int ABSENT = -1;

    private static final int MAX_NAME_LENGTH = 64;
    private static final String VACANT = "";
    /** 2 to the 32 divided by the golden ratio: spreads hashes that differ little (Knuth, volume 3, section 6.4). */
    private static final int FIBONACCI = 0x9E3779B9;

    private final String[] names;
    private final int[] indexes;
    private final int shift;

    Lookup(int size) {
        int bits = Math.max(1, 33 - Integer.numberOfLeadingZeros(size));
        names = new String[1 << bits];
        Arrays.fill(names, VACANT);
        indexes = new int[names.length];
        shift = 32 - bits;
    }

    /** Adds a name; returns the index that had it before and keeps it, or {@link #ABSENT}. */
    int putIfAbsent(String name, int index) {
        int slot = firstSlot(name.hashCode());
        while (!names[slot].isEmpty()) {
            if (names[slot].equals(name)) {
                return indexes[slot];
            }
            slot = next(slot);
        }
        names[slot] = name;
        indexes[slot] = index;
        return ABSENT;
    }

    /** Returns the index of the name that stands at {@code [start, end)} of the text, or {@link #ABSENT}. */
    int find(String text, int start, int end) {
        int length = end - start;
        if (length > MAX_NAME_LENGTH) {
            return ABSENT;
        }
        int hash = 0; // as String.hashCode
        for (int i = start; i < end; i++) {
            hash = 31 * hash + text.charAt(i);
        }
        for (int slot = firstSlot(hash); ; slot = next(slot)) {
            String name = names[slot];
            if (name.isEmpty()) {
                return ABSENT;
            }
            if (name.length() == length && text.startsWith(name, start)) {
                return indexes[slot];
            }
        }
    }

    /**
     * Returns the index of the name that stands percent-encoded at {@code [start, end)} of the text, or {@link #ABSENT},
     * also when a percent code is malformed. {@code +} is a plus.
     */
    int findDecoded(String text, int start, int end) {
        if (end - start > 3 * MAX_NAME_LENGTH) {
            return ABSENT;
        }
        int hash = 0;
        for (int i = start; i < end; i += encodedLength(text, i)) {
            int c = decode(text, i, end);
            if (c < 0) {
                return ABSENT;
            }
            hash = 31 * hash + c;
        }
        for (int slot = firstSlot(hash); ; slot = next(slot)) {
            String name = names[slot];
            if (name.isEmpty()) {
                return ABSENT;
            }
            if (equalsDecoded(name, text, start, end)) {
                return indexes[slot];
            }
        }
    }

    private int firstSlot(int hash) {
        return (hash * FIBONACCI) >>> shift;
    }

    private int next(int slot) {
        return (slot + 1) & (names.length - 1);
    }

    private static boolean equalsDecoded(String name, String text, int start, int end) {
        int i = start;
        for (int n = 0; n < name.length(); n++) {
            if (i >= end || decode(text, i, end) != name.charAt(n)) {
                return false;
            }
            i += encodedLength(text, i);
        }
        return i == end;
    }

    private static int encodedLength(String text, int i) {
        return text.charAt(i) == '%' ? 3 : 1;
    }

    /** Returns the character, or the byte of the percent code, that stands at i; -1 where the code is malformed. */
    private static int decode(String text, int i, int end) {
        char c = text.charAt(i);
        if (c != '%') {
            return c;
        }
        return i + 2 < end ? (hexDigit(text.charAt(i + 1)) << 4) | hexDigit(text.charAt(i + 2)) : -1;
    }

    /** Returns 0 to 15, or -1. {@code Character.digit} would take the digits of other scripts too. */
    private static int hexDigit(char c) {
        if (c >= '0' && c <= '9') {
            return c - '0';
        }
        char lower = (char) (c | 0x20);
        return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
    }
}
