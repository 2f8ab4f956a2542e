package io.cobrowse.sticky.proxy.admin;

import com.fasterxml.jackson.databind.JsonNode;
import io.cobrowse.sticky.routing.Explanation;
import io.cobrowse.sticky.routing.RequestKind;
import io.cobrowse.sticky.routing.Route;
import io.cobrowse.sticky.routing.Router;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Enumeration;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * A request whose routing is to be explained.
 *
 * @param target path and query
 */
public record ExplainedRequest(String method, String target, List<Field> fields) {
    public ExplainedRequest {
        fields = List.copyOf(fields);
    }

    /** A header field. */
    public record Field(String name, String value) {}

    /**
     * The decision.
     *
     * @param outcome {@code forward}, {@code node-down}, {@code unknown-node} or {@code no-node}
     * @param node the id of the node that serves the request or is down; null if there is none
     * @param steps what was read and which rules passed or decided, in order
     */
    public record Decision(
            String outcome,
            @Nullable String node,
            String by,
            String sticky,
            boolean conflict,
            List<Explanation.Step> steps) {}

    /**
     * Parses a JSON object with {@code method}, {@code target} and {@code headers: [{name, value}]}; returns null if it
     * is invalid.
     */
    static @Nullable ExplainedRequest of(JsonNode json) {
        String target = json.path("target").asText();
        String method = json.path("method").asText("GET");
        List<Field> fields = new ArrayList<>();
        for (JsonNode field : json.path("headers")) {
            fields.add(
                    new Field(field.path("name").asText(), field.path("value").asText()));
        }
        boolean readable = target.startsWith("/") || target.equals("*");
        return readable && !method.isEmpty() ? new ExplainedRequest(method, target, fields) : null;
    }

    /** Returns the router's decision for this request, with its explanation. */
    public Decision explain(Router router) {
        int query = target.indexOf('?');
        String header = router.stickiness().header();
        Explanation explanation = router.explain(
                method,
                query < 0 ? target : target.substring(0, query),
                query < 0 ? null : target.substring(query + 1),
                router.stickiness().referer() ? first("Referer") : null,
                values("Cookie"),
                header == null ? null : values(header),
                RequestKind.of(method, this, ExplainedRequest::first));
        Route route = explanation.route();
        return new Decision(
                route.outcome().name().toLowerCase(Locale.ROOT).replace('_', '-'),
                route.node() == null ? null : route.node().id(),
                route.affinity().text(),
                route.sticky().text(),
                route.conflict(),
                explanation.steps());
    }

    private @Nullable String first(String name) {
        Enumeration<String> values = values(name);
        return values.hasMoreElements() ? values.nextElement() : null;
    }

    private Enumeration<String> values(String name) {
        return Collections.enumeration(fields.stream()
                .filter(field -> field.name().equalsIgnoreCase(name))
                .map(Field::value)
                .toList());
    }
}
