package io.cobrowse.node;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Which web origins may look sessions up. Immutable.
 *
 * <p>A request's origin is its {@code Origin} or else that of its {@code Referer}. A request with neither does not come
 * from a page of another origin and is let in: it is an agent's desktop or a tool, which CORS does not protect anyway.
 */
final class Origins {
    private final Set<String> allowed;

    /** @param allowed origins such as {@code https://agents.example}; empty allows every origin */
    Origins(Set<String> allowed) {
        this.allowed = Set.copyOf(allowed);
    }

    /** Lets a request in, with the answer's CORS fields, or returns false. */
    boolean admit(HttpServletRequest request, HttpServletResponse response) {
        response.addHeader("Vary", "Origin");
        String origin = request.getHeader("Origin");
        String asked = origin != null ? origin : originOf(request.getHeader("Referer"));
        if (asked != null && !allowed.isEmpty() && !allowed.contains(asked)) {
            return false;
        }
        if (origin != null) {
            response.setHeader("Access-Control-Allow-Origin", origin);
            response.setHeader("Access-Control-Allow-Credentials", "true");
        }
        return true;
    }

    /** The part of a URL before its path, or null where there is no URL. */
    private static @Nullable String originOf(@Nullable String url) {
        if (url == null) {
            return null;
        }
        int authority = url.indexOf("://") + 3;
        int path = url.indexOf('/', authority);
        return path < 0 ? url : url.substring(0, path);
    }
}
