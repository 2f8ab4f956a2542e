package io.cobrowse.sticky.proxy.config;

import io.cobrowse.sticky.filter.CorsErrors;
import io.cobrowse.sticky.proxy.config.ProxyConfig.Address;
import io.cobrowse.sticky.proxy.config.ProxyConfig.StatusRange;
import io.cobrowse.sticky.proxy.config.SetCookieRule.Attribute;
import io.cobrowse.sticky.routing.AnyNode;
import io.cobrowse.sticky.routing.SessionStart;
import io.cobrowse.sticky.routing.Stickiness;
import java.net.URI;
import java.net.URISyntaxException;
import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The formats of the values of the configuration file. Stateless. */
final class Formats {
    /** RFC 9110 5.6.2: {@code token = 1*tchar}. */
    private static final String TOKEN_REGEX = "[A-Za-z0-9!#$%&'*+.^_`|~-]+";

    /** Visible ASCII except {@code ?} and {@code #}, which end a path. */
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

    static final Format<String> COOKIE_ATTRIBUTES =
            Format.of(Stickiness.COOKIE_ATTRIBUTES_ALLOWED, text -> Stickiness.isCookieAttributes(text) ? text : null);

    static final Format<SessionStart> SESSION_STARTS = Format.of(
            "METHOD /path, such as POST /cobrowse/rest/live/sessions: the exact raw path without a query",
            Formats::sessionStart);

    static final Format<AnyNode> ANY_NODE = Format.of(
            "METHOD /path, such as GET /cobrowse/js/**: the raw path without a query, where * is one segment and a last /** all"
                    + " below",
            Formats::anyNode);

    static final Format<String> CORS_ERRORS = Format.of(
            CorsErrors.ALLOWED,
            text -> text.equals("reflect") || text.equals("off") || CorsErrors.isOrigin(text) ? text : null);

    /** Names of fields that the configuration may change. */
    static final Format<String> CHANGED_FIELD = Format.of(
            "a field's name, but no hop-by-hop field, none of framing or forwarding, and not Host",
            text -> text.matches(TOKEN_REGEX) && FieldRules.mayChange(text) ? text : null);

    /** A field value as in RFC 9110 5.5, limited to ASCII. */
    static final Format<String> FIELD_VALUE =
            Format.matching("[!-~]([ -~]*[!-~])?", "a field's value: ASCII, no blank at either end");

    private static final Format<String> FLAG_OR_REMOVE = Format.of("true or remove", text -> switch (text) {
        case "true" -> "";
        case SetCookieRule.REMOVE -> text;
        default -> null;
    });
    private static final Format<String> SAME_SITE =
            Format.matching("Strict|Lax|None|remove", "Strict, Lax, None or remove");
    private static final Format<String> PATH_OR_REMOVE = orRemove(COOKIE_PATH);
    private static final Format<String> DOMAIN_OR_REMOVE = orRemove(COOKIE_DOMAIN);

    static final Format<String> ALLOWED_PATH = Format.matching(
            "(/[!-~&&[^?#*/]]*)*/([*][*]|[!-~&&[^?#*/]]*)", "a path such as /a/b, or /a/** for all below /a");

    static final Format<String> HEALTH_PATH = Format.of(
            "a path that starts with '/', as a URL has it, without '#'",
            text -> text.startsWith("/") && text.indexOf('#') < 0 && isUrl("http://node" + text) ? text : null);

    static final Format<String> FILE = Format.matching("\\P{Cntrl}+", "a file name");

    static final Format<String> BEARER_TOKEN = Format.matching("[!-~]{1,1024}", "1 to 1024 characters of visible ASCII")
            .asSecret();

    static final Format<String> PASSWORD =
            Format.matching("\\P{Cntrl}{1,1024}", "1 to 1024 characters").asSecret();

    static final Format<Tls.MinVersion> TLS_VERSION = Format.of("TLSv1.2 or TLSv1.3", text -> switch (text) {
        case "TLSv1.2" -> Tls.MinVersion.TLS_1_2;
        case "TLSv1.3" -> Tls.MinVersion.TLS_1_3;
        default -> null;
    });

    static final Format<Integer> PORT = Format.wholeNumber(1, 65_535);
    static final Format<Integer> CONNECTIONS = Format.wholeNumber(1, 1_000_000);
    static final Format<Integer> COUNT_OR_OFF = Format.wholeNumber(0, 1_000_000);
    static final Format<Duration> HEAD_TIMEOUT = Format.duration(Duration.ofMillis(100), Duration.ofHours(1));
    static final Format<Integer> BODY_RATE = Format.wholeNumber(0, 1_000_000);
    static final Format<Long> HEAD_BYTES = Format.size(256, 1 << 20);
    static final Format<Long> BODY_BYTES = Format.size(0, 1L << 50);
    static final Format<Integer> HEADER_COUNT = Format.wholeNumber(1, 10_000);
    static final Format<Integer> HTTP2_COUNT = Format.wholeNumber(1, 100_000);
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
    static final Format<String> DNS_NAME = Format.matching(
            "(?=.{1,253}\\.?$)[A-Za-z0-9_-]{1,63}(\\.[A-Za-z0-9_-]{1,63})*\\.?",
            "a domain name with SRV records, such as _cobrowse._tcp.example.com");
    static final Format<String> DNS_LABEL = Format.matching(
            "[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?", "1 to 63 small letters, digits or '-', no '-' at either end");
    static final Format<Duration> LOOK_UP = Format.duration(Duration.ofMillis(100), Duration.ofHours(1));
    static final Format<Duration> CHECK_DURATION = Format.duration(Duration.ofMillis(10), Duration.ofHours(1));
    static final Format<Duration> TIMEOUT = Format.duration(Duration.ofMillis(1), Duration.ofHours(24));
    static final Format<Duration> TIMEOUT_OR_ZERO = Format.duration(Duration.ZERO, Duration.ofHours(24));

    private Formats() {}

    /** Returns the format of a rule's change to an attribute; flags have empty text. */
    static Format<String> cookieAttribute(Attribute attribute) {
        return switch (attribute) {
            case PATH -> PATH_OR_REMOVE;
            case DOMAIN -> DOMAIN_OR_REMOVE;
            case SAME_SITE -> SAME_SITE;
            case SECURE, HTTP_ONLY, PARTITIONED -> FLAG_OR_REMOVE;
        };
    }

    private static Format<String> orRemove(Format<String> format) {
        return Format.of(
                format.allowed() + ", or remove",
                text -> text.equals(SetCookieRule.REMOVE)
                        ? text
                        : format.parser().apply(text));
    }

    private static @Nullable AnyNode anyNode(String text) {
        String[] fields = text.split(" ", -1);
        try {
            return fields.length == 2 ? new AnyNode(fields[0], fields[1]) : null;
        } catch (IllegalArgumentException noPattern) {
            return null;
        }
    }

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
