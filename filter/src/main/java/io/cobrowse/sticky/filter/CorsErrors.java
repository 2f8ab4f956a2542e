package io.cobrowse.sticky.filter;

import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.BiConsumer;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Which pages of other origins may read the proxy's own answers, and so learn that a node is down (R25; the Fetch
 * standard, "HTTP responses" of CORS). Who may read a node's answers is up to the node. Immutable.
 */
public final class CorsErrors {
    /** Every page may read them: they contain nothing private to one user. */
    public static final CorsErrors REFLECT = new CorsErrors(true, Set.of());

    /** No page may read them. */
    public static final CorsErrors OFF = new CorsErrors(false, Set.of());

    /** The allowed values, as a text for error messages. */
    public static final String ALLOWED = "reflect or off alone, or origins such as https://shop.example";

    private static final Pattern ORIGIN = Pattern.compile("[a-z][a-z0-9+.-]*://[!-~&&[^/?#@,A-Z]]+");
    /** The values of {@code Origin} that an answer may repeat: one origin, or null. */
    private static final Pattern REPEATABLE = Pattern.compile("[!-~&&[^,;\"]]{1,512}");

    private final boolean reflect;
    private final Set<String> origins;

    private CorsErrors(boolean reflect, Set<String> origins) {
        this.reflect = reflect;
        this.origins = origins;
    }

    /**
     * Parses the setting.
     *
     * @param texts {@code reflect} alone, {@code off} alone, or origins as browsers write them
     * @throws IllegalArgumentException if they are anything else
     */
    public static CorsErrors of(List<String> texts) {
        if (texts.equals(List.of("reflect"))) {
            return REFLECT;
        }
        if (texts.equals(List.of("off"))) {
            return OFF;
        }
        if (texts.isEmpty() || !texts.stream().allMatch(CorsErrors::isOrigin)) {
            throw new IllegalArgumentException("\"" + String.join(", ", texts) + "\": allowed is " + ALLOWED);
        }
        return new CorsErrors(false, Set.copyOf(texts));
    }

    /** Returns whether a text is an origin as browsers write it. */
    public static boolean isOrigin(String text) {
        return ORIGIN.matcher(text).matches();
    }

    /** Returns the setting in the form that {@link #of} parses. */
    public List<String> texts() {
        return reflect ? List.of("reflect") : origins.isEmpty() ? List.of("off") : List.copyOf(new TreeSet<>(origins));
    }

    /**
     * Passes on the response fields that let a page read an answer; none if the request does not come from a page, or
     * comes from one that may not read it.
     *
     * @param origin the request's {@code Origin}; null if it has none
     * @param fields receives names and values
     */
    public void addTo(@Nullable String origin, BiConsumer<String, String> fields) {
        if (origin != null && allows(origin)) {
            fields.accept("Access-Control-Allow-Origin", origin);
            fields.accept("Access-Control-Allow-Credentials", "true");
            fields.accept("Access-Control-Expose-Headers", "Retry-After, Sticky-Route");
            fields.accept("Vary", "Origin");
        }
    }

    private boolean allows(String origin) {
        return reflect ? REPEATABLE.matcher(origin).matches() : origins.contains(origin);
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof CorsErrors that && reflect == that.reflect && origins.equals(that.origins);
    }

    @Override
    public int hashCode() {
        return 31 * Boolean.hashCode(reflect) + origins.hashCode();
    }

    @Override
    public String toString() {
        return "CorsErrors" + texts();
    }
}
