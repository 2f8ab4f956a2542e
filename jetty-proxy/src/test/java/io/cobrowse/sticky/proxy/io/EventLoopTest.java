package io.cobrowse.sticky.proxy.io;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.channels.SelectableChannel;
import java.nio.channels.SelectionKey;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.eclipse.jetty.io.AbstractConnection;
import org.eclipse.jetty.io.Connection;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.io.ManagedSelector;
import org.eclipse.jetty.io.SelectorManager;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.thread.QueuedThreadPool;
import org.eclipse.jetty.util.thread.ScheduledExecutorScheduler;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class EventLoopTest {
    private static final int MORE_THAN_A_SOCKET_TAKES = 64 * 1024 * 1024;

    private final QueuedThreadPool threads = new QueuedThreadPool();
    private final ScheduledExecutorScheduler scheduler = new ScheduledExecutorScheduler();
    private final Loops loops = new Loops();
    private final BlockingQueue<LoopEndPoint> endPoints = new LinkedBlockingQueue<>();
    private final List<String> order = Collections.synchronizedList(new ArrayList<>());
    private EventLoop loop;

    private final class Loops extends SelectorManager {
        Loops() {
            super(EventLoop.plain(threads), scheduler, 1);
        }

        @Override
        protected ManagedSelector newSelector(int id) {
            loop = new EventLoop(this, id);
            return loop;
        }

        @Override
        protected EndPoint newEndPoint(SelectableChannel channel, ManagedSelector selector, SelectionKey key) {
            return new LoopEndPoint((SocketChannel) channel, (EventLoop) selector, key, scheduler);
        }

        @Override
        public Connection newConnection(SelectableChannel channel, EndPoint endPoint, Object attachment) {
            endPoints.add((LoopEndPoint) endPoint);
            return new AbstractConnection(endPoint, threads) {
                @Override
                public void onFillable() {}
            };
        }
    }

    @BeforeEach
    void start() throws Exception {
        threads.start();
        scheduler.start();
        loops.start();
    }

    @AfterEach
    void stop() throws Exception {
        loops.stop();
        scheduler.stop();
        threads.stop();
    }

    @Test
    void shouldRunEverythingOnOneThreadInOrder() throws Exception {
        List<Integer> order = Collections.synchronizedList(new ArrayList<>());
        List<Thread> ran = Collections.synchronizedList(new ArrayList<>());
        CountDownLatch done = new CountDownLatch(1000);
        for (int i = 0; i < 1000; i++) {
            int number = i;
            loop.execute(() -> {
                order.add(number);
                ran.add(Thread.currentThread());
                assertThat(loop.isCurrent()).isTrue();
                done.countDown();
            });
        }
        assertThat(done.await(10, TimeUnit.SECONDS)).isTrue();
        assertThat(order).isSorted();
        assertThat(ran.stream().distinct()).hasSize(1);
        assertThat(loop.isCurrent()).isFalse();
    }

    @Test
    void shouldRunAtOnceWhatItsOwnThreadAsksFor() {
        AtomicReference<String> order = new AtomicReference<>("");
        loop.runAndWait(() -> {
            loop.execute(() -> order.updateAndGet(before -> before + " executed"));
            loop.run(() -> order.updateAndGet(before -> before + " run"));
        });
        await().untilAsserted(() -> assertThat(order).hasValue(" run executed"));
    }

    @Test
    void shouldGoOnAfterATaskThatThrows() {
        AtomicInteger ran = new AtomicInteger();
        loop.execute(() -> {
            throw new IllegalStateException("a defect");
        });
        loop.execute(ran::incrementAndGet);
        await().untilAsserted(() -> assertThat(ran).hasValue(1));
    }

    @Test
    void shouldGoOnLookingAtDeadlinesAfterOneThatThrows() {
        AtomicInteger failing = new AtomicInteger();
        AtomicInteger behind = new AtomicInteger();
        loop.watch(nowNanos -> {
            failing.incrementAndGet();
            throw new IllegalStateException("a defect");
        });
        loop.watch(nowNanos -> behind.incrementAndGet());
        await().untilAsserted(() -> {
            assertThat(failing).hasValueGreaterThan(2);
            assertThat(behind).hasValueGreaterThan(2);
        });
    }

    /** A client, and the loop's end of its connection. */
    private record Connected(Socket client, LoopEndPoint endPoint) implements AutoCloseable {
        String read(int length) throws IOException {
            return new String(client.getInputStream().readNBytes(length), StandardCharsets.US_ASCII);
        }

        @Override
        public void close() throws IOException {
            client.close();
        }
    }

    private Connected connect() throws Exception {
        try (ServerSocketChannel server = ServerSocketChannel.open()) {
            server.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
            Socket client = new Socket();
            client.setSoTimeout(10_000);
            client.connect(server.getLocalAddress());
            SocketChannel accepted = server.accept();
            accepted.configureBlocking(false);
            loops.accept(accepted);
            return new Connected(client, endPoints.take());
        }
    }

    private void write(Connected to, String text) {
        to.endPoint.write(
                Callback.from(() -> order.add(text + " written")),
                ByteBuffer.wrap(text.getBytes(StandardCharsets.US_ASCII)));
    }

    @Test
    void shouldDeferWritesToTheEndOfTheTurnWhereThatIsChosen() throws Exception {
        try (Connected at = connect();
                Connected late = connect()) {
            loop.runAndWait(() -> {
                late.endPoint.deferWrites(true);
                write(late, "late");
                write(at, "once");
                order.add("end of the turn");
            });
            assertThat(late.read(4) + at.read(4)).isEqualTo("lateonce");
            await().untilAsserted(
                            () -> assertThat(order).containsExactly("once written", "end of the turn", "late written"));
        }
    }

    @Test
    void shouldNotDeferAWriteOfNothing() throws Exception {
        try (Connected late = connect()) {
            loop.runAndWait(() -> {
                late.endPoint.deferWrites(true);
                write(late, "");
                order.add("end of the turn");
            });
            assertThat(order).containsExactly(" written", "end of the turn");
        }
    }

    @Test
    void shouldNotTakeAnEndPointForIdleWhoseWriteIsDeferred() throws Exception {
        try (Connected late = connect()) {
            await().until(() -> late.endPoint.getIdleFor() > 200);
            AtomicLong idleMillis = new AtomicLong(-1);
            loop.runAndWait(() -> {
                late.endPoint.deferWrites(true);
                write(late, "late");
                idleMillis.set(late.endPoint.getIdleFor());
            });
            assertThat(idleMillis.get()).isBetween(0L, 200L);
        }
    }

    @Test
    void shouldDeferToTheNextTurnWhatADeferredWriteDefers() throws Exception {
        try (Connected first = connect();
                Connected second = connect()) {
            loop.runAndWait(() -> {
                first.endPoint.deferWrites(true);
                second.endPoint.deferWrites(true);
                first.endPoint.write(
                        Callback.from(() -> {
                            write(second, "b");
                            order.add("a written");
                        }),
                        ByteBuffer.wrap(new byte[] {'a'}));
            });
            assertThat(first.read(1) + second.read(1)).isEqualTo("ab");
            await().untilAsserted(() -> assertThat(order).containsExactly("a written", "b written"));
        }
    }

    @Test
    void shouldGoOnAfterADeferredWriteThatThrows() throws Exception {
        try (Connected broken = connect();
                Connected other = connect()) {
            loop.runAndWait(() -> {
                broken.endPoint.write(Callback.NOOP, ByteBuffer.allocate(MORE_THAN_A_SOCKET_TAKES));
                broken.endPoint.deferWrites(true);
                broken.endPoint.write(Callback.NOOP, ByteBuffer.allocate(1)); // While the first is not done.
                other.endPoint.deferWrites(true);
                write(other, "y");
            });
            assertThat(other.read(1)).isEqualTo("y");
            assertThat(broken.read(MORE_THAN_A_SOCKET_TAKES)).hasSizeLessThan(MORE_THAN_A_SOCKET_TAKES);
            await().untilAsserted(() -> assertThat(order).containsExactly("y written"));
        }
    }
}
