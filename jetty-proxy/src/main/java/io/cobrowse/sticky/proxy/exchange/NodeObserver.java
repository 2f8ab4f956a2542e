package io.cobrowse.sticky.proxy.exchange;

import io.cobrowse.sticky.routing.Node;

/** Is told how requests fare at the nodes. Thread-safe; must not block. */
public interface NodeObserver {
    /** Is told nothing. */
    NodeObserver NONE = new NodeObserver() {
        @Override
        public void failed(Node node, Throwable cause) {}

        @Override
        public void answered(Node node, int status) {}

        @Override
        public void timedOut(Node node) {}
    };

    /** The node refused a connection, did not take it in time, or reset it before its answer began. */
    void failed(Node node, Throwable cause);

    /** The node has begun to answer. */
    void answered(Node node, int status);

    /** The node did not answer in time. */
    void timedOut(Node node);
}
