package io.cobrowse.sticky.routing;

import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;

/** The kinds of requests that routing treats specially. */
public enum RequestKind {
    PLAIN,
    /** A request for a WebSocket, which therefore never starts a session (R11). */
    UPGRADE,
    /** A CORS preflight: {@code OPTIONS} with {@code Origin} and {@code Access-Control-Request-Method} (R24). */
    PREFLIGHT;

    /**
     * Returns the kind of a request. Allocates nothing itself.
     *
     * @param field returns the value of a field of the request, by its name; null if there is none
     */
    public static <T> RequestKind of(String method, T request, BiFunction<T, String, @Nullable String> field) {
        if ("websocket".equalsIgnoreCase(field.apply(request, "Upgrade"))) { // Some clients offer h2c with any request.
            return UPGRADE;
        }
        boolean preflight = method.equals("OPTIONS")
                && field.apply(request, "Origin") != null
                && field.apply(request, "Access-Control-Request-Method") != null;
        return preflight ? PREFLIGHT : PLAIN;
    }
}
