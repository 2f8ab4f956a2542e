package io.cobrowse.sticky.proxy.config;

import io.cobrowse.sticky.proxy.config.ProxyConfig.Address;
import io.cobrowse.sticky.proxy.config.ProxyConfig.StatusRange;
import io.cobrowse.sticky.routing.SessionStart;
import java.net.URI;
import java.net.URISyntaxException;
import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The formats of the values of the configuration file. */
final class Formats {
    /** RFC 9110 5.6.2: {@code token = 1*tchar}. */
    private static final String TOKEN_REGEX = "[A-Za-z0-9!#$%&'*+.^_`|~-]+";

    /** Visible ASCII without what ends a path: {@code ?} and {@code #}. */
    private static final String PATH_REGEX = "/[!-~&&[^?#]]*";

    private static final Pattern SESSION_START = Pattern.compile("(" + TOKEN_REGEX + ") (" + PATH_REGEX + ")");

    private static final Pattern STATUS_RANGE_TEXT = Pattern.compile("([2-5][0-9]{2})(?:-([2-5][0-9]{2}))?");

    /** Ids and cookie values of nodes, and names of listeners. */
    static final Format<String> NAME =
            Format.matching("[A-Za-z0-9._-]{1,64}", "1 to 64 letters, digits, '.', '_' or '-'");

    /** Names of cookies (RFC 6265 4.1.1) and of header fields (RFC 9110 5.1). */
    static final Format<String> FIELD_NAME =
            Format.matching(TOKEN_REGEX, "an HTTP token: letters, digits, '-', '_' or '.'");

    static final Format<String> QUERY_PARAMETER = Format.matching(
            "[!-~&&[^&=#%\"']]+", "the name as a URL spells it: visible ASCII without & = # % and quotes");

    static final Format<Boolean> BOOLEAN = Format.of("true or false", text -> switch (text) {
        case "true" -> true;
        case "false" -> false;
        default -> null;
    });

    static final Format<Address> ADDRESS = Format.of(
            "HOST:PORT, an IPv6 address in brackets, the port from 0 to 65535 (0 takes a free one)", Addresses::parse);

    static final Format<String> PEER =
            Format.of("an IP address or a block of them, such as 10.0.0.0/8", Addresses::parsePeer);

    static final Format<URI> NODE_URL = Format.of(
            "http://HOST[:PORT] or https://HOST[:PORT]; a node's URL has no path, query, fragment or user",
            Addresses::parseNodeUrl);

    static final Format<String> COOKIE_PATH =
            Format.matching("/[ -~&&[^;]]*", "a path that starts with '/': ASCII without ';'");

    static final Format<String> COOKIE_DOMAIN = Format.matching(
            "\\.?[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?(\\.[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?)*", "a host name");

    static final Format<String> COOKIE_ATTRIBUTES = Format.matching(
            "(?i)(?!(.*;)? *(path|domain|expires|max-age) *(=|;|$))[!-~&&[^;]]([ -~]*[!-~&&[^;]])?",
            "attributes such as SameSite=None; Secure, but Path, Domain, Expires and Max-Age");

    static final Format<SessionStart> SESSION_STARTS = Format.of(
            "METHOD /path, such as POST /cobrowse/rest/live/sessions: the exact raw path without a query",
            Formats::sessionStart);

    static final Format<String> ALLOWED_PATH = Format.matching(
            "(/[!-~&&[^?#*/]]*)*/([*][*]|[!-~&&[^?#*/]]*)", "a path such as /a/b, or /a/** for all below /a");

    static final Format<String> HEALTH_PATH = Format.of(
            "a path that starts with '/', as a URL has it, without '#'",
            text -> text.startsWith("/") && text.indexOf('#') < 0 && isUrl("http://node" + text) ? text : null);

    static final Format<String> FILE = Format.matching("\\P{Cntrl}+", "a file name");

    static final Format<String> BEARER_TOKEN = Format.matching("[!-~]{1,1024}", "1 to 1024 characters of visible ASCII")
            .asSecret();

    static final Format<Integer> WEIGHT = Format.wholeNumber(1, 256);
    static final Format<Integer> MAX_ACTIVE = Format.wholeNumber(1, 1_000_000);
    static final Format<Integer> QUEUE = Format.wholeNumber(0, 1_000_000);
    static final Format<Integer> CHECKS = Format.wholeNumber(1, 100);
    static final Format<Integer> PER_SECOND = Format.wholeNumber(1, 100_000);
    static final Format<Long> LOG_SIZE = Format.size(64L << 10, 100L << 30);
    static final Format<Integer> LOG_FILES = Format.wholeNumber(1, 1000);
    static final Format<Integer> AUDIT_SESSIONS = Format.wholeNumber(1, 10_000_000);
    static final Format<Integer> OBSERVE = Format.wholeNumber(0, 1000);
    static final Format<StatusRange> STATUS_RANGE =
            Format.of("a status from 200 to 599, or a range of them such as 200-299", Formats::statusRange);
    static final Format<Duration> SLOW_START = Format.duration(Duration.ZERO, Duration.ofHours(1));
    static final Format<Duration> CHECK_DURATION = Format.duration(Duration.ofMillis(10), Duration.ofHours(1));
    static final Format<Duration> TIMEOUT = Format.duration(Duration.ofMillis(1), Duration.ofHours(24));
    static final Format<Duration> TIMEOUT_OR_ZERO = Format.duration(Duration.ZERO, Duration.ofHours(24));

    private Formats() {}

    private static boolean isUrl(String text) {
        try {
            return new URI(text).toASCIIString().equals(text);
        } catch (URISyntaxException malformed) {
            return false;
        }
    }

    private static @Nullable StatusRange statusRange(String text) {
        Matcher matcher = STATUS_RANGE_TEXT.matcher(text);
        if (!matcher.matches()) {
            return null;
        }
        int first = Integer.parseInt(matcher.group(1));
        int last = matcher.group(2) == null ? first : Integer.parseInt(matcher.group(2));
        return first <= last ? new StatusRange(first, last) : null;
    }

    private static @Nullable SessionStart sessionStart(String text) {
        Matcher matcher = SESSION_START.matcher(text);
        return matcher.matches() ? new SessionStart(matcher.group(1), matcher.group(2)) : null;
    }
}
