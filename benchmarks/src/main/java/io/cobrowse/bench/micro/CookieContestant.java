package io.cobrowse.bench.micro;

import io.cobrowse.sticky.scan.CookieScanner;
import io.cobrowse.sticky.scan.Slice;
import io.netty.handler.codec.http.cookie.ServerCookieDecoder;
import io.undertow.server.CookieStore;
import io.undertow.server.handlers.Cookie;
import io.undertow.util.Cookies;
import java.nio.charset.StandardCharsets;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.tomcat.util.http.MimeHeaders;
import org.apache.tomcat.util.http.Rfc6265CookieProcessor;
import org.apache.tomcat.util.http.ServerCookie;
import org.apache.tomcat.util.http.ServerCookies;
import org.eclipse.jetty.http.CookieCompliance;
import org.eclipse.jetty.http.CookieParser;
import org.jspecify.annotations.Nullable;
import org.xnio.OptionMap;

/**
 * Ways to find the cookie {@value Corpus#COOKIE} in a field. Each gives the corpus's answer for every input that it
 * {@linkplain #isTimedOn is timed on}.
 */
public enum CookieContestant {
    /** {@link CookieScanner}. */
    OURS(() -> Finder.scanning(field -> CookieScanner.find(field, Corpus.COOKIE, 0))),
    /** A loop over the pairs that checks every character. */
    PLAIN_LOOP(() -> Finder.scanning(field -> PlainLoops.cookie(field, Corpus.COOKIE))),
    SPLIT(() -> Finder.parsing(CookieContestant::split)),
    REGEX(() -> Finder.parsing(CookieContestant::match)),
    /** Jetty's parser, configured as in its server, with a handler that keeps one value and creates no objects. */
    JETTY(() -> Finder.parsing(new JettyCookies()::find)),
    /** Tomcat's parser, on bytes. Its containers are reused from one request to the next, as in its connector. */
    TOMCAT(() -> Finder.parsing(new TomcatCookies()::find)),
    NETTY(() -> Finder.parsing(CookieContestant::netty)),
    UNDERTOW(() -> Finder.parsing(CookieContestant::undertow)),
    /** The floor, not a contestant: the position of the name, whatever surrounds it. */
    INDEX_OF(() -> Finder.scanning(CookieContestant::indexOf));

    private static final Pattern PATTERN =
            Pattern.compile("(?:^|;)[ \t]*" + Corpus.COOKIE + "[ \t]*=[ \t]*(\"?)([^;]+?)\\1[ \t]*(?:;|$)");

    @SuppressWarnings("ImmutableEnumChecker") // What it makes may keep state; it does not.
    private final Supplier<Finder> maker;

    CookieContestant(Supplier<Finder> maker) {
        this.maker = maker;
    }

    /** Returns a finder for one thread. */
    Finder newFinder() {
        return maker.get();
    }

    /** Returns whether the answer is the cookie's value, not just a floor. */
    boolean answers() {
        return this != INDEX_OF;
    }

    /** Returns whether the answer is the corpus's, so that its time may be compared. */
    public boolean isTimedOn(Corpus.Cookie input) {
        return !differing().contains(input);
    }

    /** Returns the inputs for which the answer differs by design; it is not timed on those. */
    private Set<Corpus.Cookie> differing() {
        return switch (this) {
            // Keeps the quotes.
            case TOMCAT -> EnumSet.of(Corpus.Cookie.QUOTED);
            // Keeps the quotes, and takes the last of several cookies.
            case UNDERTOW -> EnumSet.of(Corpus.Cookie.QUOTED, Corpus.Cookie.DUPLICATES);
            case OURS, PLAIN_LOOP, SPLIT, REGEX, JETTY, NETTY, INDEX_OF -> EnumSet.noneOf(Corpus.Cookie.class);
        };
    }

    private static @Nullable String split(String field) {
        for (String pair : field.split(";", -1)) {
            int equals = pair.indexOf('=');
            if (equals >= 0 && pair.substring(0, equals).trim().equals(Corpus.COOKIE)) {
                String value = pair.substring(equals + 1).trim();
                boolean quoted = value.length() >= 2 && value.startsWith("\"") && value.endsWith("\"");
                return quoted ? value.substring(1, value.length() - 1) : value;
            }
        }
        return null;
    }

    private static @Nullable String match(String field) {
        Matcher matcher = PATTERN.matcher(field);
        return matcher.find() ? matcher.group(2) : null;
    }

    private static @Nullable String netty(String field) {
        for (var cookie : ServerCookieDecoder.LAX.decodeAll(field)) {
            if (cookie.name().equals(Corpus.COOKIE)) {
                return cookie.value();
            }
        }
        return null;
    }

    private static @Nullable String undertow(String field) {
        CookieStore cookies = new CookieStore();
        Cookies.parseRequestCookies(List.of(field), cookies, OptionMap.EMPTY);
        List<Cookie> found = cookies.get(Corpus.COOKIE);
        return found == null || found.isEmpty() ? null : found.get(0).getValue();
    }

    private static long indexOf(String field) {
        int start = field.indexOf(Corpus.COOKIE);
        return start < 0 ? Slice.NONE : Slice.of(start, start + Corpus.COOKIE.length());
    }

    /** Not thread-safe. */
    private static final class JettyCookies implements CookieParser.Handler {
        private final CookieParser parser = CookieParser.newParser(this, CookieCompliance.RFC6265, null);
        private @Nullable String value;

        @Nullable
        String find(String field) {
            value = null;
            parser.parseField(field);
            return value;
        }

        @Override
        public void addCookie(
                String name,
                String value,
                int version,
                @Nullable String domain,
                @Nullable String path,
                @Nullable String comment) {
            if (this.value == null && name.equals(Corpus.COOKIE)) {
                this.value = value;
            }
        }
    }

    /** Not thread-safe. */
    private static final class TomcatCookies {
        private final Rfc6265CookieProcessor processor = new Rfc6265CookieProcessor();
        private final MimeHeaders headers = new MimeHeaders();
        private final ServerCookies cookies = new ServerCookies(4);
        private String field = "";
        private byte[] bytes = {};

        private TomcatCookies() {
            cookies.setLimit(-1); // Otherwise more than 200 are refused.
        }

        @Nullable
        String find(String field) {
            if (!field.equals(this.field)) { // Once per input, since Tomcat works on bytes.
                this.field = field;
                bytes = field.getBytes(StandardCharsets.ISO_8859_1);
            }
            headers.recycle();
            cookies.recycle();
            headers.addValue("Cookie").setBytes(bytes, 0, bytes.length);
            processor.parseCookieHeader(headers, cookies);
            for (int i = 0; i < cookies.getCookieCount(); i++) {
                ServerCookie cookie = cookies.getCookie(i);
                if (cookie.getName().equals(Corpus.COOKIE)) {
                    return cookie.getValue().toString();
                }
            }
            return null;
        }
    }
}
