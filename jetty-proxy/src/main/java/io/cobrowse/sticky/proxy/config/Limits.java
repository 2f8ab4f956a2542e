package io.cobrowse.sticky.proxy.config;

import java.time.Duration;

/**
 * The limits on what the clients of one listener may use. Immutable.
 *
 * @param connections open connections; at the limit, none is accepted until one closes
 * @param connectionsPerClient open connections of one address, IPv6 by its /64; 0 for no limit
 * @param requestsPerClient requests a second from one address; 0 for no limit
 * @param headTimeout the time from the first to the last byte of a request's head, and for a TLS handshake
 * @param bodyRate the average rate that a request's body must keep up, in bytes a second; 0 for no limit
 * @param headerBytes the size of a request's fields, in bytes
 * @param targetBytes the length of a request's target, in bytes
 * @param bodyBytes the length of a request's body, in bytes
 * @param headerCount the number of a request's fields
 * @param http2Streams open streams of one connection
 * @param http2Events resets, pings and settings a second on one connection
 */
public record Limits(
        int connections,
        int connectionsPerClient,
        int requestsPerClient,
        Duration headTimeout,
        int bodyRate,
        int headerBytes,
        int targetBytes,
        long bodyBytes,
        int headerCount,
        int http2Streams,
        int http2Events) {

    public static final Limits DEFAULTS =
            new Limits(20_000, 500, 0, Duration.ofSeconds(10), 100, 32 * 1024, 8 * 1024, 1L << 30, 200, 256, 200);

    /** Returns these limits with another limit on the connections of one client; 0 for no limit. */
    public Limits withConnectionsPerClient(int other) {
        return new Limits(
                connections,
                other,
                requestsPerClient,
                headTimeout,
                bodyRate,
                headerBytes,
                targetBytes,
                bodyBytes,
                headerCount,
                http2Streams,
                http2Events);
    }
}
