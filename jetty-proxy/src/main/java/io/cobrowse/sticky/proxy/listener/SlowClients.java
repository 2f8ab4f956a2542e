package io.cobrowse.sticky.proxy.listener;

import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.eclipse.jetty.http.HttpParser;
import org.eclipse.jetty.http2.ErrorCode;
import org.eclipse.jetty.http2.HTTP2Connection;
import org.eclipse.jetty.http2.HTTP2Session;
import org.eclipse.jetty.io.Connection;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.io.ssl.SslConnection;
import org.eclipse.jetty.server.NegotiatingServerConnection;
import org.eclipse.jetty.util.Callback;

/**
 * Finds connections whose clients send so slowly that they only occupy a place: in a handshake, in a request's head,
 * or in its body. It checks each connection once a second, from outside, so requests pay nothing for it; a time-out
 * is late by up to that second. Not thread-safe: one thread sweeps.
 */
final class SlowClients {
    private static final long BODY_GRACE_NANOS = TimeUnit.SECONDS.toNanos(10);

    /**
     * The limit on queued frames. Answers to pings and settings pile up if a client sends these and reads nothing;
     * streams have only a few frames each.
     */
    private static final int MAX_QUEUED_FRAMES = 4096;

    private enum Phase {
        IDLE,
        HEAD,
        BODY
    }

    /** The observations of a connection. */
    private static final class Seen {
        private int sweep;
        private Phase phase = Phase.IDLE;
        /** The number of requests when the phase began; its time and number of bytes follow. */
        private long requests;

        private long sinceNanos;
        private long sinceBytes;

        private long lastNanos;
        private long lastBytes;
        private long changedNanos;
        private long waitedNanos;

        /** Returns whether the phase continues; otherwise begins a new one. */
        private boolean goesOn(Phase now, long requestsNow, long bytes, long nowNanos) {
            if (phase == now && requests == requestsNow) {
                return true;
            }
            phase = now;
            requests = requestsNow;
            begin(bytes, nowNanos);
            return false;
        }

        private void begin(long bytes, long nowNanos) {
            sinceNanos = nowNanos;
            sinceBytes = bytes;
            lastNanos = nowNanos;
            lastBytes = bytes;
            changedNanos = nowNanos;
            waitedNanos = 0;
        }
    }

    private final ListenerConnector connector;
    private final Map<Connection, Seen> seen = new HashMap<>();
    private int sweeps;

    SlowClients(ListenerConnector connector) {
        this.connector = connector;
    }

    /** Checks all connections, and ends those that are too slow. */
    void sweep(long nowNanos) {
        sweeps++;
        for (EndPoint endPoint : connector.getConnectedEndPoints()) {
            Connection connection = endPoint.getConnection();
            if (connection instanceof SslConnection tls) {
                Connection inner = tls.getSslEndPoint().getConnection();
                connection = inner == null ? connection : inner;
            }
            if (connection instanceof ClientConnection http1) {
                http1(http1, nowNanos);
            } else if (connection instanceof HTTP2Connection http2) {
                http2(http2, nowNanos);
            } else if (isHandshake(connection)) {
                handshake(endPoint);
            }
        }
        seen.values().removeIf(each -> each.sweep != sweeps);
    }

    /**
     * Returns whether a connection is a detector, the PROXY protocol, TLS or ALPN: everything that comes before the
     * connection of a protocol.
     */
    private static boolean isHandshake(Connection connection) {
        return connection instanceof SslConnection
                || connection instanceof NegotiatingServerConnection
                || connection instanceof Connection.UpgradeFrom;
    }

    private Seen seen(Connection connection) {
        Seen known = seen.computeIfAbsent(connection, unused -> new Seen());
        known.sweep = sweeps;
        return known;
    }

    private void handshake(EndPoint endPoint) {
        long age = System.currentTimeMillis() - endPoint.getCreatedTimeStamp();
        if (age >= connector.limits().headTimeout().toMillis()) {
            connector.counters().limited(ListenerCounters.HEAD_TIMEOUT);
            endPoint.close();
        }
    }

    private void http1(ClientConnection connection, long nowNanos) {
        HttpParser parser = connection.getParser();
        long requests = connection.getMessagesIn();
        if (parser.inContentState()) {
            body(connection, requests, nowNanos);
        } else if (parser.inHeaderState() && !parser.isStart()) {
            Seen known = seen(connection);
            if (known.goesOn(Phase.HEAD, requests, 0, nowNanos) && isTooLong(known.sinceNanos, nowNanos)) {
                connector.counters().limited(ListenerCounters.HEAD_TIMEOUT);
                connection.endSlowHead();
            }
        }
    }

    private boolean isTooLong(long sinceNanos, long nowNanos) {
        return nowNanos - sinceNanos >= connector.limits().headTimeout().toNanos();
    }

    /**
     * Checks a body. Only the time in which the proxy waits for the client counts, not the time in which the node does
     * not read.
     */
    private void body(ClientConnection connection, long requests, long nowNanos) {
        int rate = connector.limits().bodyRate();
        long bytes = connection.getBytesIn();
        Seen known = seen(connection);
        if (!known.goesOn(Phase.BODY, requests, bytes, nowNanos)) {
            return;
        }
        if (connection.getEndPoint().isFillInterested()) {
            known.waitedNanos += nowNanos - known.lastNanos;
        }
        known.lastNanos = nowNanos;
        double least = (double) known.waitedNanos / TimeUnit.SECONDS.toNanos(1) * rate;
        if (known.waitedNanos >= BODY_GRACE_NANOS && bytes - known.sinceBytes < least) {
            known.begin(bytes, nowNanos);
            connector.counters().limited(ListenerCounters.BODY_RATE);
            connection.onIdleExpired(new TimeoutException("The body comes at less than " + rate + " bytes a second"));
        }
    }

    /**
     * Checks an HTTP/2 connection. Heads cannot be seen from outside. But if bytes keep arriving while no stream is
     * open, and none has been opened for this long, they are a head in pieces, or noise.
     */
    private void http2(HTTP2Connection connection, long nowNanos) {
        HTTP2Session session = connection.getSession();
        if (connection instanceof Http2Connection ours) {
            ours.sweep(connector.limits().bodyRate(), connector.counters(), nowNanos);
        }
        if (session.getFrameQueueSize() > MAX_QUEUED_FRAMES) {
            connector.counters().limited(ListenerCounters.HTTP2_EVENTS);
            connection.getEndPoint().close();
            return;
        }
        long bytes = connection.getBytesIn();
        Seen known = seen(connection);
        if (!session.getStreams().isEmpty() || !known.goesOn(Phase.HEAD, session.getStreamsOpened(), bytes, nowNanos)) {
            known.begin(bytes, nowNanos);
            return;
        }
        if (bytes != known.lastBytes) {
            known.lastBytes = bytes;
            known.changedNanos = nowNanos;
        }
        if (bytes == known.sinceBytes || isTooLong(known.changedNanos, nowNanos)) {
            known.begin(bytes, nowNanos);
        } else if (isTooLong(known.sinceNanos, nowNanos)) {
            connector.counters().limited(ListenerCounters.HEAD_TIMEOUT);
            session.close(ErrorCode.ENHANCE_YOUR_CALM_ERROR.code, "head_timeout", Callback.NOOP);
            connection.getEndPoint().close();
        }
    }
}
