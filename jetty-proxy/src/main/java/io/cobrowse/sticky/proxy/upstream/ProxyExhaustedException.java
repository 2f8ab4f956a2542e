package io.cobrowse.sticky.proxy.upstream;

import java.io.IOException;

/**
 * Thrown if a connection could not be opened because the proxy has run out of descriptors or ports. The node is not
 * to blame.
 */
public final class ProxyExhaustedException extends IOException {
    private static final long serialVersionUID = 1L;

    ProxyExhaustedException(Throwable cause) {
        super("The proxy cannot open another connection: " + cause.getMessage(), cause);
    }
}
