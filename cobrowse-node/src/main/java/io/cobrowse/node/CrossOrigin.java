package io.cobrowse.node;

import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.handler.CrossOriginHandler;
import org.eclipse.jetty.util.Callback;

/**
 * Lets pages of other origins use the node, such as a website's pages that share a session: answers preflights, and
 * decides which pages may read an answer. No page may use the node's internal paths.
 */
final class CrossOrigin extends CrossOriginHandler {
    /** @param origins such as {@code https://shop.example}; empty allows every origin */
    CrossOrigin(Set<String> origins) {
        setAllowedOriginPatterns(
                origins.isEmpty()
                        ? Set.of(".*")
                        : origins.stream().map(Pattern::quote).collect(Collectors.toSet()));
        setAllowCredentials(true);
        setAllowedMethods(Set.of("GET", "POST"));
        setAllowedHeaders(Set.of("Content-Type"));
        setExposedHeaders(Set.of(NodeHandler.NODE_FIELD, "Sticky-Route"));
    }

    @Override
    public boolean handle(Request request, Response response, Callback callback) throws Exception {
        return NodeHandler.internal(request.getHttpURI().getCanonicalPath())
                ? getHandler().handle(request, response, callback)
                : super.handle(request, response, callback);
    }
}
