package io.cobrowse.sticky.filter;

import io.cobrowse.sticky.routing.Node;
import io.cobrowse.sticky.routing.Route;
import io.cobrowse.sticky.routing.Router;
import io.cobrowse.sticky.routing.Stickiness;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Sends the proxy's own answers, using the current settings of a router. {@link CorsErrors} says which pages of other
 * origins may read them. Thread-safe.
 */
public final class RoutingAnswers {
    /** Name of the response field that tells which node answered, and what chose it. */
    public static final String STICKY_ROUTE = "Sticky-Route";

    private static final ProblemDocument UNKNOWN_NODE = new ProblemDocument(
            "unknown-node",
            "Unknown node",
            404,
            "The URL names a node that is not known here. Look the session up again for its URL.",
            null);
    private static final ProblemDocument NO_NODE = new ProblemDocument(
            "no-node-available",
            "No node available",
            503,
            "No node can serve this request now. Try again later.",
            null);

    /** The {@code Set-Cookie} fields that expire the cookie, and the settings that they were made of. */
    private record ExpiredCookie(Stickiness settings, List<String> fields) {
        /** Browsers distinguish a partitioned cookie from a plain one, and a client may have either. */
        static ExpiredCookie of(Stickiness settings) {
            String attributes = settings.cookieAttributes();
            List<String> fields = new ArrayList<>(List.of(expiredCookie(settings, attributes)));
            if (attributes != null) {
                List<String> all =
                        Arrays.stream(attributes.split(";")).map(String::strip).toList();
                List<String> plain = all.stream()
                        .filter(attribute -> !attribute.equalsIgnoreCase("Partitioned"))
                        .toList();
                if (plain.size() < all.size()) {
                    fields.add(expiredCookie(settings, String.join("; ", plain)));
                }
            }
            return new ExpiredCookie(settings, List.copyOf(fields));
        }
    }

    private final Router router;
    private volatile String retryAfter;
    private volatile ExpiredCookie expiredCookie;
    private volatile CorsErrors cors = CorsErrors.REFLECT;

    /**
     * @param retryAfterSeconds value of {@code Retry-After}, at least 1
     * @throws IllegalArgumentException if it is less
     */
    public RoutingAnswers(Router router, int retryAfterSeconds) {
        this.router = router;
        this.retryAfter = retryAfter(retryAfterSeconds);
        this.expiredCookie = ExpiredCookie.of(router.stickiness());
    }

    /**
     * Sets the value of {@code Retry-After}.
     *
     * @param seconds at least 1
     * @throws IllegalArgumentException if it is less
     */
    public void setRetryAfter(int seconds) {
        retryAfter = retryAfter(seconds);
    }

    private static String retryAfter(int seconds) {
        if (seconds < 1) {
            throw new IllegalArgumentException("retry-after \"" + seconds + "\": allowed is 1 or more seconds");
        }
        return Integer.toString(seconds);
    }

    /** Sets which pages of other origins may read the answers. */
    public void setCors(CorsErrors cors) {
        this.cors = cors;
    }

    /**
     * Sends the answer to a request that is not forwarded.
     *
     * @throws IllegalArgumentException if the route forwards
     * @throws IllegalStateException if the response is committed
     */
    public void send(Route route, HttpServletRequest request, HttpServletResponse response) throws IOException {
        ProblemDocument problem = switch (route.outcome()) {
            case NODE_DOWN -> nodeDown(Objects.requireNonNull(route.node()));
            case UNKNOWN_NODE -> UNKNOWN_NODE;
            case NO_NODE -> NO_NODE;
            case FORWARD -> throw new IllegalArgumentException("A forwarded request has no answer yet: " + route);
        };
        expose(route, response);
        if (problem.status() == 503) {
            response.setHeader("Retry-After", retryAfter);
        }
        if (route.expireCookie()) {
            expiredCookie().forEach(field -> response.addHeader("Set-Cookie", field));
        }
        send(problem, request, response);
    }

    /**
     * Sends a problem document as the whole answer, marked as not cacheable. Fields that are already set stay; a
     * buffered body is dropped.
     *
     * @throws IllegalStateException if the response is committed
     */
    public void send(ProblemDocument problem, HttpServletRequest request, HttpServletResponse response)
            throws IOException {
        cors.addTo(request.getHeader("Origin"), response::addHeader);
        problem.send(response);
    }

    /** Sets {@code Sticky-Route} if the settings expose it, replacing an earlier value. */
    public void expose(Route route, HttpServletResponse response) {
        if (router.stickiness().exposeRoute()) {
            response.setHeader(STICKY_ROUTE, route.stickyRoute());
        }
    }

    private List<String> expiredCookie() {
        Stickiness now = router.stickiness();
        ExpiredCookie current = expiredCookie;
        if (!current.settings().equals(now)) {
            current = ExpiredCookie.of(now);
            expiredCookie = current;
        }
        return current.fields();
    }

    private static ProblemDocument nodeDown(Node node) {
        return new ProblemDocument(
                "node-down",
                "Node down",
                503,
                "The node that has this session is not available. The session is lost: start a new one.",
                node.id());
    }

    private static String expiredCookie(Stickiness stickiness, @Nullable String attributes) {
        StringBuilder field =
                new StringBuilder(stickiness.cookie()).append("=; Path=").append(stickiness.cookiePath());
        if (stickiness.cookieDomain() != null) {
            field.append("; Domain=").append(stickiness.cookieDomain());
        }
        field.append("; Max-Age=0; Expires=Thu, 01 Jan 1970 00:00:00 GMT");
        if (attributes != null && !attributes.isEmpty()) {
            field.append("; ").append(attributes);
        }
        return field.toString();
    }
}
