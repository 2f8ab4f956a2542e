package io.cobrowse.sticky.routing;

/** The kinds of requests that routing treats specially. */
public enum RequestKind {
    PLAIN,
    /** It asks for another protocol, and so never starts a session (R11). */
    UPGRADE,
    /** It is a CORS preflight: {@code OPTIONS} with {@code Origin} and {@code Access-Control-Request-Method} (R24). */
    PREFLIGHT
}
