package io.cobrowse.sticky.proxy.exchange;

import io.cobrowse.sticky.proxy.tunnel.Tunnel;
import io.cobrowse.sticky.proxy.upstream.UpstreamConnection;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The state of an exchange. Each state holds what exists only in this state; events that do not concern it do
 * nothing.
 */
sealed interface State {
    /** The node's connection has bytes to read, or has ended. */
    default void readable() {}

    /** The node's connection is lost or given up. */
    default void lost(Throwable cause) {}

    /** The request has been written to its end, or as far as the node took it. */
    default void requestSent() {}

    /** The node asks for the body. */
    default void proceed() {}

    /** Does what is due. */
    default void tick(long nowNanos) {}

    /** Returns whether the exchange waits for the first byte of the answer. */
    default boolean isWaiting() {
        return false;
    }

    /** Returns whether the whole request has been written. */
    default boolean isRequestSent() {
        return false;
    }

    /** Not begun, or waiting for a place at its node. */
    record Queued() implements State {
        static final Queued STATE = new Queued();
    }

    /** Waiting for a connection to its node. */
    record Connecting() implements State {
        static final Connecting STATE = new Connecting();
    }

    /** Request and answer are on their way. */
    final class Exchanging implements State {
        final RequestPump request;
        final ResponsePump response;
        /** Null from when the answer is there to its last byte, since another exchange may have the connection then. */
        private @Nullable UpstreamConnection connection;

        Exchanging(UpstreamConnection connection, RequestPump request, ResponsePump response) {
            this.connection = connection;
            this.request = request;
            this.response = response;
        }

        @Override
        public void readable() {
            response.iterate();
        }

        @Override
        public void lost(Throwable cause) {
            response.lost(cause);
        }

        @Override
        public void requestSent() {
            response.requestSent();
        }

        @Override
        public void proceed() {
            request.proceed();
        }

        @Override
        public void tick(long nowNanos) {
            response.tick(nowNanos);
            request.tick(nowNanos);
        }

        @Override
        public boolean isWaiting() {
            return response.isWaiting();
        }

        @Override
        public boolean isRequestSent() {
            return request.done();
        }

        /** Returns the node's connection; null where another exchange may have it already. */
        @Nullable
        UpstreamConnection connection() {
            return connection;
        }

        /** The answer is here to its last byte: the connection is left, for others where it can be used again. */
        void leaveConnection(boolean reusable) {
            UpstreamConnection left = connection;
            connection = null;
            if (left == null) {
                return;
            }
            if (reusable && request.lastBegun()) {
                request.releaseConnection();
            } else {
                request.abort();
                left.close();
            }
        }

        /** Nothing more is read or written, and the connection is closed. */
        void abort() {
            response.abort();
            request.abort();
            UpstreamConnection left = connection;
            connection = null;
            if (left != null) {
                left.close();
            }
        }

        /** The connection becomes somebody else's, with what was read and not parsed. */
        UpstreamConnection detach() {
            UpstreamConnection detached = Objects.requireNonNull(connection);
            connection = null;
            response.stop();
            return detached;
        }
    }

    /** The request has become a tunnel. */
    record Tunnelling(Tunnel tunnel) implements State {}

    /** Over. */
    record Ended(Outcome.End end) implements State {}
}
