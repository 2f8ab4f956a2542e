package io.cobrowse.sticky.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.cobrowse.sticky.proxy.config.ProxyConfig.Health;
import io.cobrowse.sticky.proxy.io.EventLoop;
import io.cobrowse.sticky.routing.Node;
import io.cobrowse.sticky.routing.NodeState;
import java.time.Duration;
import java.util.Collection;
import java.util.concurrent.CountDownLatch;
import org.eclipse.jetty.ee11.servlet.ServletContextHandler;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.util.thread.QueuedThreadPool;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Nodes are checked on whatever else keeps the proxy's threads busy: else a proxy under load would take its nodes down. */
class ChecksUnderLoadTest {
    private static final int MORE_CHECKS = 5;

    private final CountDownLatch over = new CountDownLatch(1);
    private final QueuedThreadPool threads = new QueuedThreadPool(50);
    private final Server server = new Server(threads);
    private RawNode rawNode;
    private StickyProxy proxy;
    private Node node;

    @BeforeEach
    void start() throws Exception {
        rawNode = new RawNode();
        proxy = StickyProxy.builder()
                .node("1", "node-1", rawNode.url())
                .health(new Health("/cobrowse/health", Duration.ofMillis(50), Duration.ofSeconds(2), 1, 1))
                .build();
        node = proxy.router().table().node("1");
        ServletContextHandler context = new ServletContextHandler("/");
        proxy.mount(context, "/*");
        server.setHandler(context);
        proxy.listen(server, "127.0.0.1", 0);
        server.start();
        await().until(() -> rawNode.checks() > 0);
    }

    @AfterEach
    void stop() throws Exception {
        over.countDown();
        server.stop();
        rawNode.close();
    }

    private void keepBusy() {
        try {
            over.await();
        } catch (InterruptedException stopping) {
            Thread.currentThread().interrupt();
        }
    }

    private void assertChecksGoOn() {
        int before = rawNode.checks();
        await().until(() -> rawNode.checks() >= before + MORE_CHECKS);
        assertThat(proxy.router().table().state(node)).isEqualTo(NodeState.READY);
        assertThat(proxy.states().status(node).counts().downs()).isZero();
    }

    @Test
    void shouldGoOnWhileNoThreadOfTheServerIsFree() {
        for (int i = 0; i < threads.getMaxThreads(); i++) {
            threads.execute(this::keepBusy);
        }
        await().until(() -> threads.getThreads() == threads.getMaxThreads()
                && threads.getIdleThreads() == 0
                && threads.getQueueSize() > 0);
        assertChecksGoOn();
    }

    @Test
    void shouldGoOnWhileAllLoopsAreBusy() {
        Collection<EventLoop> loops = server.getContainedBeans(EventLoop.class);
        assertThat(loops).isNotEmpty();
        loops.forEach(loop -> loop.execute(this::keepBusy));
        assertChecksGoOn();
    }
}
