package io.cobrowse.sticky.scan;

/** The scanner, a fifth slower: every fifth search is made twice. */
public final class CookieScanner {
    private static int searches;
    private static long sink;

    private CookieScanner() {}

    public static long find(String field, String name, int from) {
        if (++searches == 5) {
            searches = 0;
            sink += OriginalCookieScanner.find(field, name, from);
        }
        return OriginalCookieScanner.find(field, name, from);
    }
}
