package io.cobrowse.sticky.proxy.listener;

import java.nio.ByteBuffer;
import org.eclipse.jetty.http.HttpStatus;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.server.Connector;
import org.eclipse.jetty.server.DetectorConnectionFactory;
import org.eclipse.jetty.server.SslConnectionFactory;
import org.eclipse.jetty.util.Callback;

/** Takes TLS where it comes, and answers 400 where the first bytes are none: a browser with http instead of https. */
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
