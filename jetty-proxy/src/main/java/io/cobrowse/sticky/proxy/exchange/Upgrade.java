package io.cobrowse.sticky.proxy.exchange;

import io.cobrowse.sticky.proxy.message.ResponseHead;
import io.cobrowse.sticky.proxy.message.WebSocketHandshake;
import io.cobrowse.sticky.proxy.tunnel.Tunnel;
import io.cobrowse.sticky.proxy.tunnel.Tunnels;
import io.cobrowse.sticky.proxy.upstream.UpstreamConnection;
import io.cobrowse.sticky.routing.Node;
import java.nio.ByteBuffer;
import java.util.function.Consumer;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.util.BufferUtil;
import org.jspecify.annotations.Nullable;

/** A request and its node's 101, which are about to become a tunnel. */
final class Upgrade {
    private final ClientSide client;
    private final WebSocketHandshake asked;
    private final EndPoint end;
    private final ResponseHead head;
    private ByteBuffer early = BufferUtil.EMPTY_BUFFER;

    private Upgrade(ClientSide client, WebSocketHandshake asked, EndPoint end, ResponseHead head) {
        this.client = client;
        this.asked = asked;
        this.end = end;
        this.head = head;
    }

    /** Returns null if the client did not ask for an upgrade, or the node's answer does not match the request. */
    static @Nullable Upgrade of(ClientSide client, ResponseHead head) {
        WebSocketHandshake asked = client.handshake();
        EndPoint end = client.tunnelEnd();
        return asked == null || end == null || !asked.accepts(head.fields())
                ? null
                : new Upgrade(client, asked, end, head);
    }

    /** Opens the tunnel, which does not pass on anything yet. */
    Tunnel open(Tunnels tunnels, Node node, UpstreamConnection connection, Consumer<Tunnel> whenClosed) {
        early = BufferUtil.copy(connection.input());
        connection.releaseInput();
        return tunnels.open(node, end, connection.detach(), whenClosed);
    }

    /** Hands both connections to the tunnel: the node's, with the bytes after its head, and the client's. */
    void begin(Tunnel tunnel) {
        tunnel.takeUpstream(early);
        client.upgrade(asked, head, tunnel);
    }
}
