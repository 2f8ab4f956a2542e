package io.cobrowse.sticky.proxy.listener;

import io.cobrowse.sticky.filter.ProblemDocument;
import io.cobrowse.sticky.proxy.config.Limits;
import org.eclipse.jetty.http.HttpField;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpMethod;
import org.eclipse.jetty.http.HttpTokens;
import org.eclipse.jetty.http.HttpURI;
import org.eclipse.jetty.http.HttpVersion;
import org.eclipse.jetty.server.Request;
import org.jspecify.annotations.Nullable;

/** Checks that a request can be forwarded unchanged, beyond what Jetty's parser refuses by itself. */
public final class RequestCheck {
    static final ProblemDocument CONNECT = new ProblemDocument(
            "method-not-allowed", "Method not allowed", 405, "This proxy opens no tunnels to other hosts.", null);
    private static final ProblemDocument TARGET = new ProblemDocument(
            "bad-request",
            "Bad request",
            400,
            "The request target has a fragment, a blank or bytes that are not UTF-8, so it cannot be forwarded as it is.",
            null);
    private static final ProblemDocument METHOD =
            new ProblemDocument("bad-request", "Bad request", 400, "The request method is not a token.", null);
    private static final ProblemDocument FIELD = new ProblemDocument(
            "bad-request", "Bad request", 400, "A request header field has a control character.", null);
    private static final ProblemDocument FRAMING = new ProblemDocument(
            "bad-request",
            "Bad request",
            400,
            "The Content-Length is not a number, or the Transfer-Encoding is not chunked alone, or is HTTP/1.0's.",
            null);
    private static final ProblemDocument HANDSHAKE_BODY =
            new ProblemDocument("bad-request", "Bad request", 400, "A WebSocket handshake has no body.", null);
    private static final ProblemDocument FIELDS_TOO_LARGE = new ProblemDocument(
            "request-header-too-large",
            "Request header fields too large",
            431,
            "The request header fields are too large or too many.",
            null);
    private static final ProblemDocument TARGET_TOO_LONG =
            new ProblemDocument("uri-too-long", "URI too long", 414, "The request target is too long.", null);
    /** The answer to a body that exceeds its limit, by its declared length or by the bytes received. */
    public static final ProblemDocument BODY_TOO_LARGE =
            new ProblemDocument("content-too-large", "Content too large", 413, "The body is too large.", null);

    /** Numbers with this many digits always fit into a long. */
    private static final int MAX_LENGTH_DIGITS = 18;

    private static final char REPLACEMENT = '\uFFFD';

    private RequestCheck() {}

    /**
     * Returns what is wrong with the request; null if nothing is. A request that exceeds a limit of its listener is
     * counted there.
     */
    public static @Nullable ProblemDocument check(Request request) {
        if (HttpMethod.CONNECT.is(request.getMethod()) && !UpgradeRequest.isExtendedConnect(request)) {
            return CONNECT;
        }
        ListenerConnector listener = ListenerConnector.of(request);
        Limits limits = listener == null ? Limits.DEFAULTS : listener.limits();
        String exceeded = exceeded(request, limits);
        if (exceeded != null) {
            if (listener != null) {
                listener.counters().limited(exceeded);
            }
            return switch (exceeded) {
                case ListenerCounters.TARGET_BYTES -> TARGET_TOO_LONG;
                case ListenerCounters.BODY_BYTES -> BODY_TOO_LARGE;
                default -> FIELDS_TOO_LARGE;
            };
        }
        return malformed(request);
    }

    /** Returns the limit that the request exceeds; null if there is none. */
    private static @Nullable String exceeded(Request request, Limits limits) {
        if (ClientConnection.target(request).length() > limits.targetBytes()) {
            return ListenerCounters.TARGET_BYTES;
        }
        HttpFields fields = request.getHeaders();
        int bytes = 0;
        for (int i = 0; i < fields.size(); i++) {
            HttpField field = fields.getField(i);
            String value = field.getValue();
            // Four bytes for the separators of each field (RFC 9112, 5).
            bytes += field.getName().length() + 4 + (value == null ? 0 : value.length());
        }
        if (bytes > limits.headerBytes()) {
            return ListenerCounters.HEADER_BYTES;
        }
        if (fields.size() > limits.headerCount()) {
            return ListenerCounters.HEADER_COUNT;
        }
        return request.getLength() > limits.bodyBytes() ? ListenerCounters.BODY_BYTES : null;
    }

    private static @Nullable ProblemDocument malformed(Request request) {
        HttpURI uri = request.getHttpURI();
        if (uri.getFragment() != null || !faithful(uri)) {
            return TARGET;
        }
        if (UpgradeRequest.isWebSocket(request) && mayHaveBody(request)) {
            return HANDSHAKE_BODY;
        }
        // HTTP/1.1's parser has already checked every byte.
        HttpVersion version = request.getConnectionMetaData().getHttpVersion();
        boolean checked = version != HttpVersion.HTTP_2;
        if (!checked && (hasBlank(uri.getPath()) || hasBlank(uri.getQuery()) || hasBlank(uri.getAuthority()))) {
            return TARGET;
        }
        if (!checked && !isToken(request.getMethod())) {
            return METHOD;
        }
        HttpFields fields = request.getHeaders();
        for (int i = 0; i < fields.size(); i++) {
            HttpField field = fields.getField(i);
            String value = field.getValue();
            if (value != null) {
                if (!checked && hasControl(value)) {
                    return FIELD;
                }
                if (losesMeaning(field.getHeader(), value, version)) {
                    return FRAMING;
                }
            }
        }
        return null;
    }

    /**
     * Returns whether a handshake may have a body. A node might take that body for the next request, which the client
     * would then have written.
     */
    private static boolean mayHaveBody(Request request) {
        HttpField length = request.getHeaders().getField(HttpHeader.CONTENT_LENGTH);
        return (length != null && !"0".equals(length.getValue()))
                || request.getHeaders().contains(HttpHeader.TRANSFER_ENCODING);
    }

    /** Returns whether the target is the client's. The parser replaces bytes that are not UTF-8. */
    private static boolean faithful(HttpURI uri) {
        String path = uri.getPath();
        String query = uri.getQuery();
        return (path == null || path.indexOf(REPLACEMENT) < 0) && (query == null || query.indexOf(REPLACEMENT) < 0);
    }

    /**
     * Returns whether a field would change its meaning. A node must read the length like the proxy, codings other than
     * chunked would be lost on the way, and HTTP/1.0 has no codings (RFC 9112, 6.1).
     */
    private static boolean losesMeaning(@Nullable HttpHeader header, String value, HttpVersion version) {
        return (header == HttpHeader.CONTENT_LENGTH && !isLength(value))
                || (header == HttpHeader.TRANSFER_ENCODING
                        && (version == HttpVersion.HTTP_1_0 || !value.equalsIgnoreCase("chunked")));
    }

    /** Returns whether a {@code Content-Length} can be read in only one way, and fits. */
    static boolean isLength(@Nullable String value) {
        if (value == null || value.isEmpty() || value.length() > MAX_LENGTH_DIGITS) {
            return false;
        }
        for (int i = 0; i < value.length(); i++) {
            if (value.charAt(i) < '0' || value.charAt(i) > '9') {
                return false;
            }
        }
        return true;
    }

    private static boolean isToken(String method) {
        for (int i = 0; i < method.length(); i++) {
            HttpTokens.Token token = HttpTokens.getToken(method.charAt(i));
            if (token == null || !token.isRfc2616Token()) {
                return false;
            }
        }
        return !method.isEmpty();
    }

    /**
     * Returns whether a part of the target contains a blank. HTTP/2 has no request line that a blank would end, but the
     * node's HTTP/1.1 has.
     */
    private static boolean hasBlank(@Nullable String part) {
        for (int i = 0; part != null && i < part.length(); i++) {
            char c = part.charAt(i);
            if (c <= ' ' || c == 0x7F) {
                return true;
            }
        }
        return false;
    }

    private static boolean hasControl(String value) {
        for (int i = 0; i < value.length(); i++) {
            char c = value.charAt(i);
            if ((c < ' ' && c != '\t') || c == 0x7F || c > 0xFF) {
                return true;
            }
        }
        return false;
    }
}
