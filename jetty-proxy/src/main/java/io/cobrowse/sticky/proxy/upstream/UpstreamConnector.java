package io.cobrowse.sticky.proxy.upstream;

import io.cobrowse.sticky.proxy.io.EventLoop;
import io.cobrowse.sticky.proxy.io.LoopEndPoint;
import java.nio.channels.SelectableChannel;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;
import java.util.concurrent.Executor;
import org.eclipse.jetty.io.ClientConnector;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.io.ManagedSelector;
import org.eclipse.jetty.io.SelectorManager;
import org.eclipse.jetty.util.component.LifeCycle;
import org.eclipse.jetty.util.ssl.SslContextFactory;
import org.eclipse.jetty.util.thread.Scheduler;

/**
 * Makes the connections of health checks. Its loops also serve requests of clients that arrived through another
 * application's connector.
 */
public final class UpstreamConnector extends ClientConnector {
    private final Object tlsLock = new Object();

    /**
     * Makes a connector that uses these settings toward nodes with {@code https} URLs. They are started on first use:
     * reading the certificates that the JDK trusts takes a tenth of the start, and most nodes are reached in clear
     * text.
     */
    public UpstreamConnector(SslContextFactory.Client tls) {
        setSslContextFactory(tls);
        unmanage(tls);
    }

    /**
     * Returns the settings, started if the connector is started. The first call may take as long as reading the
     * certificates.
     */
    @Override
    public SslContextFactory.Client getSslContextFactory() {
        SslContextFactory.Client tls = super.getSslContextFactory();
        if (isStarted() && !tls.isStarted()) {
            synchronized (tlsLock) {
                manage(tls);
                LifeCycle.start(tls);
            }
        }
        return tls;
    }

    @Override
    protected SelectorManager newSelectorManager() {
        return new Loops(EventLoop.plain(getExecutor()), getScheduler(), getSelectors());
    }

    @Override
    protected EndPoint newEndPoint(SelectableChannel channel, ManagedSelector selector, SelectionKey key) {
        return new LoopEndPoint((SocketChannel) channel, (EventLoop) selector, key, getScheduler());
    }

    /** Returns one loop after the other. */
    EventLoop chooseLoop() {
        return ((Loops) getSelectorManager()).next();
    }

    private final class Loops extends ClientSelectorManager {
        Loops(Executor executor, Scheduler scheduler, int selectors) {
            super(executor, scheduler, selectors);
        }

        @Override
        protected ManagedSelector newSelector(int id) {
            return new EventLoop(this, id);
        }

        /** A new connection is made on its loop: a check must not wait for a thread that load may keep busy. */
        @Override
        protected void execute(Runnable task) {
            EventLoop.executeHere(task, super::execute);
        }

        EventLoop next() {
            return (EventLoop) chooseSelector();
        }
    }
}
