package io.cobrowse.node;

import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.Map;
import org.eclipse.jetty.util.ajax.JSON;

/** Writes JSON answers. */
final class Json {
    private static final JSON WRITER = new JSON();

    private Json() {}

    static String of(Map<String, Object> object) {
        return WRITER.toJSON(object);
    }

    static void send(HttpServletResponse response, int status, Map<String, Object> object) throws IOException {
        send(response, status, of(object));
    }

    static void send(HttpServletResponse response, int status, String json) throws IOException {
        response.setStatus(status);
        response.setContentType("application/json");
        response.setCharacterEncoding("UTF-8");
        response.getWriter().write(json);
    }

    static void sendError(HttpServletResponse response, int status, String code, String message) throws IOException {
        send(response, status, new Refusal(code, message).answer());
    }

    static void sendNotAllowed(HttpServletResponse response, String allowed) throws IOException {
        response.setHeader("Allow", allowed);
        sendError(response, HttpServletResponse.SC_METHOD_NOT_ALLOWED, "method-not-allowed", "Allowed: " + allowed);
    }
}
