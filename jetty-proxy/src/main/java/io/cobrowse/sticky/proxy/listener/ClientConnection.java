package io.cobrowse.sticky.proxy.listener;

import io.cobrowse.sticky.proxy.io.EventLoop;
import io.cobrowse.sticky.proxy.io.HeadParser;
import java.nio.ByteBuffer;
import java.util.Objects;
import java.util.concurrent.Executor;
import org.eclipse.jetty.http.HttpCompliance;
import org.eclipse.jetty.http.HttpField;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpParser;
import org.eclipse.jetty.http.HttpStatus;
import org.eclipse.jetty.http.HttpVersion;
import org.eclipse.jetty.http.MetaData;
import org.eclipse.jetty.io.Connection;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.server.Connector;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.internal.HttpConnection;
import org.eclipse.jetty.server.internal.ResponseHttpFields;
import org.eclipse.jetty.util.Callback;
import org.jspecify.annotations.Nullable;

/**
 * A client's HTTP/1.1 connection that remembers the request target exactly as in the request line. Once Jetty's
 * {@code HttpURI} has added the {@code Host} field, it can no longer tell the origin form from the absolute form.
 */
public final class ClientConnection extends HttpConnection {
    private final @Nullable Executor executor;
    private @Nullable String target;
    private boolean bodyRead;
    private @Nullable String origin;
    private @Nullable String peer;
    private @Nullable RequestHandler handler; // Set by Jetty's constructor, as no field with a value could be.

    private ClientConnection(HttpConfiguration configuration, Connector connector, EndPoint endPoint) {
        super(configuration, connector, endPoint);
        EventLoop loop = EventLoop.of(endPoint);
        this.executor = loop == null ? null : task -> execute(loop, task);
    }

    @Override
    protected Executor getExecutor() {
        Executor own = executor;
        return own == null ? super.getExecutor() : own; // Jetty's constructor asks before ours has run.
    }

    /**
     * Runs a task of Jetty. After an asynchronous answer, Jetty looks for the connection's next request on a thread of
     * its pool. Here this stays on the loop, and if nothing has been read ahead, the connection only waits. After a
     * body, there is a buffer to release, which Jetty does when it reads.
     */
    private void execute(EventLoop loop, Runnable task) {
        if (task == this && !bodyRead && isRequestBufferEmpty() && loop.isCurrent()) {
            fillInterested();
        } else {
            loop.execute(task);
        }
    }

    /**
     * Returns the request target as received; if the connection is not one of ours, path and query, or an empty text
     * without them.
     */
    public static String target(Request request) {
        String target = request.getConnectionMetaData().getConnection() instanceof ClientConnection connection
                ? connection.target
                : null;
        return target != null
                ? target
                : Objects.requireNonNullElse(
                        Request.unWrap(request).getHttpURI().getPathQuery(), "");
    }

    /** Returns the address of the client as text, which does not change while it is connected. */
    public static String peer(Request request) {
        if (!(request.getConnectionMetaData().getConnection() instanceof ClientConnection connection)) {
            return Request.getRemoteAddr(request);
        }
        String known = connection.peer;
        if (known == null) {
            known = Request.getRemoteAddr(request);
            connection.peer = known;
        }
        return known;
    }

    /**
     * Answers a head that did not arrive in time, and ends the connection, possibly while its last bytes are arriving.
     */
    void endSlowHead() {
        EndPoint endPoint = getEndPoint();
        endPoint.write(
                Callback.from(endPoint::close),
                Problems.raw(HttpStatus.REQUEST_TIMEOUT_408, getConnector().getServer(), origin));
    }

    /**
     * Returns the {@code Origin} of a request, even if Jetty's parser rejected the request after this field; null if
     * there is none.
     */
    static @Nullable String origin(Request request) {
        String origin = request.getHeaders().get(HttpHeader.ORIGIN);
        return origin == null && request.getConnectionMetaData().getConnection() instanceof ClientConnection connection
                ? connection.origin
                : origin;
    }

    /**
     * Returns the fields of a response in a form with direct access by index. Jetty's own, which may not be changed
     * once they are sent, walk through all fields before an index.
     */
    public static HttpFields indexed(HttpFields fields) {
        return fields instanceof ResponseHttpFields guarded ? guarded.getMutableHttpFields() : fields;
    }

    @Override
    protected RequestHandler newRequestHandler() {
        RequestHandler made = new RequestHandler() {
            @Override
            public void messageBegin() {
                origin = null;
                super.messageBegin();
            }

            @Override
            public void parsedHeader(HttpField field) {
                if (field.getHeader() == HttpHeader.ORIGIN) {
                    origin = field.getValue();
                }
                super.parsedHeader(getParser() instanceof HeadParser parser ? parser.told(field) : field);
            }
        };
        handler = made;
        return made;
    }

    @Override
    protected HttpParser newHttpParser(HttpCompliance compliance) {
        EventLoop loop = EventLoop.of(getEndPoint());
        if (loop == null || !(getConnector() instanceof ListenerConnector listener)) {
            return super.newHttpParser(compliance);
        }
        HttpConfiguration http = getHttpConfiguration();
        HttpParser parser = new HeadParser(
                Objects.requireNonNull(handler),
                http.getRequestHeaderSize(),
                compliance,
                loop,
                listener.knownFields(loop));
        parser.setHeaderCacheSize(http.getHeaderCacheSize());
        parser.setHeaderCacheCaseSensitive(http.isHeaderCacheCaseSensitive());
        return parser;
    }

    @Override
    protected HttpStreamOverHTTP1 newHttpStream(String method, String uri, HttpVersion version) {
        target = uri;
        bodyRead = false;
        return new Stream(method, uri, version);
    }

    private final class Stream extends HttpStreamOverHTTP1 {
        Stream(String method, String uri, HttpVersion version) {
            super(method, uri, version);
        }

        @Override
        public void send(
                MetaData.Request request,
                MetaData.@Nullable Response response,
                boolean last,
                @Nullable ByteBuffer content,
                Callback callback) {
            if (response != null && last && getParser().inContentState()) {
                // What has come is no reason to close. Where more is to come Jetty will, and says so (RFC 9112, 9.6).
                consumeAvailable();
            }
            super.send(request, response == null ? null : new IndexedResponse(response), last, content, callback);
        }

        @Override
        public Content.Chunk read() {
            Content.Chunk chunk = super.read();
            // Jetty reads once more when a request is complete, even if it has no body.
            bodyRead |= chunk == null || chunk.hasRemaining();
            return chunk;
        }
    }

    /** A response whose fields the generator reads by index, without a copy. */
    private static final class IndexedResponse extends MetaData.Response {
        private final HttpFields fields;

        IndexedResponse(MetaData.Response response) {
            super(
                    response.getStatus(),
                    response.getReason(),
                    response.getHttpVersion(),
                    HttpFields.EMPTY,
                    response.getContentLength(),
                    response.getTrailersSupplier());
            this.fields = indexed(response.getHttpFields());
        }

        @Override
        public HttpFields getHttpFields() {
            return fields;
        }
    }

    /** Creates such connections. */
    static final class Factory extends HttpConnectionFactory {
        Factory(HttpConfiguration configuration) {
            super(configuration);
        }

        @Override
        public Connection newConnection(Connector connector, EndPoint endPoint) {
            return configure(new ClientConnection(getHttpConfiguration(), connector, endPoint), connector, endPoint);
        }
    }
}
