package io.cobrowse.sticky.proxy.observe;

/**
 * Masks everything in a request target that would let a reader of the log into a session: nine digits in a row, which
 * are a session token, even if percent-encoded; the text after {@code /users/}; values of parameters whose names
 * contain {@code token}; and path parameters, which carry the cookies of clients that accept no cookies. Stateless.
 */
final class Masking {
    static final String MASK = "***";

    private static final int TOKEN_DIGITS = 9;

    private Masking() {}

    /** Returns the target in the form that may be written. */
    static String target(String target) {
        if (isHarmless(target)) {
            return target;
        }
        int query = target.indexOf('?');
        int pathEnd = query < 0 ? target.length() : query;
        StringBuilder masked = new StringBuilder(target.length());
        path(target, pathEnd, masked);
        if (query >= 0) {
            parameters(target, query, masked);
        }
        return tokens(masked);
    }

    /** Returns whether there is certainly nothing to hide, which most targets show quickly. */
    private static boolean isHarmless(String target) {
        int digits = 0;
        for (int i = 0; i < target.length(); i++) {
            char c = target.charAt(i);
            digits = c >= '0' && c <= '9' ? digits + 1 : 0;
            if (digits == TOKEN_DIGITS
                    || c == '?'
                    || c == ';'
                    || c == '%'
                    || (c == '/' && target.regionMatches(true, i, "/users", 0, "/users".length()))) {
                return false;
            }
        }
        return true;
    }

    private static void path(String target, int end, StringBuilder masked) {
        boolean afterUsers = false;
        int start = 0;
        while (start < end) {
            int slash = target.indexOf('/', start + 1);
            int segmentEnd = slash < 0 || slash > end ? end : slash;
            int parameter = target.indexOf(';', start);
            int nameEnd = parameter < 0 || parameter > segmentEnd ? segmentEnd : parameter;
            if (afterUsers && nameEnd > start + 1) {
                masked.append('/').append(MASK);
            } else {
                masked.append(target, start, nameEnd);
            }
            if (nameEnd < segmentEnd) {
                masked.append(';').append(MASK);
            }
            afterUsers = target.regionMatches(true, start, "/users", 0, "/users".length())
                    && nameEnd == start + "/users".length();
            start = segmentEnd;
        }
    }

    /** Masks the parameters of a query, which are split at {@code &} and {@code ;}, since both are in use. */
    private static void parameters(String target, int query, StringBuilder masked) {
        int start = query;
        while (start < target.length()) {
            int end = start + 1;
            while (end < target.length() && target.charAt(end) != '&' && target.charAt(end) != ';') {
                end++;
            }
            int equals = target.indexOf('=', start);
            if (equals >= 0 && equals < end && isSecret(target, start + 1, equals)) {
                masked.append(target, start, equals + 1).append(MASK);
            } else {
                masked.append(target, start, end);
            }
            start = end;
        }
    }

    private static boolean isSecret(String target, int start, int end) {
        for (int i = start; i < end; i++) {
            if (target.charAt(i) == '%' || target.regionMatches(true, i, "token", 0, "token".length())) {
                return true; // An encoded name may be any name.
            }
        }
        return false;
    }

    /** Masks runs of nine or more digits. A longer run may contain a token too, and is of no use to a reader. */
    private static String tokens(StringBuilder text) {
        int run = 0;
        int begin = 0;
        for (int i = 0; i <= text.length(); ) {
            int length = digitLength(text, i);
            if (length > 0) {
                begin = run == 0 ? i : begin;
                run++;
                i += length;
                continue;
            }
            if (run >= TOKEN_DIGITS) {
                text.replace(begin, i, MASK);
                i = begin + MASK.length();
            }
            run = 0;
            i++;
        }
        return text.toString();
    }

    /**
     * Returns the number of characters of the digit at {@code i}: 1, or 3 if it is percent-encoded; 0 if there is no
     * digit.
     */
    private static int digitLength(StringBuilder text, int i) {
        if (i >= text.length()) {
            return 0;
        }
        char c = text.charAt(i);
        if (c >= '0' && c <= '9') {
            return 1;
        }
        boolean encoded = c == '%'
                && i + 2 < text.length()
                && text.charAt(i + 1) == '3'
                && text.charAt(i + 2) >= '0'
                && text.charAt(i + 2) <= '9';
        return encoded ? 3 : 0;
    }
}
