package io.cobrowse.sticky.proxy.listener;

import java.nio.ByteBuffer;
import org.eclipse.jetty.http.HttpStatus;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.server.Connector;
import org.eclipse.jetty.server.DetectorConnectionFactory;
import org.eclipse.jetty.server.SslConnectionFactory;
import org.eclipse.jetty.util.Callback;

/**
 * Accepts TLS, and answers 400 if the first bytes are not TLS, for example from a browser that uses http instead of
 * https.
 */
final class TlsOrClearText extends DetectorConnectionFactory {
    TlsOrClearText(SslConnectionFactory tls) {
        super(tls);
    }

    @Override
    protected void nextProtocol(Connector connector, EndPoint endPoint, ByteBuffer buffer) {
        endPoint.write(
                Callback.from(endPoint::close), Problems.raw(HttpStatus.BAD_REQUEST_400, connector.getServer(), null));
    }
}
