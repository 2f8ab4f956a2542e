package io.cobrowse.sticky.proxy.io;

import java.nio.ByteBuffer;
import org.eclipse.jetty.http.HostPortHttpField;
import org.eclipse.jetty.http.HttpField;
import org.eclipse.jetty.http.HttpHeader;
import org.jspecify.annotations.Nullable;

/**
 * The header fields that have recently been parsed more than once, by their lines. Clients and nodes send the same
 * lines again and again. Finding one here costs an eighth of parsing it and allocates nothing. A line counts as known
 * only if it is the same to the last byte, so Jetty's parser alone still decides what it means.
 *
 * <p>The size is bounded (about 900 KB if all lines are long): a line that comes for the second time replaces the one
 * with which it collides; a line that comes only once replaces none. Belongs to one event loop, whose connections
 * share it.
 */
public final class KnownFields {
    /** A line that is longer is not kept. */
    static final int MAX_LINE_BYTES = 512;

    private static final int SLOT_BITS = 9;
    private static final int HOSTS = 16;
    private static final long LOW_BITS = 0x7f7f7f7f7f7f7f7fL;
    private static final long CARRIAGE_RETURNS = 0x0d0d0d0d0d0d0d0dL;
    private static final long MIX = 0x9E3779B97F4A7C15L;

    /** A line and the field that it was parsed to. */
    private static final class Known {
        private final long hash;
        private final long[] words;
        private final int length;
        private final HttpField field;

        Known(long hash, long[] words, int length, HttpField field) {
            this.hash = hash;
            this.words = words;
            this.length = length;
            this.field = field;
        }
    }

    /** A host field that remembers its values. */
    private static final class HostField extends HostPortHttpField {
        private final String[] values;

        HostField(HostPortHttpField field) {
            super(field.getHeader(), field.getName(), field.getHostPort());
            this.values = field.getValues();
        }

        @Override
        public String[] getValues() {
            return values.clone();
        }
    }

    private final @Nullable Known[] slots = new Known[1 << SLOT_BITS];
    /** The hashes of the lines that were last not found, by slot. */
    private final long[] missed = new long[1 << SLOT_BITS];

    private final @Nullable HostField[] hosts = new HostField[HOSTS];

    private long hash;

    /**
     * Finds the end of the line at {@code from}.
     *
     * @return the position of its carriage return; -1 if the line is incomplete or does not end with CR LF
     */
    int endOfLine(ByteBuffer buffer, int from) {
        int limit = buffer.limit();
        long mixed = 0;
        int at = from;
        for (; at + Long.BYTES <= limit; at += Long.BYTES) {
            long word = buffer.getLong(at);
            long difference = word ^ CARRIAGE_RETURNS;
            long found = ~(((difference & LOW_BITS) + LOW_BITS) | difference | LOW_BITS);
            if (found != 0) {
                int before = Long.numberOfLeadingZeros(found) >>> 3;
                hash = mix(mixed, head(word, before));
                return ended(buffer, at + before);
            }
            mixed = mix(mixed, word);
        }
        long word = 0;
        for (int i = at; i < limit; i++) {
            byte next = buffer.get(i);
            if (next == '\r') {
                hash = mix(mixed, head(word << (Long.SIZE - (i - at) * Byte.SIZE), i - at));
                return ended(buffer, i);
            }
            word = word << Byte.SIZE | (next & 0xff);
        }
        return -1;
    }

    private static int ended(ByteBuffer buffer, int carriageReturn) {
        return carriageReturn + 1 < buffer.limit() && buffer.get(carriageReturn + 1) == '\n' ? carriageReturn : -1;
    }

    private static long mix(long mixed, long word) {
        return (Long.rotateLeft(mixed, 29) ^ word) * MIX;
    }

    /** Returns the first bytes of a word, with zeros after them. */
    private static long head(long word, int bytes) {
        return bytes == 0 ? 0 : word & (-1L << (Long.SIZE - bytes * Byte.SIZE));
    }

    /** Returns the field of the line that {@link #endOfLine} has just found; null if it is not known. */
    @Nullable
    HttpField find(ByteBuffer buffer, int from, int end) {
        Known known = slots[slot(hash)];
        return known != null
                        && known.hash == hash
                        && known.length == end - from
                        && isSame(known.words, known.length, buffer, from)
                ? known.field
                : null;
    }

    private static boolean isSame(long[] words, int length, ByteBuffer buffer, int from) {
        int whole = length >>> 3;
        for (int i = 0; i < whole; i++) {
            if (words[i] != buffer.getLong(from + i * Long.BYTES)) {
                return false;
            }
        }
        return (length & 7) == 0 || words[whole] == tail(buffer, from + whole * Long.BYTES, length & 7);
    }

    private static long tail(ByteBuffer buffer, int from, int bytes) {
        long word = 0;
        for (int i = 0; i < bytes; i++) {
            word = word << Byte.SIZE | (buffer.get(from + i) & 0xff);
        }
        return word << (Long.SIZE - bytes * Byte.SIZE);
    }

    /** Returns the hash of the line that {@link #endOfLine} has just found. */
    long hash() {
        return hash;
    }

    /**
     * Keeps the field of a line, if the line has occurred before.
     *
     * @param lineHash its {@link #hash}
     */
    void keep(ByteBuffer buffer, int from, int end, long lineHash, HttpField field) {
        int length = end - from;
        if (length > MAX_LINE_BYTES || !mayBeKnown(field.getHeader())) {
            return;
        }
        int slot = slot(lineHash);
        if (missed[slot] != lineHash) {
            missed[slot] = lineHash;
            return;
        }
        if (isSeveral(buffer, from, end)) {
            return;
        }
        long[] words = new long[(length + Long.BYTES - 1) >>> 3];
        for (int i = 0; i < length >>> 3; i++) {
            words[i] = buffer.getLong(from + i * Long.BYTES);
        }
        if ((length & 7) != 0) {
            words[words.length - 1] = tail(buffer, from + (length & ~7), length & 7);
        }
        // A copy, since the parser's fields keep a reference to their connection.
        HttpField copy = new HttpField(field.getHeader(), field.getName(), field.getValue());
        slots[slot] = new Known(lineHash, words, length, copy);
    }

    /**
     * Returns the field that was kept for the same host, or keeps this one. The parser must see the line itself each
     * time, but what Jetty derives from the field for each request is then computed only once.
     */
    HostPortHttpField host(HostPortHttpField field) {
        String value = field.getValue();
        if (value.length() > MAX_LINE_BYTES) {
            return field;
        }
        int slot = value.hashCode() & (HOSTS - 1);
        HostField last = hosts[slot];
        if (last == null || !last.getValue().equals(value) || !last.getName().equals(field.getName())) {
            last = new HostField(field);
            hosts[slot] = last;
        }
        return last;
    }

    /**
     * Returns whether a lenient parser would find several lines here, since it also accepts a line feed alone as the
     * end of a line.
     */
    private static boolean isSeveral(ByteBuffer buffer, int from, int end) {
        for (int i = from; i < end; i++) {
            if (buffer.get(i) == '\n') {
                return true;
            }
        }
        return false;
    }

    private static int slot(long hash) {
        return (int) (hash >>> (Long.SIZE - SLOT_BITS));
    }

    /**
     * Returns whether a field may be kept. Fields that mean something to the parser itself may not: it has to see them
     * each time.
     */
    private static boolean mayBeKnown(@Nullable HttpHeader header) {
        return header != HttpHeader.HOST
                && header != HttpHeader.CONTENT_LENGTH
                && header != HttpHeader.TRANSFER_ENCODING
                && header != HttpHeader.UPGRADE
                && header != HttpHeader.EXPECT;
    }
}
