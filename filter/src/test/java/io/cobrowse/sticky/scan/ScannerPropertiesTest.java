package io.cobrowse.sticky.scan;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/** Compares the scanners with the reference on fields and queries that are full of near misses. */
class ScannerPropertiesTest {
    private static final String COOKIE = "gcbSessionServer";
    private static final String PARAMETER = "co-browse-node-id";

    @Property(tries = 20_000)
    void shouldFindTheCookiesThatTheReferenceFinds(@ForAll("cookieFields") String field) {
        assertThat(cookies(field, COOKIE, 0)).isEqualTo(ReferenceScanners.cookies(field, COOKIE, 0));
    }

    @Property(tries = 5_000)
    void shouldFindCookiesFromAnyIndex(@ForAll("cookieFields") String field, @ForAll("indexes") int from) {
        assertThat(cookies(field, COOKIE, from)).isEqualTo(ReferenceScanners.cookies(field, COOKIE, from));
    }

    /** Short, self-overlapping names, where an occurrence may begin within another. */
    @Property(tries = 5_000)
    void shouldFindCookiesOfOverlappingNames(
            @ForAll("overlapping") String field, @ForAll("overlappingNames") String name) {
        assertThat(cookies(field, name, 0)).isEqualTo(ReferenceScanners.cookies(field, name, 0));
    }

    @Property(tries = 20_000)
    void shouldFindTheParametersThatTheReferenceFinds(@ForAll("queries") String query) {
        assertThat(parameters(query, PARAMETER, 0)).isEqualTo(ReferenceScanners.parameters(query, PARAMETER, 0));
    }

    @Property(tries = 5_000)
    void shouldFindParametersFromAnyIndex(@ForAll("queries") String query, @ForAll("indexes") int from) {
        assertThat(parameters(query, PARAMETER, from)).isEqualTo(ReferenceScanners.parameters(query, PARAMETER, from));
    }

    @Property(tries = 5_000)
    void shouldFindParametersOfOverlappingNames(
            @ForAll("overlapping") String query, @ForAll("overlappingNames") String name) {
        assertThat(parameters(query, name, 0)).isEqualTo(ReferenceScanners.parameters(query, name, 0));
    }

    @Property(tries = 20_000)
    void shouldFindParametersWithinATextAsIfTheQueryWereAlone(
            @ForAll("queries") String before, @ForAll("queries") String query, @ForAll("queries") String behind) {
        int start = before.length();
        List<Long> alone = parameters(query, PARAMETER, 0).stream()
                .map(slice -> Slice.of(start + Slice.start(slice), start + Slice.end(slice)))
                .toList();
        assertThat(parametersWithin(before + query + behind, start, start + query.length()))
                .isEqualTo(alone);
    }

    @Property
    void shouldReturnNoneOrASliceWithinForAnyStrings(@ForAll String text, @ForAll String name, @ForAll int from) {
        assertNoneOrWithin(text, CookieScanner.find(text, name, from));
        assertNoneOrWithin(text, QueryScanner.find(text, name, from));
    }

    @Provide
    Arbitrary<String> cookieFields() {
        return joined(
                COOKIE,
                "gcbSessionServe",
                "cbSessionServer",
                "GCBSessionServer",
                "=",
                ";",
                " ",
                "\t",
                "\"",
                ",",
                "node-1",
                "x",
                "\u0416",
                "; " + COOKIE + "=",
                ";" + COOKIE + "=\"a\"",
                COOKIE + " = ");
    }

    @Provide
    Arbitrary<String> queries() {
        return joined(
                PARAMETER,
                "co-browse-node-i",
                "o-browse-node-id",
                "Co-browse-node-id",
                "=",
                "&",
                ";",
                "?",
                "%",
                "%31",
                "+",
                "1",
                "\u0416",
                "&" + PARAMETER + "=",
                "&" + PARAMETER + "=2");
    }

    @Provide
    Arbitrary<String> overlapping() {
        return joined("a", "aa", "b", "ab", "=", ";", "&", " ", "aba=");
    }

    @Provide
    Arbitrary<String> overlappingNames() {
        return Arbitraries.of("a", "aa", "aaa", "aba", "ab");
    }

    @Provide
    Arbitrary<Integer> indexes() {
        return Arbitraries.oneOf(
                Arbitraries.integers().between(-2, 120),
                Arbitraries.of(Integer.MIN_VALUE, Integer.MAX_VALUE, Integer.MAX_VALUE - 1));
    }

    private static Arbitrary<String> joined(String... parts) {
        return Arbitraries.of(parts).list().ofMaxSize(16).map(list -> String.join("", list));
    }

    private static List<Long> cookies(String field, String name, int from) {
        List<Long> found = new ArrayList<>();
        for (long slice = CookieScanner.find(field, name, from);
                slice != Slice.NONE;
                slice = CookieScanner.find(field, name, Slice.end(slice))) {
            found.add(slice);
        }
        return found;
    }

    private static List<Long> parameters(String query, String name, int from) {
        List<Long> found = new ArrayList<>();
        for (long slice = QueryScanner.find(query, name, from);
                slice != Slice.NONE;
                slice = QueryScanner.find(query, name, Slice.end(slice))) {
            found.add(slice);
        }
        return found;
    }

    private static List<Long> parametersWithin(String text, int start, int end) {
        List<Long> found = new ArrayList<>();
        for (long slice = QueryScanner.find(text, start, end, PARAMETER, start);
                slice != Slice.NONE;
                slice = QueryScanner.find(text, start, end, PARAMETER, Slice.end(slice))) {
            found.add(slice);
        }
        return found;
    }

    private static void assertNoneOrWithin(String text, long slice) {
        if (slice != Slice.NONE) {
            assertThat(Slice.start(slice)).isBetween(0, text.length() - 1);
            assertThat(Slice.end(slice)).isBetween(Slice.start(slice) + 1, text.length());
        }
    }
}
