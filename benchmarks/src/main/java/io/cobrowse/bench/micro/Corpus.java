package io.cobrowse.bench.micro;

import org.jspecify.annotations.Nullable;

/**
 * The inputs of the scanners: {@code Cookie} fields and query strings as browsers send them to a site with analytics,
 * and some that an attacker might send. Each input knows the value to be found.
 */
public final class Corpus {
    /** The cookie to be found. */
    static final String COOKIE = "gcbSessionServer";
    /** The query parameter to be found. */
    static final String PARAMETER = "co-browse-node-id";

    private static final String SET = COOKIE + "=node-2";
    private static final String GOOGLE =
            "_ga=GA1.2.1826373112.1700000000; _gid=GA1.2.993214101.1700000000; _gat=1; _fbp=fb.1.1700000000000.1186";
    private static final String SESSION =
            "JSESSIONID=1bq8k2x0c4w9d1m7p5h3zjv6e0; lang=en-US; cookieConsent=analytics%3Dtrue%2Cmarketing%3Dfalse";
    private static final String BAYEUX = "BAYEUX_BROWSER=4a2b1c9d8e7f6a5b";

    private Corpus() {}

    /** Values of a {@code Cookie} field. */
    public enum Cookie {
        SHORT(SET, "node-2"),
        TYPICAL_FIRST(SET + "; " + GOOGLE + "; " + SESSION + "; " + BAYEUX, "node-2"),
        TYPICAL_MIDDLE(GOOGLE + "; " + SET + "; " + SESSION + "; " + BAYEUX, "node-2"),
        TYPICAL_LAST(GOOGLE + "; " + SESSION + "; " + BAYEUX + "; " + SET, "node-2"),
        TYPICAL_ABSENT(GOOGLE + "; " + SESSION + "; " + BAYEUX, null),
        ANALYTICS_MIDDLE(analytics(12) + "; " + SET + "; " + analytics(12), "node-2"),
        ANALYTICS_LAST(analytics(24) + "; " + SET, "node-2"),
        ANALYTICS_ABSENT(analytics(24), null),
        DUPLICATES(GOOGLE + "; " + SET + "; lang=en; " + COOKIE + "=node-3; " + COOKIE + "=node-1", "node-2"),
        QUOTED(GOOGLE + "; " + COOKIE + "=\"node-2\"; " + BAYEUX, "node-2"),
        PERCENT_CODED(GOOGLE + "; " + COOKIE + "=node%2D2; " + BAYEUX, "node%2D2"),
        /** Names that end or begin like the cookie's, or differ in one letter; 4 KiB. */
        NEAR_MISSES(("x" + SET + "; " + COOKIE + "2=node-1; gcbSessionserver=node-1; ").repeat(55) + SET, "node-2"),
        /** Only names that end like the cookie's, as short as possible: the most occurrences in 4 KiB. */
        HOSTILE(hostile(4), "node-2"),
        /** The same in 1 KiB and in 16 KiB, so that a time which grows faster than the field shows. */
        HOSTILE_SHORT(hostile(1), "node-2"),
        HOSTILE_LONG(hostile(16), "node-2");

        private final String field;
        private final @Nullable String value;

        Cookie(String field, @Nullable String value) {
            this.field = field;
            this.value = value;
        }

        /** Returns the field's value. */
        String field() {
            return field;
        }

        /** Returns the value of the first {@value Corpus#COOKIE}; null if there is none. */
        @Nullable
        String value() {
            return value;
        }
    }

    /** Raw query strings. */
    public enum Query {
        SHORT(PARAMETER + "=2", "2"),
        TYPICAL_FIRST(PARAMETER + "=2&" + campaign(1) + "&r=1700000000000", "2"),
        TYPICAL_MIDDLE(campaign(1) + "&" + PARAMETER + "=2&r=1700000000000", "2"),
        TYPICAL_ABSENT(campaign(1) + "&r=1700000000000", null),
        LONG_LAST(campaign(25) + "&" + PARAMETER + "=2", "2"),
        LONG_ABSENT(campaign(25), null),
        DUPLICATES(PARAMETER + "=2&lang=en&" + PARAMETER + "=3&" + PARAMETER + "=1", "2"),
        PERCENT_CODED(campaign(1) + "&" + PARAMETER + "=%32", "%32"),
        NEAR_MISSES(
                ("x" + PARAMETER + "=1&" + PARAMETER + "s=1&Co-browse-node-id=1&").repeat(65) + PARAMETER + "=2", "2"),
        HOSTILE(("x" + PARAMETER + "&").repeat(212) + PARAMETER + "=2", "2");

        private final String query;
        private final @Nullable String value;

        Query(String query, @Nullable String value) {
            this.query = query;
            this.value = value;
        }

        /** Returns the raw query string. */
        String query() {
            return query;
        }

        /** Returns the first value of {@value Corpus#PARAMETER}, not decoded; null if there is none. */
        @Nullable
        String value() {
            return value;
        }
    }

    /** Returns a field of the typical 260 bytes with the cookie in the middle. */
    static String typicalCookies(String value) {
        return GOOGLE + "; " + COOKIE + "=" + value + "; " + SESSION + "; " + BAYEUX;
    }

    /** Returns a query of the typical length with the parameter in the middle. */
    static String typicalQuery(String value) {
        return campaign(1) + "&" + PARAMETER + "=" + value + "&r=1700000000000";
    }

    private static String hostile(int kib) {
        return ("x" + COOKIE + ";").repeat(56 * kib) + SET;
    }

    private static String analytics(int cookies) {
        StringBuilder field = new StringBuilder();
        for (int i = 0; i < cookies; i++) {
            field.append(i == 0 ? "" : "; ")
                    .append("_hjSession_")
                    .append(2_000_000 + 7919 * i)
                    .append(
                            "=eyJpZCI6IjdlNGM0YjI1LTk4ZjEtNDZhNS1hZjYzLTYwMGU0ZDRhYzJkNyIsImMiOjE3MDAwMDAwMDAwMDAsInMiOjAs")
                    .append("InIiOjAsInNiIjowLCJzciI6MCwic2UiOjAsImZzIjoxfQ%3D%3D");
        }
        return field.toString();
    }

    private static String campaign(int times) {
        StringBuilder query = new StringBuilder();
        for (int i = 0; i < times; i++) {
            query.append(i == 0 ? "" : "&")
                    .append("utm_source=newsletter&utm_medium=email&utm_campaign=autumn%20sale&utm_term=")
                    .append(i)
                    .append("&gclid=EAIaIQobChMI8J7y6vXz_AIVjdCyCh0xYwPKEAAYASAAEgL&page=%2Fshop%2Fcart&step=2");
        }
        return query.toString();
    }
}
