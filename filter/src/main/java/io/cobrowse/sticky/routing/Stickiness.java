package io.cobrowse.sticky.routing;

import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The stickiness settings: where a node's name is looked for, and what happens when the name leads nowhere. Immutable.
 *
 * @param cookie name of the cookie that names a node by its cookie value
 * @param queryParameter name of the query parameter that names a node by its id
 * @param header name of the request header that names a node by its cookie value; null is off
 * @param routeSuffix whether the text after the last {@code .} of a cookie or header value is looked up too
 * @param onNodeDown what happens to a request of a node that is down or in maintenance
 * @param onUnknownNode what happens to a request whose URL names an unknown node
 * @param sessionStart the requests that start a session
 * @param cookiePath {@code Path} of the {@code Set-Cookie} that expires the cookie
 * @param cookieDomain {@code Domain} of that {@code Set-Cookie}; null sends none
 * @param cookieAttributes further attributes of that {@code Set-Cookie}, as {@code SameSite=None; Secure}; null sends none
 * @param exposeRoute whether responses carry {@code Sticky-Route}
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
        boolean exposeRoute) {

    /** The settings that hold where nothing is configured. */
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

    public Stickiness {
        Objects.requireNonNull(cookie, "cookie");
        Objects.requireNonNull(queryParameter, "queryParameter");
        Objects.requireNonNull(onNodeDown, "onNodeDown");
        Objects.requireNonNull(onUnknownNode, "onUnknownNode");
        Objects.requireNonNull(cookiePath, "cookiePath");
        sessionStart = List.copyOf(sessionStart);
    }

    /** What happens to a request of a node that is down or in maintenance. */
    public enum OnNodeDown {
        /** The client is told with a 503, and its cookie is expired. */
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
