package io.cobrowse.sticky.proxy.io;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.channels.SelectableChannel;
import java.nio.channels.SelectionKey;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.eclipse.jetty.io.Connection;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.io.ManagedSelector;
import org.eclipse.jetty.io.SelectorManager;
import org.eclipse.jetty.util.thread.QueuedThreadPool;
import org.eclipse.jetty.util.thread.ScheduledExecutorScheduler;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class EventLoopTest {
    private final QueuedThreadPool threads = new QueuedThreadPool();
    private final ScheduledExecutorScheduler scheduler = new ScheduledExecutorScheduler();
    private final Loops loops = new Loops();
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
            throw new UnsupportedOperationException();
        }

        @Override
        public Connection newConnection(SelectableChannel channel, EndPoint endPoint, Object attachment) {
            throw new UnsupportedOperationException();
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
}
