package io.cobrowse.sticky.scan;

/** The scanner, with one object more: 16 B. */
public final class CookieScanner {
    private static Object sink = new Object();

    private CookieScanner() {}

    public static long find(String field, String name, int from) {
        sink = new Object();
        return OriginalCookieScanner.find(field, name, from);
    }
}
