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
 * <p>The search is for the name, which the JVM does with vector instructions, and only where it occurs are the
 * characters around it looked at: backwards over blanks to a {@code ;} or the start, forwards over blanks to {@code =}.
 * Time is linear in the field, whatever it holds: the search resumes behind each occurrence; since a name holds neither
 * blank nor {@code ;}, no pair starts within one that was turned down, and each blank is passed at most once in each
 * direction.
 *
 * <p>Thread-safe, stateless; allocates nothing and throws nothing for any field.
 */
public final class CookieScanner {

    private CookieScanner() {}

    /**
     * Returns the value of the first cookie of a name that has a value.
     *
     * <p>For the next occurrence call again from the end of the slice returned.
     *
     * @param field the field's value
     * @param name the cookie's name, a token of RFC 9110 section 5.6.2; an empty one is never found
     * @param from where to start: only pairs whose name begins at or behind this index count; any value will do
     * @return the slice of the value, never empty, or {@link Slice#NONE}
     */
    public static long find(String field, String name, int from) {
        if (name.isEmpty()) {
            return Slice.NONE;
        }
        int start = field.indexOf(name, from);
        while (start >= 0) {
            int end = start + name.length();
            if (beginsPair(field, start)) {
                int equals = skipBlanks(field, end);
                if (equals < field.length() && field.charAt(equals) == '=') {
                    long value = value(field, equals + 1);
                    if (Slice.start(value) < Slice.end(value)) {
                        return value;
                    }
                }
            }
            start = field.indexOf(name, end);
        }
        return Slice.NONE;
    }

    private static boolean beginsPair(String field, int start) {
        int i = start - 1;
        while (i >= 0 && isBlank(field.charAt(i))) {
            i--;
        }
        return i < 0 || field.charAt(i) == ';';
    }

    private static int skipBlanks(String field, int from) {
        int i = from;
        while (i < field.length() && isBlank(field.charAt(i))) {
            i++;
        }
        return i;
    }

    /** Returns the value that begins behind the {@code =}; it may be empty. */
    private static long value(String field, int from) {
        int start = skipBlanks(field, from);
        int semicolon = field.indexOf(';', start);
        int end = semicolon < 0 ? field.length() : semicolon;
        while (end > start && isBlank(field.charAt(end - 1))) {
            end--;
        }
        if (end - start >= 2 && field.charAt(start) == '"' && field.charAt(end - 1) == '"') {
            return Slice.of(start + 1, end - 1);
        }
        return Slice.of(start, end);
    }

    private static boolean isBlank(char c) {
        return c == ' ' || c == '\t';
    }
}
