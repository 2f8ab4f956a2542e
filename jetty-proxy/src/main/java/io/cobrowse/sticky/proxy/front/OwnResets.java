package io.cobrowse.sticky.proxy.front;

import java.io.EOFException;
import org.eclipse.jetty.http2.HTTP2Stream;
import org.eclipse.jetty.http2.api.Stream;
import org.eclipse.jetty.http2.api.server.ServerSessionListener;
import org.eclipse.jetty.http2.server.HTTP2CServerConnectionFactory;
import org.eclipse.jetty.http2.server.HTTP2ServerConnectionFactory;
import org.eclipse.jetty.http2.server.internal.HTTP2ServerConnection;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.server.Connector;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpStream;
import org.eclipse.jetty.util.Callback;

/**
 * HTTP/2 whose requests are told when Jetty itself resets their stream, as it does where DATA is longer or shorter than
 * {@code Content-Length} (RFC 9113, 8.1.1). Jetty tells them of the client's resets only; without this an exchange, and its
 * connection to the node, would last until it is idle for long enough.
 */
final class OwnResets {
    private OwnResets() {}

    /** By prior knowledge. */
    static final class ClearText extends HTTP2CServerConnectionFactory {
        ClearText(HttpConfiguration http) {
            super(http);
        }

        @Override
        protected ServerSessionListener newSessionListener(Connector connector, EndPoint endPoint) {
            return new Tls.Telling(this, endPoint);
        }
    }

    /** By ALPN. */
    static final class Tls extends HTTP2ServerConnectionFactory {
        Tls(HttpConfiguration http) {
            super(http);
        }

        @Override
        protected ServerSessionListener newSessionListener(Connector connector, EndPoint endPoint) {
            return new Telling(this, endPoint);
        }

        /** Stands here because Jetty's is open to subclasses of its factory only. */
        private static final class Telling extends HTTPServerSessionListener {
            private final EndPoint endPoint;

            Telling(HTTP2ServerConnectionFactory factory, EndPoint endPoint) {
                factory.super(endPoint);
                this.endPoint = endPoint;
            }

            /** Does nothing where the request has ended, or has been told already; tunnels notice by themselves. */
            @Override
            public void onClosed(Stream stream) {
                if (stream.isReset()
                        && ((HTTP2Stream) stream).getAttachment() instanceof HttpStream
                        && endPoint.getConnection() instanceof HTTP2ServerConnection connection) {
                    connection.onStreamFailure(stream, new EOFException("The stream was reset"), Callback.NOOP);
                }
            }
        }
    }
}
