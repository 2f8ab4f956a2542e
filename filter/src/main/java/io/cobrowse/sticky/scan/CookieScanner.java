package io.cobrowse.sticky.scan;

/**
 * Finds a cookie in the value of a {@code Cookie} field.
 *
 * <pre>
 * field = pair *( ";" pair )
 * pair  = BWS name BWS [ "=" BWS value BWS ]
 * value = DQUOTE *char DQUOTE / *char            ; the quotes are not part of the slice
 * char  = any character but ";"
 * BWS   = *( SP / HTAB )
 * </pre>
 *
 * This is RFC 6265 section 5.4 as user agents write it, read leniently: {@code ;} alone splits, also between quotes;
 * blanks around name and value are dropped; one pair of quotes around the value is dropped; a comma, a blank or a quote
 * elsewhere is data. Names are compared exactly, values are not decoded.
 *
 * <p>The scanner searches for the name, which the JVM does with vector instructions, and reads the characters around
 * it only where it occurs: forwards over blanks to {@code =}, backwards over blanks to a {@code ;} or the start. Time
 * is linear in the field, whatever it holds: a pair begins with its name, so only the first occurrence in each pair
 * is checked, and the search resumes after the pair. Each character is read a bounded number of times: by the search,
 * by the check around the occurrence, and by the walk to the end of the pair.
 *
 * <p>Thread-safe, stateless; allocates nothing and throws nothing for any field.
 */
public final class CookieScanner {
    /** The number of characters in which the value of a node's cookie ends. */
    private static final int SHORT = 8;

    private CookieScanner() {}

    /**
     * Returns the value of the first cookie of a name that has a value.
     *
     * <p>For the next occurrence call again from the end of the slice returned.
     *
     * @param field the field's value
     * @param name the cookie's name, a token of RFC 9110 section 5.6.2; an empty one is never found
     * @param from where to start: only pairs whose name begins at or after this index count; any value is allowed
     * @return the slice of the value, never empty, or {@link Slice#NONE}
     */
    public static long find(String field, String name, int from) {
        if (name.isEmpty()) {
            return Slice.NONE;
        }
        // Without an index, the search from the start is a few nanoseconds faster.
        int start = from <= 0 ? field.indexOf(name) : field.indexOf(name, from);
        while (start >= 0) {
            int equals = skipBlanks(field, start + name.length());
            if (equals < field.length() && field.charAt(equals) == '=' && beginsPair(field, start)) {
                int end = endOfPair(field, equals + 1);
                long value = value(field, equals + 1, end);
                if (value != Slice.NONE) {
                    return value;
                }
            }
            start = field.indexOf(name, endOfPair(field, equals));
        }
        return Slice.NONE;
    }

    private static boolean beginsPair(String field, int start) {
        for (int i = start - 1; i >= 0; i--) {
            char c = field.charAt(i);
            if (!isBlank(c)) {
                return c == ';';
            }
        }
        return true;
    }

    /** Returns the index of the {@code ;} that ends the pair, or the field's length. */
    private static int endOfPair(String field, int from) {
        int i = from;
        if (from < field.length() - SHORT) {
            // A constant number, so that the JVM unrolls the loop, whose overhead would exceed these few characters.
            for (int k = 0; k < SHORT; k++) {
                if (field.charAt(from + k) == ';') {
                    return from + k;
                }
            }
            i += SHORT;
        }
        while (i < field.length() && field.charAt(i) != ';') {
            i++;
        }
        return i;
    }

    private static int skipBlanks(String field, int from) {
        int i = from;
        while (i < field.length() && isBlank(field.charAt(i))) {
            i++;
        }
        return i;
    }

    /** Returns the value between the {@code =} and the end of the pair; {@link Slice#NONE} if it is empty. */
    private static long value(String field, int from, int end) {
        // Nearly every value begins and ends with a character that cannot be a blank or a quote.
        return from < end && field.charAt(from) > '"' && field.charAt(end - 1) > '"'
                ? Slice.of(from, end)
                : trimmed(field, from, end);
    }

    private static long trimmed(String field, int from, int to) {
        int start = from;
        int end = to;
        while (end > start && isBlank(field.charAt(end - 1))) {
            end--;
        }
        while (start < end && isBlank(field.charAt(start))) {
            start++;
        }
        if (end - start >= 2 && field.charAt(start) == '"' && field.charAt(end - 1) == '"') {
            start++;
            end--;
        }
        return start < end ? Slice.of(start, end) : Slice.NONE;
    }

    private static boolean isBlank(char c) {
        return c == ' ' || c == '\t';
    }
}
