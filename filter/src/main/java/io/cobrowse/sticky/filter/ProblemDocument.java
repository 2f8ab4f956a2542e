package io.cobrowse.sticky.filter;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * A problem document (RFC 9457) with which the proxy itself answers. Immutable.
 *
 * <p>The texts must not repeat what the client sent.
 *
 * @param type what went wrong, such as {@code node-down}; {@code urn:cobrowse-proxy:} is prefixed
 * @param title a short summary, always the same for a type
 * @param status the HTTP status
 * @param detail what it means and what to do
 * @param node id of the node concerned; null if there is none
 */
public record ProblemDocument(
        String type,
        String title,
        int status,
        String detail,
        @Nullable String node) {
    private static final String MEDIA_TYPE = "application/problem+json";
    private static final String TYPE_PREFIX = "urn:cobrowse-proxy:";

    /** Returns the document, in UTF-8. */
    public byte[] json() {
        StringBuilder json = new StringBuilder(256);
        appendString(json.append("{\"type\":"), TYPE_PREFIX + type);
        appendString(json.append(",\"title\":"), title);
        json.append(",\"status\":").append(status);
        appendString(json.append(",\"detail\":"), detail);
        if (node != null) {
            appendString(json.append(",\"node\":"), node);
        }
        return json.append('}').toString().getBytes(StandardCharsets.UTF_8);
    }

    /**
     * Sends the document like {@link RoutingAnswers#send(ProblemDocument, HttpServletRequest, HttpServletResponse)}.
     */
    void send(HttpServletResponse response) throws IOException {
        byte[] json = json();
        response.resetBuffer();
        response.setStatus(status);
        response.setContentType(MEDIA_TYPE);
        response.setContentLength(json.length);
        response.setHeader("Cache-Control", "no-store");
        response.getOutputStream().write(json);
    }

    /** Appends a string in the syntax of RFC 8259 section 7. */
    private static void appendString(StringBuilder json, String text) {
        json.append('"');
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '"' || c == '\\') {
                json.append('\\').append(c);
            } else if (c < ' ') {
                json.append(String.format("\\u%04x", (int) c));
            } else {
                json.append(c);
            }
        }
        json.append('"');
    }
}
