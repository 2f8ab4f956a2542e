package io.cobrowse.sticky.scan;

/**
 * Finds a parameter in a raw query string.
 *
 * <pre>
 * query = pair *( "&amp;" pair )
 * pair  = name [ "=" value ]
 * value = *char
 * char  = any character but "&amp;"
 * </pre>
 *
 * Nothing is decoded: the name is compared exactly, and the slice holds the value as it stands in the query, percent
 * codes and all. Neither {@code ;} nor {@code ?} splits.
 *
 * <p>The scanner searches for the name, as {@link CookieScanner} does, and checks two characters around each
 * occurrence. Time is linear in the query, whatever it holds: the search resumes after each occurrence, and since a
 * name contains no {@code &}, no pair starts within a rejected one.
 *
 * <p>Thread-safe, stateless; allocates nothing and throws nothing for any query.
 */
public final class QueryScanner {

    private QueryScanner() {}

    /**
     * Returns the value of the first parameter of a name that has a value.
     *
     * <p>For the next occurrence call again from the end of the slice returned.
     *
     * @param query the raw query, without the {@code ?}
     * @param name the parameter's name, without {@code &} and {@code =}; an empty one is never found
     * @param from where to start: only pairs that begin at or after this index count; any value is allowed
     * @return the slice of the raw value, never empty, or {@link Slice#NONE}
     */
    public static long find(String query, String name, int from) {
        if (name.isEmpty()) {
            return Slice.NONE;
        }
        // Without an index, the search from the start is a few nanoseconds faster.
        int start = from <= 0 ? query.indexOf(name) : query.indexOf(name, from);
        while (start >= 0) {
            int end = start + name.length();
            if ((start == 0 || query.charAt(start - 1) == '&') && end < query.length() && query.charAt(end) == '=') {
                int valueEnd = valueEnd(query, end + 1);
                if (valueEnd > end + 1) {
                    return Slice.of(end + 1, valueEnd);
                }
            }
            start = query.indexOf(name, end);
        }
        return Slice.NONE;
    }

    /**
     * Like {@link #find(String, String, int)}, for a query that is part of a longer text, such as a URL. The slice is
     * a range of that text.
     *
     * @param queryStart index of the query's first character, at most the text's length
     * @param queryEnd index after its last
     */
    public static long find(String text, int queryStart, int queryEnd, String name, int from) {
        if (name.isEmpty()) {
            return Slice.NONE;
        }
        int start = text.indexOf(name, Math.max(from, queryStart));
        while (start >= 0) {
            int end = start + name.length();
            if (end >= queryEnd) {
                return Slice.NONE;
            }
            if ((start == queryStart || text.charAt(start - 1) == '&') && text.charAt(end) == '=') {
                int valueEnd = Math.min(valueEnd(text, end + 1), queryEnd);
                if (valueEnd > end + 1) {
                    return Slice.of(end + 1, valueEnd);
                }
            }
            start = text.indexOf(name, end);
        }
        return Slice.NONE;
    }

    private static int valueEnd(String query, int from) {
        int ampersand = query.indexOf('&', from);
        return ampersand < 0 ? query.length() : ampersand;
    }
}
