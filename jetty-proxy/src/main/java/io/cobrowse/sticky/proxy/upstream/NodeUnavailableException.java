package io.cobrowse.sticky.proxy.upstream;

import java.io.IOException;

/** Thrown if the node of a request was taken out of service while the request waited for it. */
public final class NodeUnavailableException extends IOException {
    private static final long serialVersionUID = 1L;

    public NodeUnavailableException() {
        super("The node was taken out of service");
    }
}
