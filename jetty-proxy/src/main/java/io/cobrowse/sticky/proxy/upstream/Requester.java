package io.cobrowse.sticky.proxy.upstream;

import io.cobrowse.sticky.proxy.io.Loop;
import io.cobrowse.sticky.routing.Node;

/** Requests a connection to a node, and then owns it. Called on its {@link #loop} only. */
public interface Requester {
    /** Returns the loop on which everything happens. */
    Loop loop();

    /** Returns the node that the request is for now. */
    Node node();

    /** The node now has a place for the request, which had to wait for it. */
    void admitted();

    /** The request has waited for a place for too long. */
    void turnedAway();

    /**
     * A connection is available. If it is no longer wanted, it must be
     * {@linkplain UpstreamConnection#release released}.
     */
    void connected(UpstreamConnection connection);

    /**
     * No connection can be opened, or the wait for one has ended: {@link NodeUnavailableException} if the node is out
     * of service.
     */
    void connectFailed(Throwable cause);

    /** The connection has bytes to read, or has ended. */
    void readable();

    /** The connection broke, or was closed, while the requester waited for bytes. */
    void lost(Throwable cause);

    /** Checks the deadlines. */
    void tick(long nowNanos);

    /** Returns whether the request waits for the first byte of its answer. */
    boolean isWaiting();

    /** Returns whether the request waits for an answer that takes long on purpose, as with a CometD poll. */
    boolean isParked();

    /** The node is out of service: the waiting request must be answered without it. */
    void evict();
}
