package io.cobrowse.sticky.proxy.exchange;

import io.cobrowse.sticky.proxy.io.WatchedEndPoint;
import java.nio.channels.SelectableChannel;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;
import org.eclipse.jetty.io.ClientConnector;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.io.ManagedSelector;
import org.eclipse.jetty.util.ssl.SslContextFactory;

/** Connects to nodes by end points that tell a reset from an end. */
public final class UpstreamConnector extends ClientConnector {
    /** Makes a connector that uses these settings toward nodes with {@code https} URLs. */
    public UpstreamConnector(SslContextFactory.Client tls) {
        setSslContextFactory(tls);
    }

    @Override
    protected EndPoint newEndPoint(SelectableChannel channel, ManagedSelector selector, SelectionKey key) {
        return new WatchedEndPoint((SocketChannel) channel, selector, key, getScheduler());
    }
}
