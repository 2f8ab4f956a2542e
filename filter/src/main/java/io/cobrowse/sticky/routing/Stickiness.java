package io.cobrowse.sticky.routing;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The stickiness settings: where a node's name is looked for, and what happens if no node with that name can serve.
 * Immutable.
 *
 * @param cookie name of the cookie that names a node by its cookie value
 * @param queryParameter name of the query parameter that names a node by its id
 * @param header name of the request header that names a node by its cookie value; null turns it off
 * @param routeSuffix whether the text after the last {@code .} of a cookie or header value is looked up too
 * @param onNodeDown what happens to a request of a node that is down or in maintenance
 * @param onUnknownNode what happens to a request whose URL names an unknown node
 * @param sessionStart the requests that start a session
 * @param cookiePath {@code Path} of the {@code Set-Cookie} that expires the cookie
 * @param cookieDomain {@code Domain} of that {@code Set-Cookie}; null sends none
 * @param cookieAttributes further attributes of that {@code Set-Cookie}, such as {@code SameSite=None; Secure}; null
 *     sends none
 * @param exposeRoute whether responses carry {@code Sticky-Route}
 * @param referer whether the query parameter of the {@code Referer} counts if the URL has none
 * @param anyNode the requests that any node can serve
 */
public record Stickiness(
        String cookie,
        String queryParameter,
        @Nullable String header,
        boolean routeSuffix,
        OnNodeDown onNodeDown,
        OnUnknownNode onUnknownNode,
        List<SessionStart> sessionStart,
        String cookiePath,
        @Nullable String cookieDomain,
        @Nullable String cookieAttributes,
        boolean exposeRoute,
        boolean referer,
        List<AnyNode> anyNode) {

    private static final Predicate<String> PARAMETER =
            Pattern.compile("[!-~&&[^&=#%\"']]+").asMatchPredicate();
    private static final String PARAMETER_ALLOWED =
            "a name as it stands in URLs: visible ASCII, not empty, without & = # % and quotes";
    private static final Predicate<String> PATH = Pattern.compile("/[ -:<-~]*").asMatchPredicate();
    private static final String PATH_ALLOWED = "a path that begins with /, of printable ASCII characters without ;";
    private static final String LABEL = "[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?";
    private static final Predicate<String> DOMAIN =
            Pattern.compile("\\.?" + LABEL + "(\\." + LABEL + ")*").asMatchPredicate();
    private static final String DOMAIN_ALLOWED = "a host name";
    /**
     * Excludes attributes that have settings of their own, or that make the cookie expire; the last occurrence of an
     * attribute would win.
     */
    private static final Predicate<String> ATTRIBUTES = Pattern.compile(
                    "(?i)(?!(.*;)? *(path|domain|expires|max-age) *(=|;|$))[!-~&&[^;]]([ -~]*[!-~&&[^;]])?")
            .asMatchPredicate();

    /** The allowed values of {@code cookie-attributes}, as a text for error messages. */
    public static final String COOKIE_ATTRIBUTES_ALLOWED =
            "attributes such as SameSite=None; Secure, except Path, Domain, Expires and Max-Age";

    /** The settings that apply if nothing is configured. */
    public static final Stickiness DEFAULTS = new Stickiness(
            "gcbSessionServer",
            "co-browse-node-id",
            null,
            false,
            OnNodeDown.NOTIFY,
            OnUnknownNode.REJECT,
            SessionStart.DEFAULTS,
            "/",
            null,
            null,
            false);

    /** Creates settings without {@code referer}, and with the default of {@code anyNode}. */
    public Stickiness(
            String cookie,
            String queryParameter,
            @Nullable String header,
            boolean routeSuffix,
            OnNodeDown onNodeDown,
            OnUnknownNode onUnknownNode,
            List<SessionStart> sessionStart,
            String cookiePath,
            @Nullable String cookieDomain,
            @Nullable String cookieAttributes,
            boolean exposeRoute) {
        this(
                cookie,
                queryParameter,
                header,
                routeSuffix,
                onNodeDown,
                onUnknownNode,
                sessionStart,
                cookiePath,
                cookieDomain,
                cookieAttributes,
                exposeRoute,
                false,
                AnyNode.DEFAULTS);
    }

    /**
     * @throws IllegalArgumentException if a name is invalid, or a value would break the {@code Set-Cookie} it goes
     *     into; the message has one line for each error: option, value, what is allowed
     */
    public Stickiness {
        Objects.requireNonNull(cookie, "cookie");
        Objects.requireNonNull(queryParameter, "queryParameter");
        Objects.requireNonNull(onNodeDown, "onNodeDown");
        Objects.requireNonNull(onUnknownNode, "onUnknownNode");
        Objects.requireNonNull(cookiePath, "cookiePath");
        sessionStart = List.copyOf(sessionStart);
        anyNode = List.copyOf(anyNode);
        List<String> errors = new ArrayList<>();
        check(errors, "cookie", cookie, Token::isToken, Token.ALLOWED);
        check(errors, "query-parameter", queryParameter, PARAMETER, PARAMETER_ALLOWED);
        check(errors, "header", header, Token::isToken, Token.ALLOWED);
        check(errors, "cookie-path", cookiePath, PATH, PATH_ALLOWED);
        check(errors, "cookie-domain", cookieDomain, DOMAIN, DOMAIN_ALLOWED);
        check(errors, "cookie-attributes", cookieAttributes, ATTRIBUTES, COOKIE_ATTRIBUTES_ALLOWED);
        if (!errors.isEmpty()) {
            throw new IllegalArgumentException(String.join("\n", errors));
        }
    }

    /** Returns whether a text may be {@code cookie-attributes}. */
    public static boolean isCookieAttributes(String text) {
        return ATTRIBUTES.test(text);
    }

    private static void check(
            List<String> errors, String option, @Nullable String value, Predicate<String> legal, String allowed) {
        if (value != null && !legal.test(value)) {
            errors.add(option + " \"" + value + "\": allowed is " + allowed);
        }
    }

    /** What happens to a request of a node that is down or in maintenance. */
    public enum OnNodeDown {
        /** The client gets a 503, and its cookie is expired. */
        NOTIFY,
        /** Another node serves it, the same one for all requests and all proxies. */
        REBALANCE
    }

    /** What happens to a request whose URL names an unknown node. */
    public enum OnUnknownNode {
        /** 404. */
        REJECT,
        /** The parameter counts as absent. */
        BALANCE
    }
}
