package io.cobrowse.sticky.scan;

/** The scanner, a fifth slower on a header of the typical length: it also sums up a part of the field. */
public final class CookieScanner {
    private static int sink;

    private CookieScanner() {}

    public static long find(String field, String name, int from) {
        int sum = 0;
        for (int i = field.length() / 21; i > 0; i--) {
            sum += field.charAt(i);
        }
        sink = sum;
        return OriginalCookieScanner.find(field, name, from);
    }
}
