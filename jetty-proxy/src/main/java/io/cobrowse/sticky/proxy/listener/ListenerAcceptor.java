package io.cobrowse.sticky.proxy.listener;

import io.cobrowse.sticky.proxy.io.EventLoop;
import java.io.Closeable;
import java.io.IOException;
import java.nio.channels.CancelledKeyException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.SelectionKey;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.concurrent.TimeUnit;
import org.eclipse.jetty.io.ManagedSelector;
import org.eclipse.jetty.util.thread.Scheduler;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Accepts the connections of a port on one event loop. If there is no room for more, it pauses: it keeps the port but
 * accepts nothing, so that clients wait in the kernel's queue. Jetty's own acceptor can only close the port and open
 * it again, and its selector has to complete a turn in between.
 */
final class ListenerAcceptor implements ManagedSelector.Selectable, Closeable {
    private static final Logger LOG = LoggerFactory.getLogger(ListenerAcceptor.class);

    /** The limit on connections accepted in one turn of the loop; the others are accepted in the next turn. */
    private static final int MAX_A_TURN = 64;

    private static final long RETRY_SECONDS = 1;

    /** Decides on connections. */
    interface Doorkeeper {
        /** Returns the reason why there is no room for another connection; null if there is room. */
        @Nullable
        String full();

        /** Takes a connection, or closes it. */
        void take(SocketChannel channel);

        /**
         * Is called when no more connections are accepted, until {@link ListenerAcceptor#resume} or until there is room
         * again.
         */
        void paused(String why);
    }

    private final EventLoop loop;
    private final ServerSocketChannel port;
    private final Doorkeeper doorkeeper;
    private final Scheduler scheduler;
    private @Nullable SelectionKey key;
    private volatile boolean paused;

    ListenerAcceptor(EventLoop loop, ServerSocketChannel port, Doorkeeper doorkeeper, Scheduler scheduler) {
        this.loop = loop;
        this.port = port;
        this.doorkeeper = doorkeeper;
        this.scheduler = scheduler;
    }

    void start() {
        loop.execute(() -> {
            try {
                key = port.register(loop.getSelector(), SelectionKey.OP_ACCEPT, this);
            } catch (ClosedChannelException closed) {
                LOG.debug("A port was closed before it was opened", closed);
            }
        });
    }

    @Override
    public @Nullable Runnable onSelected() {
        for (int i = 0; i < MAX_A_TURN; i++) {
            String full = doorkeeper.full();
            if (full != null) {
                pause(full);
                return null;
            }
            try {
                SocketChannel channel = port.accept();
                if (channel == null) {
                    return null;
                }
                doorkeeper.take(channel);
            } catch (ClosedChannelException closed) {
                return null;
            } catch (IOException failure) {
                // Usually caused by a lack of descriptors; without a pause, the loop would try again and again.
                pause("accepting failed: " + failure.getMessage());
                return null;
            }
        }
        return null;
    }

    private void pause(String why) {
        paused = true;
        interest(0);
        doorkeeper.paused(why);
        // Connections that close call resume, but they may have closed already.
        scheduler.schedule(this::resume, RETRY_SECONDS, TimeUnit.SECONDS);
    }

    /** Tries to accept again, since there may be room. */
    void resume() {
        if (paused) {
            loop.run(() -> {
                paused = false;
                interest(SelectionKey.OP_ACCEPT);
            });
        }
    }

    private void interest(int operations) {
        SelectionKey registered = key;
        if (registered != null) {
            try {
                registered.interestOps(operations);
            } catch (CancelledKeyException closed) {
                LOG.debug("A port was closed", closed);
            }
        }
    }

    @Override
    public void close() {
        loop.execute(() -> {
            SelectionKey registered = key;
            if (registered != null) {
                registered.cancel();
            }
        });
    }

    @Override
    public void updateKey() {}

    @Override
    public void replaceKey(SelectionKey newKey) {
        key = newKey;
    }
}
