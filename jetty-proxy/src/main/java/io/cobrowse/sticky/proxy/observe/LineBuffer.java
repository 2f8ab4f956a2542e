package io.cobrowse.sticky.proxy.observe;

import java.io.IOException;
import java.io.OutputStream;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Builds lines of ASCII without garbage. Any text becomes a string of RFC 8259, 7, in which only printable ASCII is
 * left unescaped, so that no text can end a line or a string, or move a terminal's cursor. Not thread-safe.
 */
final class LineBuffer {
    private static final byte[] HEX = {'0', '1', '2', '3', '4', '5', '6', '7', '8', '9', 'a', 'b', 'c', 'd', 'e', 'f'};
    /** The longest escape. */
    private static final int ESCAPE_BYTES = 6;

    private byte[] bytes = new byte[64 * 1024];
    private int size;

    int size() {
        return size;
    }

    /** Writes everything to {@code out}; the buffer is empty then, even after a failure. */
    void drainTo(OutputStream out) throws IOException {
        int length = size;
        size = 0;
        out.write(bytes, 0, length);
    }

    /** Appends text that is known to be printable ASCII. */
    LineBuffer ascii(String text) {
        reserve(text.length());
        copy(text, text.length());
        return this;
    }

    /** Copies the first characters, which are ASCII, as bytes, in one move instead of one by one. */
    @SuppressWarnings("deprecation") // For characters that are more than a byte.
    private void copy(String text, int length) {
        text.getBytes(0, length, bytes, size);
        size += length;
    }

    /** Appends bytes that are known to be printable ASCII. */
    LineBuffer bytes(byte[] text) {
        reserve(text.length);
        System.arraycopy(text, 0, bytes, size, text.length);
        size += text.length;
        return this;
    }

    /** Returns a copy of the bytes; the buffer is empty then. */
    byte[] take() {
        byte[] taken = Arrays.copyOf(bytes, size);
        size = 0;
        return taken;
    }

    LineBuffer ascii(char c) {
        reserve(1);
        bytes[size++] = (byte) c;
        return this;
    }

    /** Appends a text in quotes; {@code null} for null. */
    LineBuffer string(@Nullable String text) {
        if (text == null) {
            return ascii("null");
        }
        reserve(2 + ESCAPE_BYTES * text.length());
        bytes[size++] = '"';
        int plain = 0;
        while (plain < text.length() && isPlain(text.charAt(plain))) {
            plain++;
        }
        copy(text, plain);
        for (int i = plain; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '"' || c == '\\') {
                bytes[size++] = '\\';
                bytes[size++] = (byte) c;
            } else if (isPlain(c)) {
                bytes[size++] = (byte) c;
            } else {
                escape(c);
            }
        }
        bytes[size++] = '"';
        return this;
    }

    private static boolean isPlain(char c) {
        return c >= ' ' && c < 0x7F && c != '"' && c != '\\';
    }

    private void escape(char c) {
        bytes[size++] = '\\';
        bytes[size++] = 'u';
        for (int shift = 12; shift >= 0; shift -= 4) {
            bytes[size++] = HEX[(c >> shift) & 0xF];
        }
    }

    LineBuffer number(long value) {
        if (value < 0) {
            return value == Long.MIN_VALUE
                    ? ascii(Long.toString(value))
                    : ascii('-').number(-value);
        }
        int digits = 1;
        for (long rest = value; rest >= 10; rest /= 10) {
            digits++;
        }
        return padded(value, digits);
    }

    /** Appends the last digits of a number, 0 or more, with leading zeros. */
    LineBuffer padded(long value, int digits) {
        reserve(digits);
        long rest = value;
        for (int i = size + digits - 1; i >= size; i--) {
            bytes[i] = (byte) ('0' + rest % 10);
            rest /= 10;
        }
        size += digits;
        return this;
    }

    /** Appends nanoseconds as milliseconds with three decimals; {@code null} if they are negative. */
    LineBuffer millis(long nanos) {
        if (nanos < 0) {
            return ascii("null");
        }
        long micros = nanos / 1000;
        return number(micros / 1000).ascii('.').padded(micros % 1000, 3);
    }

    private void reserve(int more) {
        if (bytes.length - size < more) {
            bytes = Arrays.copyOf(bytes, Math.max(2 * bytes.length, size + more));
        }
    }
}
