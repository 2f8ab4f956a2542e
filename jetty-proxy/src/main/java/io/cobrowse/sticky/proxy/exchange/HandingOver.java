package io.cobrowse.sticky.proxy.exchange;

import io.cobrowse.sticky.proxy.tunnel.Tunnel;
import org.eclipse.jetty.server.HttpStream;

/** Tells a tunnel when the request for it is over, and its client's end has come or will not come any more. */
final class HandingOver extends HttpStream.Wrapper {
    private final Tunnel tunnel;

    HandingOver(HttpStream stream, Tunnel tunnel) {
        super(stream);
        this.tunnel = tunnel;
    }

    @Override
    public void succeeded() {
        super.succeeded();
        tunnel.requested();
    }

    @Override
    public void failed(Throwable cause) {
        super.failed(cause);
        tunnel.requested();
    }
}
