package io.cobrowse.sticky.routing;

import java.util.List;

/**
 * A request that starts a session, and that therefore need not go to the node of its cookie if that node is
 * unavailable. Immutable.
 *
 * @param method the method, case-sensitive
 * @param path the raw path, compared exactly
 */
public record SessionStart(String method, String path) {

    /** Creating a Co-browse session, creating a chat session, and the CometD handshake. */
    public static final List<SessionStart> DEFAULTS = List.of(
            new SessionStart("POST", "/cobrowse/rest/live/sessions"),
            new SessionStart("POST", "/cobrowse/rest/chat/sessions"),
            new SessionStart("POST", "/cobrowse/cometd/handshake"));

    /** @throws IllegalArgumentException if no request can have this method and path */
    public SessionStart {
        if (!Token.isToken(method) || !path.matches("/[!-~&&[^?#]]*")) {
            throw new IllegalArgumentException("session-start \"" + method + " " + path
                    + "\": allowed is METHOD /path, the path as it is sent, without query");
        }
    }

    /** Returns whether this is a CometD handshake, which may also belong to a running session. */
    public boolean handshake() {
        return path.endsWith("/handshake");
    }
}
