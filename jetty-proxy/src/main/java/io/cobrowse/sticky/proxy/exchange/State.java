package io.cobrowse.sticky.proxy.exchange;

import io.cobrowse.sticky.proxy.tunnel.Tunnel;
import io.cobrowse.sticky.proxy.upstream.UpstreamConnection;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The state of an exchange. Each state holds what exists only in that state; events that do not concern a state do
 * nothing in it.
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

    /** Checks the deadlines. */
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

    /** Request and answer are in progress. */
    final class Exchanging implements State {
        final RequestPump request;
        final ResponsePump response;
        /** Null as soon as the answer has been read completely, since another exchange may then have the connection. */
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

        /** Returns the node's connection; null if another exchange may have it already. */
        @Nullable
        UpstreamConnection connection() {
            return connection;
        }

        /** Leaves the connection, since the answer has been read completely; others may use it if it is reusable. */
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

        /** Stops reading and writing, and closes the connection. */
        void abort() {
            response.abort();
            request.abort();
            UpstreamConnection left = connection;
            connection = null;
            if (left != null) {
                left.close();
            }
        }

        /** Hands over the connection, with the bytes that were read but not parsed. */
        UpstreamConnection detach() {
            UpstreamConnection detached = Objects.requireNonNull(connection);
            connection = null;
            response.stop();
            return detached;
        }
    }

    /** The request has become a tunnel. */
    record Tunnelling(Tunnel tunnel) implements State {}

    /** The exchange has ended. */
    record Ended(Outcome.End end) implements State {}
}
