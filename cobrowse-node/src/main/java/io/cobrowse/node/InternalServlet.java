package io.cobrowse.node;

import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Set;
import org.eclipse.jetty.util.ajax.JSON;
import org.jspecify.annotations.Nullable;

/**
 * Serves peers and tests, outside the node's interface: {@code GET sessions/{token}} (only a session of this node),
 * {@code GET stats}, and {@code GET}, {@code PUT} or {@code POST faults} ({@link Faults} as JSON; a missing key means
 * no such fault). With {@code forMillis}, faults are lifted after that time; refusing requires it, since the port is
 * then closed.
 */
final class InternalServlet extends HttpServlet {
    private static final String FOR_MILLIS = "forMillis";
    private static final Set<String> KEYS = Set.of("latencyMillis", "healthStatus", "refuse", "hang", FOR_MILLIS);

    private final transient CobrowseNode node;
    private final transient Sessions sessions;
    private final transient Identity identity;

    InternalServlet(CobrowseNode node, Sessions sessions, Identity identity) {
        this.node = node;
        this.sessions = sessions;
        this.identity = identity;
    }

    @Override
    protected void service(HttpServletRequest request, HttpServletResponse response) throws IOException {
        String path = String.valueOf(request.getPathInfo());
        String method = request.getMethod();
        if (path.equals("/faults") && (method.equals("PUT") || method.equals("POST"))) {
            putFaults(request, response);
        } else if (!method.equals("GET")) {
            Json.sendNotAllowed(response, path.equals("/faults") ? "GET, PUT, POST" : "GET");
        } else if (path.equals("/faults")) {
            Json.send(response, 200, node.faults().toMap());
        } else if (path.equals("/stats")) {
            Json.send(response, 200, node.stats().toMap());
        } else if (path.startsWith("/sessions/")) {
            find(path.substring("/sessions/".length()), response);
        } else {
            Json.sendError(response, 404, "unknown-path", "There is nothing at this path.");
        }
    }

    private void find(String token, HttpServletResponse response) throws IOException {
        CobrowseSession session = sessions.find(token);
        if (session == null || session.ended()) {
            Json.sendError(response, 404, "unknown-session", "This node knows no session with this token.");
        } else {
            Json.send(response, 200, identity.owned(session.token()));
        }
    }

    private void putFaults(HttpServletRequest request, HttpServletResponse response) throws IOException {
        String body = new String(request.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        Faults faults;
        long forMillis;
        try {
            Map<?, ?> json = parse(body);
            faults = new Faults(
                    number(json, "latencyMillis", 0),
                    Math.toIntExact(number(json, "healthStatus", 200)),
                    flag(json, "refuse"),
                    flag(json, "hang"));
            forMillis = number(json, FOR_MILLIS, 0);
            if (forMillis < 0 || (faults.refuse() && forMillis == 0)) {
                throw new IllegalArgumentException(FOR_MILLIS + ": must be above 0 where refuse is true");
            }
        } catch (IllegalArgumentException | ArithmeticException malformed) {
            Json.sendError(response, 400, "bad-faults", String.valueOf(malformed.getMessage()));
            return;
        }
        Json.send(response, 200, faults.toMap());
        response.getWriter().close();
        node.injectLater(faults, forMillis);
    }

    private static Map<?, ?> parse(String body) {
        Object json;
        try {
            json = new JSON().fromJSON(body);
        } catch (RuntimeException malformed) {
            throw new IllegalArgumentException("This is not JSON: " + malformed.getMessage(), malformed);
        }
        if (!(json instanceof Map<?, ?> map) || !KEYS.containsAll(map.keySet())) {
            throw new IllegalArgumentException("Wanted is an object with some of the keys " + KEYS);
        }
        return map;
    }

    private static long number(Map<?, ?> json, String key, long absent) {
        @Nullable Object value = json.get(key);
        if (value != null && !(value instanceof Long)) {
            throw new IllegalArgumentException(key + ": " + value + " is not a whole number");
        }
        return value == null ? absent : (Long) value;
    }

    private static boolean flag(Map<?, ?> json, String key) {
        @Nullable Object value = json.get(key);
        if (value != null && !(value instanceof Boolean)) {
            throw new IllegalArgumentException(key + ": " + value + " is neither true nor false");
        }
        return value != null && (Boolean) value;
    }
}
