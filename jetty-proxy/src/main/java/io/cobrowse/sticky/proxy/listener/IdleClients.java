package io.cobrowse.sticky.proxy.listener;

import java.util.Comparator;
import java.util.List;
import org.eclipse.jetty.http2.HTTP2Connection;
import org.eclipse.jetty.io.Connection;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.io.IdleTimeout;
import org.eclipse.jetty.io.ssl.SslConnection;
import org.eclipse.jetty.server.NegotiatingServerConnection;

/** Finds and closes connections that serve no request, for which others would have to wait at a limit. Stateless. */
final class IdleClients {
    /**
     * A client that has just connected has not yet had time to send, and one that has just been answered may continue.
     */
    private static final long GRACE_MILLIS = 1_000;

    private IdleClients() {}

    /**
     * Closes up to {@code count} of them: first those that have never sent a request, the oldest first. May be called
     * by any thread.
     */
    static void close(List<EndPoint> open, int count) {
        open.stream()
                .filter(IdleClients::isIdle)
                .sorted(Comparator.<EndPoint>comparingInt(
                                each -> connection(each).getMessagesIn() == 0 ? 0 : 1)
                        .thenComparingLong(EndPoint::getCreatedTimeStamp))
                .limit(count)
                .toList()
                .forEach(EndPoint::close);
    }

    /** Returns whether a connection is in a handshake, between two requests, or within the head of a request. */
    private static boolean isIdle(EndPoint endPoint) {
        Connection connection = connection(endPoint);
        long millis = connection.getMessagesIn() > 0 && endPoint instanceof IdleTimeout since
                ? since.getIdleFor()
                : System.currentTimeMillis() - endPoint.getCreatedTimeStamp();
        if (millis < GRACE_MILLIS) {
            return false;
        }
        if (connection instanceof ClientConnection http1) {
            return http1.getEndPoint().isFillInterested() && !http1.getParser().inContentState();
        }
        if (connection instanceof HTTP2Connection http2) {
            return http2.getSession().getStreams().isEmpty();
        }
        return connection instanceof SslConnection
                || connection instanceof NegotiatingServerConnection
                || connection instanceof Connection.UpgradeFrom;
    }

    private static Connection connection(EndPoint endPoint) {
        Connection connection = endPoint.getConnection();
        if (connection instanceof SslConnection tls && tls.getSslEndPoint().getConnection() != null) {
            return tls.getSslEndPoint().getConnection();
        }
        return connection;
    }
}
