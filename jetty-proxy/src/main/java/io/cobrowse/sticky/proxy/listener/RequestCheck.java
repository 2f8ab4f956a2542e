package io.cobrowse.sticky.proxy.listener;

import io.cobrowse.sticky.filter.ProblemDocument;
import org.eclipse.jetty.http.HttpField;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpMethod;
import org.eclipse.jetty.http.HttpTokens;
import org.eclipse.jetty.http.HttpURI;
import org.eclipse.jetty.http.HttpVersion;
import org.eclipse.jetty.server.Request;
import org.jspecify.annotations.Nullable;

/** What a request must be to be forwarded unaltered, beyond what Jetty's parser refuses by itself. */
public final class RequestCheck {
    /** Most bytes of a request's fields: names, values, and four for the separators of each (RFC 9112, 5). */
    public static final int MAX_FIELD_BYTES = 32 * 1024;

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
            "The Content-Length is not a number, or the Transfer-Encoding is not chunked alone.",
            null);
    private static final ProblemDocument FIELDS_TOO_LARGE = new ProblemDocument(
            "request-header-too-large",
            "Request header fields too large",
            431,
            "The request header fields may total 32 KiB.",
            null);

    private static final char REPLACEMENT = '\uFFFD';

    private RequestCheck() {}

    /** Returns what is wrong with the request, null when nothing is. */
    public static @Nullable ProblemDocument check(Request request) {
        HttpURI uri = request.getHttpURI();
        if (HttpMethod.CONNECT.is(request.getMethod()) && !UpgradeRequest.isExtendedConnect(request)) {
            return CONNECT;
        }
        if (uri.getFragment() != null || !faithful(uri)) {
            return TARGET;
        }
        // HTTP/1.1's parser has checked every byte already.
        boolean checked = request.getConnectionMetaData().getHttpVersion() != HttpVersion.HTTP_2;
        if (!checked && (hasBlank(uri.getPath()) || hasBlank(uri.getQuery()) || hasBlank(uri.getAuthority()))) {
            return TARGET;
        }
        if (!checked && !isToken(request.getMethod())) {
            return METHOD;
        }
        int bytes = 0;
        for (HttpField field : request.getHeaders()) {
            String value = field.getValue();
            if (value != null) {
                bytes += value.length();
                if (!checked && hasControl(value)) {
                    return FIELD;
                }
                if (losesMeaning(field.getHeader(), value)) {
                    return FRAMING;
                }
            }
            bytes += field.getName().length() + 4;
        }
        return bytes > MAX_FIELD_BYTES ? FIELDS_TOO_LARGE : null;
    }

    /** The parser replaces bytes that are not UTF-8, and then the target is no longer the client's. */
    private static boolean faithful(HttpURI uri) {
        String path = uri.getPath();
        String query = uri.getQuery();
        return (path == null || path.indexOf(REPLACEMENT) < 0) && (query == null || query.indexOf(REPLACEMENT) < 0);
    }

    /** The length has to be read by a node as it is read here, and codings other than chunked would be lost on the way. */
    private static boolean losesMeaning(@Nullable HttpHeader header, String value) {
        return (header == HttpHeader.CONTENT_LENGTH && !isNumber(value))
                || (header == HttpHeader.TRANSFER_ENCODING && !value.equalsIgnoreCase("chunked"));
    }

    private static boolean isNumber(String value) {
        for (int i = 0; i < value.length(); i++) {
            if (value.charAt(i) < '0' || value.charAt(i) > '9') {
                return false;
            }
        }
        return !value.isEmpty();
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

    /** HTTP/2 has no request line that a blank would end; the node's HTTP/1.1 has. */
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
