package io.cobrowse.sticky.proxy.upstream;

import io.cobrowse.sticky.proxy.io.Loop;
import io.cobrowse.sticky.routing.Node;

/** Who wants something of a node, and has its connection then. Called on its {@link #loop} only. */
public interface Requester {
    /** Returns the loop that all this happens on. */
    Loop loop();

    /** Returns the node that the request is for now. */
    Node node();

    /** The node has a place for the request, for which it had to wait. */
    void admitted();

    /** The request has waited for a place for too long. */
    void turnedAway();

    /** A connection is there. Where it is not wanted any more, it has to be {@linkplain UpstreamConnection#release released}. */
    void connected(UpstreamConnection connection);

    /** No connection can be had, or none any more: {@link NodeUnavailableException} where the node is out of service. */
    void connectFailed(Throwable cause);

    /** There is something to read from the connection, or its end. */
    void readable();

    /** The connection broke, or was closed, while it was waited for. */
    void lost(Throwable cause);

    /** Does what is due. */
    void tick(long nowNanos);

    /** Returns whether the request waits for the first byte of its answer. */
    boolean isWaiting();

    /** Returns whether the request waits for an answer that is meant to take long, as a CometD poll does. */
    boolean isParked();

    /** The node is out of service: the waiting request is to be answered without it. */
    void evict();
}
