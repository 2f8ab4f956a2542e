package io.cobrowse.sticky.proxy.exchange;

import java.io.IOException;

/** The node of a request was taken out of service while the request waited for its answer. */
final class NodeUnavailableException extends IOException {
    private static final long serialVersionUID = 1L;

    NodeUnavailableException() {
        super("The node was taken out of service");
    }
}
