package io.cobrowse.sticky.proxy.upstream;

import io.cobrowse.sticky.proxy.io.EventLoop;
import io.cobrowse.sticky.proxy.io.LoopEndPoint;
import io.cobrowse.sticky.proxy.listener.Descriptors;
import java.io.IOException;
import java.net.BindException;
import java.net.InetSocketAddress;
import java.net.SocketTimeoutException;
import java.net.StandardSocketOptions;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import org.eclipse.jetty.io.ManagedSelector;
import org.eclipse.jetty.util.IO;
import org.eclipse.jetty.util.thread.Invocable;
import org.eclipse.jetty.util.thread.Scheduler;
import org.jspecify.annotations.Nullable;

/**
 * A connect in progress on a loop; the same loop then serves the resulting end point. Jetty's own connector would
 * choose a selector itself. Not thread-safe: everything happens on the loop.
 */
final class NodeConnect implements ManagedSelector.Selectable {
    /** The requester of a connect. */
    interface Listener {
        void connected(LoopEndPoint endPoint);

        void connectFailed(Throwable cause);
    }

    /** The number of connections to nodes in this process, including tunnels. */
    private static final AtomicInteger OPEN = new AtomicInteger();

    private final EventLoop loop;
    private final Scheduler scheduler;
    private final InetSocketAddress address;
    private final long deadlineNanos;
    private final Listener listener;
    private final Runnable finish = Invocable.from(Invocable.InvocationType.NON_BLOCKING, this::finish);
    private @Nullable SocketChannel channel;
    private @Nullable SelectionKey key;
    private boolean over;

    NodeConnect(EventLoop loop, Scheduler scheduler, InetSocketAddress address, long timeoutNanos, Listener listener) {
        this.loop = loop;
        this.scheduler = scheduler;
        this.address = address;
        this.deadlineNanos = System.nanoTime() + timeoutNanos;
        this.listener = listener;
    }

    /** Starts connecting; may finish before it returns. */
    void start() {
        if (OPEN.incrementAndGet() > Descriptors.MAX_TO_NODES) {
            OPEN.decrementAndGet();
            fail(new ProxyExhaustedException(
                    new IOException("All " + Descriptors.MAX_TO_NODES + " files for connections to nodes are open")));
            return;
        }
        SocketChannel opened;
        try {
            opened = SocketChannel.open();
        } catch (IOException exhausted) {
            OPEN.decrementAndGet();
            fail(new ProxyExhaustedException(exhausted));
            return;
        }
        channel = opened;
        try {
            opened.configureBlocking(false);
            opened.setOption(StandardSocketOptions.TCP_NODELAY, true);
            boolean connected = opened.connect(address);
            key = opened.register(loop.getSelector(), connected ? 0 : SelectionKey.OP_CONNECT, this);
            if (connected) {
                open();
            }
        } catch (BindException noPort) {
            fail(new ProxyExhaustedException(noPort));
        } catch (IOException | RuntimeException failure) {
            fail(failure);
        }
    }

    boolean isOver() {
        return over;
    }

    void tick(long nowNanos) {
        if (!over && nowNanos - deadlineNanos >= 0) {
            fail(new SocketTimeoutException(address + " did not take the connection in time"));
        }
    }

    @Override
    public @Nullable Runnable onSelected() {
        return over ? null : finish;
    }

    private void finish() {
        if (over) {
            return;
        }
        try {
            if (Objects.requireNonNull(channel).finishConnect()) {
                open();
            }
        } catch (IOException | RuntimeException failure) {
            fail(failure);
        }
    }

    private void open() {
        over = true;
        SelectionKey connected = Objects.requireNonNull(key);
        connected.interestOps(0);
        LoopEndPoint endPoint = new LoopEndPoint(Objects.requireNonNull(channel), loop, connected, scheduler) {
            @Override
            public void onClose(@Nullable Throwable cause) {
                super.onClose(cause);
                OPEN.decrementAndGet();
            }
        };
        connected.attach(endPoint);
        listener.connected(endPoint);
    }

    private void fail(Throwable cause) {
        over = true;
        if (channel != null) {
            IO.close(channel);
            OPEN.decrementAndGet();
        }
        listener.connectFailed(cause);
    }

    @Override
    public void updateKey() {}

    @Override
    public void replaceKey(SelectionKey newKey) {
        key = newKey;
    }
}
