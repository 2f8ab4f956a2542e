package io.cobrowse.sticky.proxy.listener;

import io.cobrowse.sticky.proxy.io.EventLoop;
import io.cobrowse.sticky.proxy.io.WatchedEndPoint;
import java.nio.channels.SelectionKey;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import javax.net.ssl.SSLContext;
import org.eclipse.jetty.http2.HTTP2Connection;
import org.eclipse.jetty.io.Connection;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.io.ManagedSelector;
import org.eclipse.jetty.io.SelectorManager;
import org.eclipse.jetty.io.SocketChannelEndPoint;
import org.eclipse.jetty.io.ssl.SslConnection;
import org.eclipse.jetty.server.ConnectionFactory;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.server.SslConnectionFactory;
import org.eclipse.jetty.util.IO;
import org.eclipse.jetty.util.thread.Scheduler;

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

    @Override
    protected SelectorManager newSelectorManager(Executor executor, Scheduler scheduler, int selectors) {
        return new Loops(executor, scheduler, selectors);
    }

    /** Accepts and closes on the loops themselves: nothing of a connection is another thread's. */
    private final class Loops extends ServerConnectorManager {
        Loops(Executor executor, Scheduler scheduler, int selectors) {
            super(EventLoop.plain(executor), scheduler, selectors);
        }

        @Override
        protected ManagedSelector newSelector(int id) {
            return new EventLoop(this, id);
        }

        @Override
        protected void execute(Runnable task) {
            EventLoop loop = EventLoop.current();
            if (loop == null) {
                super.execute(task);
            } else {
                loop.execute(task);
            }
        }
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

    /** Tells the clients of HTTP/2 to begin nothing new on their connections, which close when what is under way has ended. */
    public void goAway() {
        for (EndPoint each : getConnectedEndPoints()) {
            Connection connection = each.getConnection();
            if (connection instanceof SslConnection tls) {
                connection = tls.getSslEndPoint().getConnection();
            }
            if (connection instanceof HTTP2Connection http2) {
                CompletableFuture<Void> unused = http2.getSession().shutdown();
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
        SocketChannelEndPoint endPoint = new WatchedEndPoint(channel, (EventLoop) selector, key, getScheduler());
        endPoint.setIdleTimeout(getIdleTimeout());
        return endPoint;
    }
}
