package io.cobrowse.sticky.proxy.listener;

import io.cobrowse.sticky.proxy.io.WatchedEndPoint;
import java.nio.channels.SelectionKey;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import javax.net.ssl.SSLContext;
import org.eclipse.jetty.io.ManagedSelector;
import org.eclipse.jetty.io.SocketChannelEndPoint;
import org.eclipse.jetty.server.ConnectionFactory;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.server.SslConnectionFactory;
import org.eclipse.jetty.util.IO;

/** The connector of one public listener, with its policy; its clients can be watched for going away. */
public final class ListenerConnector extends ServerConnector {
    /** The selectors accept: a thread of its own may keep a connection that it accepts while the port is being closed. */
    private static final int ACCEPTORS = 0;

    /**
     * Clients come in bursts when another proxy or a node has gone. Beyond the queue (the JDK's default is 50) the kernel
     * drops them, and each tries again a second later at the earliest. The kernel has a limit of its own.
     */
    private static final int ACCEPT_QUEUE_SIZE = 4096;

    private final ListenerPolicy policy;

    public ListenerConnector(Server server, int selectors, ListenerPolicy policy, ConnectionFactory... factories) {
        super(server, null, null, null, ACCEPTORS, selectors, factories);
        this.policy = policy;
        setAcceptQueueSize(ACCEPT_QUEUE_SIZE);
    }

    /** Returns the policy of the listener that received {@code request}; one that serves all and trusts nobody elsewhere. */
    public static ListenerPolicy policy(Request request) {
        return request.getConnectionMetaData().getConnector() instanceof ListenerConnector listener
                ? listener.policy
                : ListenerPolicy.OPEN;
    }

    /** Refuses connections from now on; Jetty alone would go on listening until it is stopped, where selectors accept. */
    @Override
    public void close() {
        Object listening = getTransport();
        super.close();
        if (listening instanceof ServerSocketChannel channel) {
            // By the selectors, as the port is not free before the one that accepts has noticed.
            for (ManagedSelector each : getSelectorManager().getBeans(ManagedSelector.class)) {
                each.submit(selector -> IO.close(channel));
            }
        }
    }

    /** Shows another certificate from the next TLS handshake on; connections that are open stay as they are. */
    public void setIdentity(SSLContext identity) {
        try {
            getConnectionFactory(SslConnectionFactory.class)
                    .getSslContextFactory()
                    .reload(tls -> tls.setSslContext(identity));
        } catch (Exception impossible) {
            throw new IllegalStateException("TLS does not take a context that was made for it", impossible);
        }
    }

    @Override
    protected SocketChannelEndPoint newEndPoint(SocketChannel channel, ManagedSelector selector, SelectionKey key) {
        SocketChannelEndPoint endPoint = new WatchedEndPoint(channel, selector, key, getScheduler());
        endPoint.setIdleTimeout(getIdleTimeout());
        return endPoint;
    }
}
