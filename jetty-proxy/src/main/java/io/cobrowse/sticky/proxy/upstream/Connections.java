package io.cobrowse.sticky.proxy.upstream;

/** Where a request gets a connection to its node: on the loop that it belongs to. */
public interface Connections {
    /** Gives the requester a connection to its node: {@link Requester#connected}, at once or later, or why not. */
    void acquire(Requester requester);

    /** As {@link #acquire}, but a connection that nobody has used before. */
    void connect(Requester requester);
}
