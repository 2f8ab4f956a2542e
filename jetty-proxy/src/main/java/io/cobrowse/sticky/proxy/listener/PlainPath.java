package io.cobrowse.sticky.proxy.listener;

/**
 * Distinguishes targets whose path every server reads alike from those that servers may read differently. Servers
 * disagree on the order of decoding, cutting parameters, joining slashes and resolving dots, so no single reading
 * holds for all. Rules that depend on the path can judge only a path that needs none of these steps. Stateless;
 * allocates nothing.
 */
final class PlainPath {
    private static final int MAX_ASCII = 0x7F;

    private PlainPath() {}

    /**
     * Returns whether the target is in origin form, or in absolute form with a plain authority (RFC 9112, 3.2), and its path has
     *
     * <ul>
     *   <li>no segment that is empty (except the last), {@code .} or {@code ..}, with or without parameters;
     *   <li>no {@code ;} except in the last segment;
     *   <li>no backslash, no control character, nothing that is not ASCII;
     *   <li>no encoded {@code / \ . % ; ? #}, no encoded control character;
     *   <li>no percent sign without two hexadecimal digits, and beyond ASCII only valid UTF-8 behind them.
     * </ul>
     *
     * @param target as received
     * @param path the path of it as Jetty has read it
     */
    static boolean is(String target, String path) {
        int begin = pathBegin(target);
        int end = begin + path.length();
        return begin >= 0
                && path.startsWith("/")
                && target.startsWith(path, begin)
                && (end == target.length() || target.charAt(end) == '?')
                && isPlain(path);
    }

    /** Returns the position of the path; -1 if it is unclear. */
    private static int pathBegin(String target) {
        if (target.startsWith("/")) {
            return 0;
        }
        int scheme = target.startsWith("http://") ? 7 : target.startsWith("https://") ? 8 : -1;
        for (int i = scheme; i > 0 && i < target.length(); i++) {
            char c = target.charAt(i);
            if (c == '/') {
                return i == scheme ? -1 : i;
            }
            if (!isOfAuthority(c)) {
                return -1;
            }
        }
        return -1;
    }

    private static boolean isOfAuthority(char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || ".-_:[]".indexOf(c) >= 0;
    }

    private static boolean isPlain(String path) {
        boolean parameters = false;
        int segment = 1;
        for (int i = 1; i < path.length(); i++) {
            char c = path.charAt(i);
            if (c == '/') {
                if (parameters || i == segment || isDots(path, segment, i)) {
                    return false;
                }
                segment = i + 1;
            } else if (c == ';') {
                if (!parameters && isDots(path, segment, i)) {
                    return false;
                }
                parameters = true;
            } else if (c == '%') {
                int length = encodedLength(path, i);
                if (length < 0) {
                    return false;
                }
                i += length - 1;
            } else if (c <= ' ' || c >= MAX_ASCII || c == '\\') {
                return false;
            }
        }
        return parameters || !isDots(path, segment, path.length());
    }

    private static boolean isDots(String path, int begin, int end) {
        int length = end - begin;
        return (length == 1 || length == 2) && path.charAt(begin) == '.' && path.charAt(end - 1) == '.';
    }

    /**
     * Returns the length of the encoded character at {@code i}, which has one to four bytes; -1 if it is not allowed
     * here.
     */
    private static int encodedLength(String path, int i) {
        int first = encodedByte(path, i);
        if (first <= MAX_ASCII) {
            return first < ' ' || first == MAX_ASCII || "/\\.%;?#".indexOf(first) >= 0 ? -1 : 3;
        }
        int more = first >= 0xF0 ? 3 : first >= 0xE0 ? 2 : 1;
        if (first < 0xC2 || first > 0xF4) {
            return -1;
        }
        for (int n = 1; n <= more; n++) {
            int next = encodedByte(path, i + 3 * n);
            if (next < (n == 1 ? leastSecond(first) : 0x80) || next > (n == 1 ? mostSecond(first) : 0xBF)) {
                return -1;
            }
        }
        return 3 * (more + 1);
    }

    // RFC 3629, 4: what the second byte may be where the first one leaves room for overlong forms, surrogates and more.
    private static int leastSecond(int first) {
        return first == 0xE0 ? 0xA0 : first == 0xF0 ? 0x90 : 0x80;
    }

    private static int mostSecond(int first) {
        return first == 0xED ? 0x9F : first == 0xF4 ? 0x8F : 0xBF;
    }

    /** Returns the encoded byte at {@code i}; -1 if there is none. */
    private static int encodedByte(String path, int i) {
        if (i + 2 >= path.length() || path.charAt(i) != '%') {
            return -1;
        }
        int high = hexadecimal(path.charAt(i + 1));
        int low = hexadecimal(path.charAt(i + 2));
        return high < 0 || low < 0 ? -1 : high << 4 | low;
    }

    private static int hexadecimal(char c) {
        return c <= MAX_ASCII ? Character.digit(c, 16) : -1;
    }
}
