package io.cobrowse.bench.micro;

import io.cobrowse.sticky.scan.QueryScanner;
import io.cobrowse.sticky.scan.Slice;
import io.netty.handler.codec.http.QueryStringDecoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.eclipse.jetty.util.MultiMap;
import org.eclipse.jetty.util.UrlEncoded;
import org.jspecify.annotations.Nullable;

/**
 * Ways to find the parameter {@value Corpus#PARAMETER} in a query. Each gives the corpus's answer, decoded if the
 * contestant decodes.
 */
public enum QueryContestant {
    /** {@link QueryScanner}. */
    OURS(() -> Finder.scanning(query -> QueryScanner.find(query, Corpus.PARAMETER, 0))),
    /** A loop over the pairs that checks every character. */
    PLAIN_LOOP(() -> Finder.scanning(query -> PlainLoops.parameter(query, Corpus.PARAMETER))),
    SPLIT(() -> Finder.parsing(QueryContestant::split)),
    REGEX(() -> Finder.parsing(QueryContestant::match)),
    /** Jetty's parser, which decodes. */
    JETTY(() -> Finder.parsing(QueryContestant::jetty)),
    /** Netty's parser, which decodes. */
    NETTY(() -> Finder.parsing(QueryContestant::netty)),
    /** The floor, not a contestant: the position of the name, whatever surrounds it. */
    INDEX_OF(() -> Finder.scanning(QueryContestant::indexOf));

    private static final Pattern PATTERN = Pattern.compile("(?:^|&)" + Corpus.PARAMETER + "=([^&]+)");

    @SuppressWarnings("ImmutableEnumChecker") // What it makes may keep state; it does not.
    private final Supplier<Finder> maker;

    QueryContestant(Supplier<Finder> maker) {
        this.maker = maker;
    }

    /** Returns a finder for one thread. */
    Finder newFinder() {
        return maker.get();
    }

    /** Returns whether the answer is the parameter's value, not just a floor. */
    boolean answers() {
        return this != INDEX_OF;
    }

    /** Returns whether percent codes in the answer are decoded. */
    boolean decodes() {
        return this == JETTY || this == NETTY;
    }

    private static @Nullable String split(String query) {
        for (String pair : query.split("&", -1)) {
            int equals = pair.indexOf('=');
            if (equals >= 0
                    && equals + 1 < pair.length()
                    && pair.substring(0, equals).equals(Corpus.PARAMETER)) {
                return pair.substring(equals + 1);
            }
        }
        return null;
    }

    private static @Nullable String match(String query) {
        Matcher matcher = PATTERN.matcher(query);
        return matcher.find() ? matcher.group(1) : null;
    }

    private static @Nullable String jetty(String query) {
        MultiMap<String> parameters = new MultiMap<>();
        UrlEncoded.decodeTo(query, parameters::add, StandardCharsets.UTF_8);
        List<String> values = parameters.get(Corpus.PARAMETER);
        return values == null ? null : values.get(0);
    }

    private static @Nullable String netty(String query) {
        List<String> values = new QueryStringDecoder(query, StandardCharsets.UTF_8, false, Integer.MAX_VALUE)
                .parameters()
                .get(Corpus.PARAMETER);
        return values == null ? null : values.get(0);
    }

    private static long indexOf(String query) {
        int start = query.indexOf(Corpus.PARAMETER);
        return start < 0 ? Slice.NONE : Slice.of(start, start + Corpus.PARAMETER.length());
    }
}
