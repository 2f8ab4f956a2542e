package io.cobrowse.sticky.proxy.listener;

import io.cobrowse.sticky.proxy.io.EventLoop;
import java.util.concurrent.TimeoutException;
import org.eclipse.jetty.http2.api.Stream;
import org.eclipse.jetty.http2.api.server.ServerSessionListener;
import org.eclipse.jetty.http2.generator.Generator;
import org.eclipse.jetty.http2.parser.ServerParser;
import org.eclipse.jetty.http2.server.AbstractHTTP2ServerConnectionFactory;
import org.eclipse.jetty.http2.server.internal.HTTP2ServerConnection;
import org.eclipse.jetty.io.Connection;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.server.Connector;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.Promise;
import org.jspecify.annotations.Nullable;

/**
 * A client's HTTP/2 connection. It runs entirely on its loop. While a client has to wait until its earlier data is
 * taken, nothing more is read from it.
 */
final class Http2Connection extends HTTP2ServerConnection {
    private final Http2Session session;
    private final EventLoop loop;
    private @Nullable Callback waiting;

    private Http2Connection(
            Connector connector,
            EndPoint endPoint,
            EventLoop loop,
            HttpConfiguration http,
            Http2Session session,
            ServerSessionListener listener) {
        super(connector, endPoint, http, session, listener);
        this.loop = loop;
        this.session = session;
        session.onRoom(this::readOn);
    }

    /**
     * Creates a connection like the factory, except for the features of this class; null if no loop serves the end
     * point.
     */
    static @Nullable Http2Connection of(
            AbstractHTTP2ServerConnectionFactory factory,
            ServerSessionListener listener,
            Connector connector,
            EndPoint endPoint) {
        EventLoop loop = EventLoop.of(endPoint);
        if (loop == null) {
            return null;
        }
        HttpConfiguration http = factory.getHttpConfiguration();
        Generator generator = new Generator(
                connector.getByteBufferPool(),
                factory.isUseOutputDirectByteBuffers(),
                factory.getMaxHeaderBlockFragment());
        generator.getHpackEncoder().setMaxHeaderListSize(http.getMaxResponseHeaderSize());
        ServerParser parser = new ServerParser(
                connector.getByteBufferPool(),
                http.getRequestHeaderSize(),
                factory.getRateControlFactory().newRateControl(endPoint));
        FieldErrors.endTheStream(parser.getHpackDecoder());
        parser.setMaxSettingsKeys(factory.getMaxSettingsKeys());
        Http2Session session = new Http2Session(
                loop,
                connector.getScheduler(),
                endPoint,
                parser,
                generator,
                listener,
                factory.getFlowControlStrategyFactory().newFlowControlStrategy());
        session.setMaxLocalStreams(factory.getMaxConcurrentStreams());
        session.setMaxRemoteStreams(factory.getMaxConcurrentStreams());
        session.setMaxEncoderTableCapacity(factory.getMaxEncoderTableCapacity());
        session.setStreamIdleTimeout(factory.getStreamIdleTimeout());
        session.setInitialSessionRecvWindow(factory.getInitialSessionRecvWindow());
        session.setWriteThreshold(http.getOutputBufferSize());
        session.setConnectProtocolEnabled(factory.isConnectProtocolEnabled());
        Http2Connection connection = new Http2Connection(connector, endPoint, loop, http, session, listener);
        connection.setUseInputDirectByteBuffers(factory.isUseInputDirectByteBuffers());
        connection.setUseOutputDirectByteBuffers(factory.isUseOutputDirectByteBuffers());
        factory.getBeans(Connection.Listener.class).forEach(connection::addEventListener);
        parser.init(connection);
        return connection;
    }

    /** Continues on the loop. Jetty would use a thread of its pool if the reader's demand comes after the data. */
    @Override
    protected void dispatch() {
        loop.execute(super::produce);
    }

    @Override
    protected void produce() {
        loop.run(super::produce);
    }

    @Override
    public void fillInterested(Callback callback) {
        if (session.hasRoom()) {
            super.fillInterested(callback);
        } else {
            waiting = callback;
        }
    }

    /** Returns true also while the connection is not to be read; otherwise Jetty would read from it. */
    @Override
    public boolean isFillInterested() {
        return waiting != null || super.isFillInterested();
    }

    private void readOn() {
        Callback callback = waiting;
        if (callback != null) {
            waiting = null;
            super.fillInterested(callback);
        }
    }

    /** To be called once a second. Continues reading if there is room again, and ends bodies that are too slow. */
    void sweep(int bodyRate, ListenerCounters counters, long nowNanos) {
        loop.run(() -> {
            if (waiting != null && session.hasRoom()) {
                readOn();
            }
            for (Stream slow : session.slowBodies(bodyRate, nowNanos)) {
                counters.limited(ListenerCounters.BODY_RATE);
                onStreamTimeout(
                        slow,
                        new TimeoutException("The body comes at less than " + bodyRate + " bytes a second"),
                        Promise.noop());
            }
        });
    }

    @Override
    public void onClose(@Nullable Throwable cause) {
        super.onClose(cause);
        loop.run(session::over);
    }
}
