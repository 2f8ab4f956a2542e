package io.cobrowse.sticky.proxy.exchange;

import io.cobrowse.sticky.proxy.tunnel.Tunnel;
import io.cobrowse.sticky.proxy.upstream.UpstreamConnection;
import org.jspecify.annotations.Nullable;

/** Where an exchange is. Each state holds what there is in it and nowhere else. */
sealed interface State {
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
        @Nullable
        UpstreamConnection connection;

        Exchanging(UpstreamConnection connection, RequestPump request, ResponsePump response) {
            this.connection = connection;
            this.request = request;
            this.response = response;
        }
    }

    /** The request has become a tunnel. */
    record Tunnelling(Tunnel tunnel) implements State {}

    /** Over. */
    record Ended(Outcome.End end) implements State {}
}
