package io.cobrowse.sticky.proxy.config;

import java.time.Duration;

/**
 * What the clients of one listener may use up. Immutable.
 *
 * @param connections open at a time; beyond it none is accepted until one closes
 * @param connectionsPerClient open at a time by one address, IPv6 by its /64; 0 for no limit
 * @param requestsPerClient a second by one address; 0 for no limit
 * @param headTimeout from the first byte of a request's head to its last, and for a TLS handshake
 * @param bodyRate bytes a second that a body keeps up on average; 0 for no limit
 * @param headerBytes of the fields of a request
 * @param targetBytes of the target of a request
 * @param bodyBytes of the body of a request
 * @param headerCount fields of a request
 * @param http2Streams open at a time on one connection
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

    /** Returns these limits with another one of the connections of one client; 0 for none. */
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
