package io.cobrowse.sticky.routing;

import java.util.List;

/**
 * Requests that any node can serve, and that therefore need not fail with the node that they name (R23). Immutable.
 *
 * @param method the method, case-sensitive
 * @param path the raw path; {@code *} matches one segment, a final {@code /**} the path before it and everything
 *     below
 */
public record AnyNode(String method, String path) {

    /** The page's scripts, and the look-up of a session. */
    public static final List<AnyNode> DEFAULTS =
            List.of(new AnyNode("GET", "/cobrowse/js/**"), new AnyNode("GET", "/cobrowse/rest/live/sessions/*"));

    /** @throws IllegalArgumentException if no request can match */
    public AnyNode {
        // A path whose segments are * or contain none, and whose last segment may be **.
        if (!Token.isToken(method) || !path.matches("(/([!-~&&[^?#*/]]*|\\*))*(/\\*\\*)?") || path.isEmpty()) {
            throw new IllegalArgumentException("any-node \"" + method + " " + path
                    + "\": allowed is METHOD /path, the path as it is sent, without query, where * is one segment and"
                    + " a last /** all below");
        }
    }

    /** Returns whether a request is one of these. Allocates nothing; time is linear in the pattern and the path. */
    public boolean matches(String method, String rawPath) {
        return this.method.equals(method) && matches(rawPath);
    }

    private boolean matches(String rawPath) {
        int at = 0;
        for (int i = 0; i < path.length(); i++) {
            char c = path.charAt(i);
            if (at == rawPath.length()) {
                return path.startsWith("/**", i) || path.startsWith("**", i);
            }
            if (c == '*') {
                if (path.startsWith("**", i)) {
                    return true;
                }
                int end = segmentEnd(rawPath, at);
                if (end == at) {
                    return false;
                }
                at = end;
            } else if (rawPath.charAt(at++) != c) {
                return false;
            }
        }
        return at == rawPath.length();
    }

    private static int segmentEnd(String rawPath, int from) {
        int slash = rawPath.indexOf('/', from);
        return slash < 0 ? rawPath.length() : slash;
    }
}
