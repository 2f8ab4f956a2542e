package io.cobrowse.sticky.proxy.exchange;

import io.cobrowse.sticky.proxy.tunnel.Tunnel;
import org.eclipse.jetty.server.HttpStream;

/** Notifies a tunnel when its request is over, so that the client's end has arrived or will never arrive. */
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
