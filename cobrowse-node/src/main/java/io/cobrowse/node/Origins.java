package io.cobrowse.node;

import jakarta.servlet.http.HttpServletRequest;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The web origins that may look sessions up. Immutable.
 *
 * <p>A request's origin is its {@code Origin}, or else that of its {@code Referer}. A request with neither is admitted:
 * it comes from an agent's desktop or a tool, not from a page of another origin, and CORS does not protect against
 * those anyway.
 */
final class Origins {
    private final Set<String> allowed;

    /** @param allowed origins such as {@code https://agents.example}; empty allows every origin */
    Origins(Set<String> allowed) {
        this.allowed = Set.copyOf(allowed);
    }

    /** Returns whether a request is admitted. */
    boolean admit(HttpServletRequest request) {
        String origin = request.getHeader("Origin");
        String asked = origin != null ? origin : originOf(request.getHeader("Referer"));
        return asked == null || allowed.isEmpty() || allowed.contains(asked);
    }

    /** Returns the part of a URL before its path, or null if there is no URL. */
    private static @Nullable String originOf(@Nullable String url) {
        if (url == null) {
            return null;
        }
        int authority = url.indexOf("://") + 3;
        int path = url.indexOf('/', authority);
        return path < 0 ? url : url.substring(0, path);
    }
}
