package io.cobrowse.sticky.proxy.exchange;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** The first bytes of a body, copied as it passes through. Not thread-safe. */
final class BodyStart {
    static final int MAX_BYTES = 4 * 1024;
    private static final int FIRST_BYTES = 256;

    private byte[] bytes = new byte[FIRST_BYTES];
    private int size;

    /** Copies the bytes that fit; the content is not changed. */
    void add(ByteBuffer content) {
        int length = Math.min(content.remaining(), MAX_BYTES - size);
        if (length > bytes.length - size) {
            bytes = Arrays.copyOf(bytes, Math.min(MAX_BYTES, Math.max(2 * bytes.length, size + length)));
        }
        content.get(content.position(), bytes, size, length);
        size += length;
    }

    /** Returns the bytes as characters, one by one. */
    String text() {
        return new String(bytes, 0, size, StandardCharsets.ISO_8859_1);
    }
}
