package io.cobrowse.sticky.proxy.listener;

import org.eclipse.jetty.http.HttpVersion;
import org.eclipse.jetty.io.Connection;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.server.Connector;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.internal.HttpConnection;
import org.jspecify.annotations.Nullable;

/**
 * A client's HTTP/1.1 connection that remembers the request target as it stood in the request line. Jetty's
 * {@code HttpURI} cannot tell the origin form from the absolute form any more, once it has added the {@code Host} field.
 */
public final class ClientConnection extends HttpConnection {
    private @Nullable String target;

    private ClientConnection(HttpConfiguration configuration, Connector connector, EndPoint endPoint) {
        super(configuration, connector, endPoint);
    }

    /** Returns the request target as received; path and query where the connection is not one of ours. */
    public static String target(Request request) {
        String target = request.getConnectionMetaData().getConnection() instanceof ClientConnection connection
                ? connection.target
                : null;
        return target != null ? target : Request.unWrap(request).getHttpURI().getPathQuery();
    }

    @Override
    protected HttpStreamOverHTTP1 newHttpStream(String method, String uri, HttpVersion version) {
        target = uri;
        return super.newHttpStream(method, uri, version);
    }

    /** Makes such connections. */
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
