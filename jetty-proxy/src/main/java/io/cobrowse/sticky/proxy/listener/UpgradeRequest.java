package io.cobrowse.sticky.proxy.listener;

import org.eclipse.jetty.http.HttpField;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpMethod;
import org.eclipse.jetty.http.HttpVersion;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.TunnelSupport;
import org.jspecify.annotations.Nullable;

/**
 * Recognises requests for a WebSocket, which become tunnels: a GET with {@code Upgrade: websocket} (RFC 6455, 4.1),
 * or over HTTP/2 a CONNECT with {@code :protocol} (RFC 8441). The proxy switches to no other protocol: over HTTP/2, a
 * client could reach a node past the listener's rules.
 */
public final class UpgradeRequest {
    private static final String WEBSOCKET = "websocket";

    private UpgradeRequest() {}

    /** Returns whether this is a request for a WebSocket. */
    public static boolean isWebSocket(Request request) {
        return isExtendedConnect(request) || isUpgrade(request);
    }

    /** Returns whether this is HTTP/2's form, which has to be translated for an HTTP/1.1 node. */
    public static boolean isExtendedConnect(Request request) {
        TunnelSupport support = HttpMethod.CONNECT.is(request.getMethod()) ? request.getTunnelSupport() : null;
        return support != null && WEBSOCKET.equals(support.getProtocol());
    }

    private static boolean isUpgrade(Request request) {
        HttpField upgrade = request.getHeaders().getField(HttpHeader.UPGRADE);
        return upgrade != null
                && WEBSOCKET.equalsIgnoreCase(upgrade.getValue())
                && HttpMethod.GET.is(request.getMethod())
                && request.getConnectionMetaData().getHttpVersion() == HttpVersion.HTTP_1_1
                && request.getHeaders().contains(HttpHeader.CONNECTION, "upgrade")
                && request.getTunnelSupport() != null;
    }

    /** Returns the client's end of the tunnel; null if the container cannot hand it over. */
    public static @Nullable EndPoint endPoint(Request request) {
        TunnelSupport support = request.getTunnelSupport();
        return support == null ? null : support.getEndPoint();
    }
}
