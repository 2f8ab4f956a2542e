package io.cobrowse.sticky.proxy.listener;

import io.cobrowse.sticky.proxy.config.Limits;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import org.eclipse.jetty.alpn.server.ALPNServerConnectionFactory;
import org.eclipse.jetty.http.HttpCompliance;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.HttpVersion;
import org.eclipse.jetty.http.MetaData;
import org.eclipse.jetty.http.UriCompliance;
import org.eclipse.jetty.http2.server.AbstractHTTP2ServerConnectionFactory;
import org.eclipse.jetty.http2.server.HTTP2CServerConnectionFactory;
import org.eclipse.jetty.http2.server.HTTP2ServerConnectionFactory;
import org.eclipse.jetty.io.Connection;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.io.RateControl;
import org.eclipse.jetty.io.WindowRateControl;
import org.eclipse.jetty.server.ConnectionFactory;
import org.eclipse.jetty.server.Connector;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.ProxyConnectionFactory;
import org.eclipse.jetty.server.SecureRequestCustomizer;
import org.eclipse.jetty.server.SslConnectionFactory;
import org.eclipse.jetty.util.ssl.SslContextFactory;
import org.jspecify.annotations.Nullable;

/** Configures Jetty to pass requests on exactly as received. Also for embedding. */
public final class ProxyHttp {
    /**
     * Additional room for the method and the version, besides target and fields. The exact check is
     * {@link RequestCheck}.
     */
    private static final int ROOM_BYTES = 8 * 1024;

    /**
     * HTTP/2 counts 32 bytes more for each field (RFC 9113, 6.5.2), and ends the connection beyond the limit. The
     * factor is so high that fields within the limit pass, however many they are, and that fields beyond the limit
     * usually get a 431.
     */
    private static final int HTTP2_FACTOR = 8;

    /**
     * Jetty ignores a client's reset of a stream that was idle once, and resets the stream itself when it is idle for
     * the second time. The exchange already watches parked polls, and bodies and readers that stall, so this is for all
     * other streams.
     */
    private static final long STREAM_IDLE_MILLIS = 15 * 60_000;

    private static final int RESPONSE_HEAD_BYTES = 64 * 1024;

    private ProxyHttp() {}

    /** Returns a configuration that keeps targets, methods and fields as received and lets Jetty add nothing. */
    public static HttpConfiguration configuration() {
        HttpConfiguration http = new HttpConfiguration();
        http.setUriCompliance(UriCompliance.UNSAFE);
        // A bare line feed does not end a line, since others may read it differently.
        http.setHttpCompliance(HttpCompliance.STRICT);
        http.setHeaderCacheCaseSensitive(true);
        // Jetty's cache takes about 100 KB a connection, which thousands of parked polls would multiply.
        http.setHeaderCacheSize(0);
        http.setRequestHeaderSize(headBytes(Limits.DEFAULTS));
        http.setMaxResponseHeaderSize(RESPONSE_HEAD_BYTES);
        http.setSendServerVersion(false);
        http.setSendDateHeader(false);
        return http;
    }

    private static int headBytes(Limits limits) {
        return limits.headerBytes() + limits.targetBytes() + ROOM_BYTES;
    }

    /** Returns the factories for HTTP/1.1, and HTTP/2 by prior knowledge, on one port in clear text. */
    public static ConnectionFactory[] clearText() {
        HttpConfiguration http = configuration();
        return new ConnectionFactory[] {
            new ClientConnection.Factory(http), withParkedStreams(new PriorKnowledge(new HttpConfiguration(http)))
        };
    }

    /**
     * Returns the factories for HTTP/1.1 and HTTP/2 over TLS, chosen by ALPN. Clients without ALPN get HTTP/1.1,
     * clients without TLS get 400.
     */
    public static ConnectionFactory[] tls(SslContextFactory.Server tls) {
        HttpConfiguration http = configuration();
        // Otherwise Jetty adds one that requires Host and certificate to match, which is for the client to check.
        http.addCustomizer(new SecureRequestCustomizer(false));
        ConnectionFactory http1 = new ClientConnection.Factory(http);
        ALPNServerConnectionFactory alpn = new ALPNServerConnectionFactory();
        alpn.setDefaultProtocol(http1.getProtocol());
        SslConnectionFactory ssl = new SslConnectionFactory(tls, alpn.getProtocol());
        return new ConnectionFactory[] {
            new TlsOrClearText(ssl), ssl, alpn, withParkedStreams(new Negotiated(new HttpConfiguration(http))), http1
        };
    }

    /**
     * Returns the same factories behind a header of the PROXY protocol, version 1 or 2. A connection without the header
     * is closed.
     */
    static ConnectionFactory[] behindProxyProtocol(ConnectionFactory... factories) {
        List<ConnectionFactory> all = new ArrayList<>(List.of(factories));
        all.add(0, new ProxyHeader(factories[0].getProtocol()));
        return all.toArray(ConnectionFactory[]::new);
    }

    /** Applies the limits that Jetty itself enforces, for connections that are opened from now on. */
    static void apply(Limits limits, ListenerCounters counters, Collection<ConnectionFactory> factories) {
        for (ConnectionFactory factory : factories) {
            if (factory instanceof ClientConnection.Factory http1) {
                http1.getHttpConfiguration().setRequestHeaderSize(headBytes(limits));
            } else if (factory instanceof AbstractHTTP2ServerConnectionFactory http2) {
                http2.getHttpConfiguration().setRequestHeaderSize(headBytes(limits) * HTTP2_FACTOR);
                http2.setMaxConcurrentStreams(limits.http2Streams());
                http2.setRateControlFactory(new Events(limits.http2Events(), counters));
            }
        }
    }

    private static <F extends AbstractHTTP2ServerConnectionFactory> F withParkedStreams(F http2) {
        http2.setStreamIdleTimeout(STREAM_IDLE_MILLIS);
        http2.setInitialStreamRecvWindow(Http2Session.STREAM_WINDOW_BYTES);
        http2.setInitialSessionRecvWindow(Http2Session.SESSION_WINDOW_BYTES);
        http2.getHttpConfiguration().setRequestHeaderSize(headBytes(Limits.DEFAULTS) * HTTP2_FACTOR);
        return http2;
    }

    /** Limits resets, pings, settings and similar frames of one connection, which ends beyond the limit. */
    private record Events(int perSecond, ListenerCounters counters) implements RateControl.Factory {
        @Override
        public RateControl newRateControl(EndPoint endPoint) {
            return new WindowRateControl(perSecond, Duration.ofSeconds(1)) {
                @Override
                public boolean onEvent(Object event) {
                    boolean within = super.onEvent(event);
                    if (!within) {
                        counters.limited(ListenerCounters.HTTP2_EVENTS);
                    }
                    return within;
                }
            };
        }
    }

    /**
     * Closes connections that do not begin with a header. Otherwise a client could omit it, and would count as the load
     * balancer.
     */
    private static final class ProxyHeader extends ProxyConnectionFactory {
        ProxyHeader(String nextProtocol) {
            super(nextProtocol);
        }

        @Override
        protected void nextProtocol(Connector connector, EndPoint endPoint, ByteBuffer buffer) {
            endPoint.close();
        }
    }

    /** HTTP/2 by its preface alone. {@code Upgrade: h2c} is obsolete (RFC 9113, 3.1), and ignored like any other. */
    private static final class PriorKnowledge extends HTTP2CServerConnectionFactory {
        PriorKnowledge(HttpConfiguration http) {
            super(http);
        }

        @Override
        public @Nullable Connection upgradeConnection(
                Connector connector, EndPoint endPoint, MetaData.Request upgrade, HttpFields.Mutable answer) {
            return upgrade.getHttpVersion() == HttpVersion.HTTP_2
                    ? super.upgradeConnection(connector, endPoint, upgrade, answer)
                    : null;
        }

        @Override
        public Connection newConnection(Connector connector, EndPoint endPoint) {
            Http2Connection own =
                    Http2Connection.of(this, newSessionListener(connector, endPoint), connector, endPoint);
            return own == null ? super.newConnection(connector, endPoint) : configure(own, connector, endPoint);
        }
    }

    /** HTTP/2 as negotiated with TLS. */
    private static final class Negotiated extends HTTP2ServerConnectionFactory {
        Negotiated(HttpConfiguration http) {
            super(http);
        }

        @Override
        public Connection newConnection(Connector connector, EndPoint endPoint) {
            Http2Connection own =
                    Http2Connection.of(this, newSessionListener(connector, endPoint), connector, endPoint);
            return own == null ? super.newConnection(connector, endPoint) : configure(own, connector, endPoint);
        }
    }
}
