package io.cobrowse.sticky.proxy.upstream;

import java.io.IOException;

/** A connection could not be opened for want of something that is the proxy's own: descriptors, ports. No fault of the node. */
public final class ProxyExhaustedException extends IOException {
    private static final long serialVersionUID = 1L;

    ProxyExhaustedException(Throwable cause) {
        super("The proxy cannot open another connection: " + cause.getMessage(), cause);
    }
}
