package io.cobrowse.sticky.proxy.listener;

import io.cobrowse.sticky.filter.CorsErrors;
import io.cobrowse.sticky.filter.ProblemDocument;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpHeaderValue;
import org.eclipse.jetty.http.HttpMethod;
import org.eclipse.jetty.http.HttpStatus;
import org.eclipse.jetty.http.HttpVersion;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.handler.ErrorHandler;
import org.eclipse.jetty.util.Callback;
import org.jspecify.annotations.Nullable;

/**
 * Problem documents outside servlets: for the handlers in front of them, and instead of Jetty's error pages.
 * Thread-safe.
 */
public final class Problems extends ErrorHandler {
    private static final String MEDIA_TYPE = "application/problem+json";
    private static final String METHODS = "GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS";

    private static final String CORS = CorsErrors.class.getName();

    /** Lets pages of other origins read a server's answers from now on; otherwise none may. */
    public static void setCors(Server server, CorsErrors cors) {
        server.setAttribute(CORS, cors);
    }

    /** Sends the document as the whole answer. */
    public static void send(ProblemDocument problem, Response response, Callback callback) {
        Request request = response.getRequest();
        HttpFields.Mutable fields = response.getHeaders();
        letPagesRead(request, fields);
        response.setStatus(problem.status());
        if (problem.status() == HttpStatus.METHOD_NOT_ALLOWED_405 && !fields.contains(HttpHeader.ALLOW)) {
            fields.put(HttpHeader.ALLOW, METHODS);
        }
        if (problem.status() == HttpStatus.BAD_REQUEST_400
                && ListenerConnector.of(request) != null
                && request.getConnectionMetaData().getHttpVersion() != HttpVersion.HTTP_2) {
            // Who knows where a request that cannot be relied on ends. The admin listener's are only wrong in what they
            // ask for.
            fields.put(HttpHeader.CONNECTION, HttpHeaderValue.CLOSE.asString());
        }
        response.write(true, fill(problem, fields), callback);
    }

    /** Adds the fields that let a page of another origin read the proxy's own answer, if it may (R25). */
    static void letPagesRead(Request request, HttpFields.Mutable fields) {
        Server server = request.getConnectionMetaData().getConnector().getServer();
        cors(server).addTo(ClientConnection.origin(request), fields::add);
    }

    private static CorsErrors cors(Server server) {
        return server.getAttribute(CORS) instanceof CorsErrors cors ? cors : CorsErrors.OFF;
    }

    /**
     * Returns a complete HTTP/1.1 answer that ends the connection, if there is no request to answer.
     *
     * @param origin the {@code Origin}, if it has been read
     */
    static ByteBuffer raw(int status, Server server, @Nullable String origin) {
        byte[] json = of(status).json();
        StringBuilder head = new StringBuilder(512);
        head.append("HTTP/1.1 ").append(status).append(' ').append(HttpStatus.getMessage(status));
        head.append("\r\nContent-Type: ").append(MEDIA_TYPE);
        head.append("\r\nCache-Control: no-store\r\nContent-Length: ").append(json.length);
        cors(server)
                .addTo(
                        origin,
                        (name, value) ->
                                head.append("\r\n").append(name).append(": ").append(value));
        byte[] fields = head.append("\r\nConnection: close\r\n\r\n").toString().getBytes(StandardCharsets.US_ASCII);
        return ByteBuffer.allocate(fields.length + json.length)
                .put(fields)
                .put(json)
                .flip();
    }

    private static ByteBuffer fill(ProblemDocument problem, HttpFields.Mutable fields) {
        byte[] json = problem.json();
        fields.put(HttpHeader.CONTENT_TYPE, MEDIA_TYPE);
        fields.put(HttpHeader.CACHE_CONTROL, "no-store");
        fields.put(HttpHeader.CONTENT_LENGTH, json.length);
        return ByteBuffer.wrap(json);
    }

    @Override
    protected void generateResponse(
            Request request,
            Response response,
            int code,
            @Nullable String message,
            @Nullable Throwable cause,
            Callback callback) {
        ListenerConnector listener = ListenerConnector.of(request);
        if (listener != null && code == HttpStatus.REQUEST_HEADER_FIELDS_TOO_LARGE_431) {
            listener.counters().limited(ListenerCounters.HEADER_BYTES);
        } else if (listener != null && code == HttpStatus.URI_TOO_LONG_414) {
            listener.counters().limited(ListenerCounters.TARGET_BYTES);
        }
        // Jetty refuses some CONNECT requests for their authority before the gate sees them.
        boolean connect = HttpMethod.CONNECT.is(request.getMethod()) && code == HttpStatus.BAD_REQUEST_400;
        send(connect ? RequestCheck.CONNECT : of(code), response, callback);
    }

    @Override
    public boolean errorPageForMethod(String method) {
        return true;
    }

    /**
     * Returns the document for an error that Jetty found. Jetty's own message may repeat client input, so it is not
     * used.
     */
    private static ProblemDocument of(int status) {
        return switch (status) {
            case HttpStatus.BAD_REQUEST_400 ->
                problem(status, "bad-request", "The request is malformed, or cannot be forwarded unaltered.");
            case HttpStatus.NOT_FOUND_404 -> problem(status, "not-found", "There is nothing at this path.");
            case HttpStatus.REQUEST_TIMEOUT_408 ->
                problem(status, "request-timeout", "The request did not come in time.");
            case HttpStatus.URI_TOO_LONG_414 -> problem(status, "uri-too-long", "The request target is too long.");
            case HttpStatus.REQUEST_HEADER_FIELDS_TOO_LARGE_431 ->
                problem(status, "request-header-too-large", "The request header fields are too large or too many.");
            case HttpStatus.HTTP_VERSION_NOT_SUPPORTED_505 ->
                problem(status, "version-not-supported", "HTTP/1.0, HTTP/1.1 and HTTP/2 are served.");
            default ->
                status < 500
                        ? problem(status, "bad-request", "The request cannot be served.")
                        : problem(status, "internal-error", "The proxy failed to serve the request.");
        };
    }

    private static ProblemDocument problem(int status, String type, String detail) {
        return new ProblemDocument(type, HttpStatus.getMessage(status), status, detail, null);
    }
}
