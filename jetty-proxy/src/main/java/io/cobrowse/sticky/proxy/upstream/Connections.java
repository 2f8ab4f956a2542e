package io.cobrowse.sticky.proxy.upstream;

/** Gives requests connections to their nodes, on the loop that they belong to. */
public interface Connections {
    /**
     * Gives the requester a connection to its node, at once or later, through {@link Requester#connected}, or tells
     * it why there is none.
     */
    void acquire(Requester requester);

    /** Like {@link #acquire}, but gives a new connection. */
    void connect(Requester requester);
}
