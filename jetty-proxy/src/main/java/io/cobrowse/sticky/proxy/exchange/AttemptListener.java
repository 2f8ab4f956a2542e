package io.cobrowse.sticky.proxy.exchange;

import io.cobrowse.sticky.routing.Node;

/**
 * Is notified at once when a node fails a request, whatever happens to the request then. Called on event loops: must
 * not block.
 */
@FunctionalInterface
public interface AttemptListener {
    /** The node refused a connection, did not accept it in time, or reset it before its answer began. */
    void failed(Node node, Throwable cause);
}
