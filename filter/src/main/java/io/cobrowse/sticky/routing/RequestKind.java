package io.cobrowse.sticky.routing;

/** The kinds of requests that routing treats specially. */
public enum RequestKind {
    PLAIN,
    /** A request for a WebSocket, which therefore never starts a session (R11). */
    UPGRADE,
    /** A CORS preflight: {@code OPTIONS} with {@code Origin} and {@code Access-Control-Request-Method} (R24). */
    PREFLIGHT
}
