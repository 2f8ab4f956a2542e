package io.cobrowse.bench.micro;

import io.cobrowse.sticky.scan.Slice;

/** Simple scanners: pair by pair, character by character. They allocate nothing either. Stateless. */
final class PlainLoops {
    private PlainLoops() {}

    /** Returns the first value of a cookie, without quotes. */
    static long cookie(String field, String name) {
        int length = field.length();
        int pair = 0;
        while (pair < length) {
            int start = skipBlanks(field, pair, length);
            int end = start;
            int equals = -1;
            while (end < length && field.charAt(end) != ';') {
                if (equals < 0 && field.charAt(end) == '=') {
                    equals = end;
                }
                end++;
            }
            if (equals >= 0 && isName(field, start, trimmed(field, start, equals), name)) {
                long value = unquoted(field, skipBlanks(field, equals + 1, end), end);
                if (Slice.start(value) < Slice.end(value)) {
                    return value;
                }
            }
            pair = end + 1;
        }
        return Slice.NONE;
    }

    /** Returns the first value of a parameter, not decoded. */
    static long parameter(String query, String name) {
        int length = query.length();
        int pair = 0;
        while (pair < length) {
            int end = pair;
            int equals = -1;
            while (end < length && query.charAt(end) != '&') {
                if (equals < 0 && query.charAt(end) == '=') {
                    equals = end;
                }
                end++;
            }
            if (equals >= 0 && end > equals + 1 && isName(query, pair, equals, name)) {
                return Slice.of(equals + 1, end);
            }
            pair = end + 1;
        }
        return Slice.NONE;
    }

    private static boolean isName(String text, int start, int end, String name) {
        return end - start == name.length() && text.startsWith(name, start);
    }

    private static long unquoted(String field, int start, int end) {
        int trimmed = trimmed(field, start, end);
        boolean quoted = trimmed - start >= 2 && field.charAt(start) == '"' && field.charAt(trimmed - 1) == '"';
        return quoted ? Slice.of(start + 1, trimmed - 1) : Slice.of(start, trimmed);
    }

    private static int skipBlanks(String text, int from, int end) {
        int i = from;
        while (i < end && isBlank(text.charAt(i))) {
            i++;
        }
        return i;
    }

    /** Returns the end without trailing blanks. */
    private static int trimmed(String text, int start, int end) {
        int i = end;
        while (i > start && isBlank(text.charAt(i - 1))) {
            i--;
        }
        return i;
    }

    private static boolean isBlank(char c) {
        return c == ' ' || c == '\t';
    }
}
