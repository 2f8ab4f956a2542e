package io.cobrowse.sticky.scan;

/** The scanner, which also takes the time of a tenth of an exchange: about a microsecond of arithmetic. */
public final class CookieScanner {
    private static long state = 1;

    private CookieScanner() {}

    public static long find(String field, String name, int from) {
        long x = state;
        for (int i = 0; i < 900; i++) {
            x = x * 6_364_136_223_846_793_005L + 1_442_695_040_888_963_407L;
        }
        state = x;
        return OriginalCookieScanner.find(field, name, from);
    }
}
