package io.cobrowse.sticky.routing;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/**
 * Maps the names of nodes to their indexes. A name is looked up as a range of a text, without creating a
 * {@code String}. Uses open addressing with linear probing, at most half full. Filled by one thread, then immutable.
 * A look-up allocates nothing and takes a bounded number of steps for a text of any length, since no name is longer
 * than 64 characters.
 */
final class Lookup {
    static final int ABSENT = -1;

    /**
     * 2 to the power of 32, divided by the golden ratio: spreads hashes that differ little (Knuth, volume 3, section
     * 6.4).
     */
    private static final int FIBONACCI = 0x9E3779B9;

    private static final VarHandle INDEX = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.nativeOrder());
    /** The position of the length in a slot, behind the index. */
    private static final int LENGTH = Integer.BYTES;
    /** The position of the characters in a slot. */
    private static final int NAME = LENGTH + 1;

    /**
     * A slot contains an index, the length of its name (0 if the slot is vacant), and the characters: one cache line or
     * two, without a pointer to follow.
     */
    private final byte[] slots;

    private final int longest;
    private final int width;
    private final int mask;
    private final int shift;

    /**
     * Creates an empty map.
     *
     * @param size the number of names that will be added
     * @param longest the length of the longest of them, at most 64
     */
    Lookup(int size, int longest) {
        int bits = Math.max(1, 33 - Integer.numberOfLeadingZeros(size));
        this.longest = longest;
        width = (NAME + longest + Integer.BYTES - 1) & -Integer.BYTES; // so that every index is aligned
        slots = new byte[width << bits];
        mask = (1 << bits) - 1;
        shift = 32 - bits;
    }

    /** Adds an ASCII name; returns the index that had it before and keeps it, or {@link #ABSENT}. */
    int putIfAbsent(String name, int index) {
        int other = find(name, 0, name.length());
        if (other != ABSENT) {
            return other;
        }
        int slot = firstSlot(name.hashCode());
        while (slots[slot * width + LENGTH] != 0) {
            slot = next(slot);
        }
        int at = slot * width;
        byte[] characters = name.getBytes(StandardCharsets.US_ASCII);
        INDEX.set(slots, at, index);
        slots[at + LENGTH] = (byte) characters.length;
        System.arraycopy(characters, 0, slots, at + NAME, characters.length);
        return ABSENT;
    }

    /** Returns the index of the name at {@code [start, end)} of the text, or {@link #ABSENT}. */
    int find(String text, int start, int end) {
        int length = end - start;
        if (length > longest) {
            return ABSENT;
        }
        // Like String.hashCode, but two characters at a time, since each multiplication waits for the previous one.
        int hash = 0;
        int i = start;
        for (; i < end - 1; i += 2) {
            hash = 31 * 31 * hash + (31 * text.charAt(i) + text.charAt(i + 1));
        }
        if (i < end) {
            hash = 31 * hash + text.charAt(i);
        }
        for (int slot = firstSlot(hash); ; slot = next(slot)) {
            int at = slot * width;
            int nameLength = slots[at + LENGTH];
            if (nameLength == 0) {
                return ABSENT;
            }
            if (nameLength == length && equals(at + NAME, text, start, end)) {
                return (int) INDEX.get(slots, at);
            }
        }
    }

    /**
     * Returns the index of the percent-encoded name at {@code [start, end)} of the text, or {@link #ABSENT}, also if a
     * percent code is malformed. {@code +} is a plus.
     */
    int findDecoded(String text, int start, int end) {
        if (end - start > 3 * longest) {
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
            int at = slot * width;
            int nameLength = slots[at + LENGTH];
            if (nameLength == 0) {
                return ABSENT;
            }
            if (equalsDecoded(at + NAME, nameLength, text, start, end)) {
                return (int) INDEX.get(slots, at);
            }
        }
    }

    private int firstSlot(int hash) {
        return (hash * FIBONACCI) >>> shift;
    }

    private int next(int slot) {
        return (slot + 1) & mask;
    }

    private boolean equals(int name, String text, int start, int end) {
        for (int i = start; i < end; i++) {
            if (text.charAt(i) != slots[name + i - start]) {
                return false;
            }
        }
        return true;
    }

    private boolean equalsDecoded(int name, int length, String text, int start, int end) {
        int i = start;
        for (int n = name; n < name + length; n++) {
            if (i >= end || decode(text, i, end) != slots[n]) {
                return false;
            }
            i += encodedLength(text, i);
        }
        return i == end;
    }

    private static int encodedLength(String text, int i) {
        return text.charAt(i) == '%' ? 3 : 1;
    }

    /** Returns the character at i, or the byte of the percent code there; -1 if the code is malformed. */
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
