package io.cobrowse.sticky.proxy.listener;

import org.eclipse.jetty.alpn.server.ALPNServerConnectionFactory;
import org.eclipse.jetty.http.HttpCompliance;
import org.eclipse.jetty.http.UriCompliance;
import org.eclipse.jetty.http2.server.AbstractHTTP2ServerConnectionFactory;
import org.eclipse.jetty.http2.server.HTTP2CServerConnectionFactory;
import org.eclipse.jetty.http2.server.HTTP2ServerConnectionFactory;
import org.eclipse.jetty.server.ConnectionFactory;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.SecureRequestCustomizer;
import org.eclipse.jetty.server.SslConnectionFactory;
import org.eclipse.jetty.util.ssl.SslContextFactory;

/** How Jetty has to be set up to hand requests over as they came in. For embedding, too. */
public final class ProxyHttp {
    /** The fields may total 32 KiB; the rest is room for the request line. Our own check is the exact one. */
    private static final int REQUEST_HEAD_BYTES = RequestCheck.MAX_FIELD_BYTES + 16 * 1024;

    /**
     * HTTP/2 counts 32 bytes more for each field (RFC 9113, 6.5.2) and gives the connection up beyond the limit: so high
     * that fields that total 32 KiB pass however many they are, and that the excess is told by 431 for once.
     */
    private static final int HTTP2_REQUEST_HEAD_BYTES = 8 * RequestCheck.MAX_FIELD_BYTES;

    /**
     * Jetty does not hear a client's reset of a stream that was idle once, and resets it itself when it is idle twice. Since
     * polls are parked and bodies and readers that stall are watched by the exchange, this is for what is left.
     */
    private static final long STREAM_IDLE_MILLIS = 15 * 60_000;

    private static final int RESPONSE_HEAD_BYTES = 64 * 1024;

    private ProxyHttp() {}

    /** Returns a configuration under which targets, methods and fields stay as received and nothing of Jetty's is added. */
    public static HttpConfiguration configuration() {
        HttpConfiguration http = new HttpConfiguration();
        http.setUriCompliance(UriCompliance.UNSAFE);
        // A bare line feed ends no line, for others may read it differently.
        http.setHttpCompliance(HttpCompliance.STRICT);
        http.setHeaderCacheCaseSensitive(true);
        // Jetty's cache takes some 100 KB a connection, which thousands of parked polls would multiply.
        http.setHeaderCacheSize(0);
        http.setRequestHeaderSize(REQUEST_HEAD_BYTES);
        http.setMaxResponseHeaderSize(RESPONSE_HEAD_BYTES);
        http.setSendServerVersion(false);
        http.setSendDateHeader(false);
        return http;
    }

    /** Returns HTTP/1.1, and HTTP/2 by prior knowledge, on one port in clear text. */
    public static ConnectionFactory[] clearText() {
        HttpConfiguration http = configuration();
        return new ConnectionFactory[] {
            new ClientConnection.Factory(http), withParkedStreams(new HTTP2CServerConnectionFactory(forHttp2(http)))
        };
    }

    /** Returns HTTP/1.1 and HTTP/2 over TLS, chosen by ALPN; HTTP/1.1 for clients without it. */
    public static ConnectionFactory[] tls(SslContextFactory.Server tls) {
        HttpConfiguration http = configuration();
        // Else Jetty adds one that wants Host and certificate to match, which is the client's to check.
        http.addCustomizer(new SecureRequestCustomizer(false));
        ConnectionFactory http1 = new ClientConnection.Factory(http);
        ALPNServerConnectionFactory alpn = new ALPNServerConnectionFactory();
        alpn.setDefaultProtocol(http1.getProtocol());
        return new ConnectionFactory[] {
            new SslConnectionFactory(tls, alpn.getProtocol()),
            alpn,
            withParkedStreams(new HTTP2ServerConnectionFactory(forHttp2(http))),
            http1
        };
    }

    private static <F extends AbstractHTTP2ServerConnectionFactory> F withParkedStreams(F http2) {
        http2.setStreamIdleTimeout(STREAM_IDLE_MILLIS);
        return http2;
    }

    private static HttpConfiguration forHttp2(HttpConfiguration http) {
        HttpConfiguration wide = new HttpConfiguration(http);
        wide.setRequestHeaderSize(HTTP2_REQUEST_HEAD_BYTES);
        return wide;
    }
}
