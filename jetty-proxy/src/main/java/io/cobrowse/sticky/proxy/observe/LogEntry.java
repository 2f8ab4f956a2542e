package io.cobrowse.sticky.proxy.observe;

import io.cobrowse.sticky.proxy.exchange.Outcome;
import io.cobrowse.sticky.proxy.listener.ClientConnection;
import io.cobrowse.sticky.routing.Node;
import io.cobrowse.sticky.routing.Route;
import java.net.SocketAddress;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpVersion;
import org.eclipse.jetty.server.Request;
import org.jspecify.annotations.Nullable;

/**
 * What the access log keeps of an outcome until its line is written; the only object that the log allocates for a
 * request.
 */
record LogEntry(
        long timeMillis,
        @Nullable SocketAddress client,
        @Nullable String listener,
        HttpVersion protocol,
        @Nullable String method,
        @Nullable String target,
        @Nullable String host,
        int status,
        @Nullable Route route,
        Outcome.End end,
        int retries,
        long queueNanos,
        long connectedNanos,
        long firstByteNanos,
        long totalNanos,
        long requestBytes,
        long responseBytes,
        @Nullable Node setsNode) {

    static LogEntry of(Outcome outcome, @Nullable Node setsNode) {
        Request request = outcome.request();
        boolean readable = !RefusedOutcome.isUnreadable(request);
        return new LogEntry(
                outcome.endMillis(),
                request.getConnectionMetaData().getRemoteSocketAddress(),
                request.getConnectionMetaData().getConnector().getName(),
                request.getConnectionMetaData().getHttpVersion(),
                readable ? request.getMethod() : null,
                readable ? ClientConnection.target(request) : null,
                host(request),
                outcome.status(),
                outcome.route(),
                outcome.end(),
                outcome.retries(),
                outcome.queueNanos(),
                outcome.connectedNanos(),
                outcome.firstByteNanos(),
                outcome.totalNanos(),
                outcome.requestBytes(),
                outcome.responseBytes(),
                setsNode);
    }

    private static @Nullable String host(Request request) {
        HttpFields fields = request.getHeaders();
        for (int i = 0; i < fields.size(); i++) { // An iterator would be an object.
            if (fields.getField(i).getHeader() == HttpHeader.HOST) {
                return fields.getField(i).getValue();
            }
        }
        return request.getHttpURI().getAuthority();
    }
}
