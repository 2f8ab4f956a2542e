package io.cobrowse.sticky.proxy.upstream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.cobrowse.sticky.proxy.config.ProxyConfig.Timeouts;
import io.cobrowse.sticky.proxy.io.EventLoop;
import io.cobrowse.sticky.proxy.io.Loop;
import io.cobrowse.sticky.routing.Node;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import org.eclipse.jetty.util.ssl.SslContextFactory;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Two loops share what one node may have in connections. */
class UpstreamsTest {
    private final UpstreamConnector connector = new UpstreamConnector(new SslContextFactory.Client());
    private final List<Socket> accepted = new CopyOnWriteArrayList<>();
    private ServerSocket server;
    private Node node;
    private EventLoop one;
    private EventLoop other;

    @BeforeEach
    void start() throws Exception {
        server = new ServerSocket(0, 200, InetAddress.getLoopbackAddress());
        Thread acceptor = new Thread(this::accept, "node");
        acceptor.setDaemon(true);
        acceptor.start();
        URI url = URI.create("http://127.0.0.1:" + server.getLocalPort());
        node = new Node("1", List.of("node-1"), url, 1, false);
        connector.setSelectors(2);
        connector.start();
        one = connector.chooseLoop();
        other = connector.chooseLoop();
        assertThat(one).isNotSameAs(other);
    }

    private void accept() {
        try {
            while (true) {
                accepted.add(server.accept());
            }
        } catch (IOException closed) {
            // The test has ended.
        }
    }

    @AfterEach
    void stop() throws Exception {
        connector.stop();
        server.close();
        for (Socket each : accepted) {
            each.close();
        }
    }

    private Upstreams upstreams(int maxConnections) {
        return new Upstreams(connector, new NodeResolver(), url -> true, Timeouts.DEFAULTS, maxConnections);
    }

    @Test
    void shouldCloseAnIdleConnectionOfAnotherLoopWhereAllAreTaken() {
        Upstreams upstreams = upstreams(1);
        Asker first = ask(upstreams, one);
        await().until(first::isConnected);
        first.release();
        Asker second = ask(upstreams, other);
        await().until(second::isConnected);
        assertThat(upstreams.connections(node)).isEqualTo(1);
        await().until(() ->
                accepted.size() == 2 && accepted.get(0).getInputStream().read() == -1);
    }

    @Test
    void shouldRefuseAConnectionWhereAllAreInUseUntilOneIsReturned() {
        Upstreams upstreams = upstreams(2);
        Asker first = ask(upstreams, one);
        Asker second = ask(upstreams, other);
        await().until(() -> first.isConnected() && second.isConnected());
        Asker third = ask(upstreams, one);
        await().until(() -> third.failure != null);
        assertThat(third.failure)
                .isInstanceOf(RejectedExecutionException.class)
                .hasMessageContaining("All 2 connections to");
        assertThat(upstreams.connections(node)).isEqualTo(2);
        second.release();
        Asker fourth = ask(upstreams, one);
        await().until(fourth::isConnected);
        assertThat(upstreams.connections(node)).isEqualTo(2);
    }

    @Test
    void shouldAnswerEachRequesterOnceAndKeepToTheLimitWhileLoopsTakeFromEachOther() {
        int limit = 3;
        Upstreams upstreams = upstreams(limit);
        Random random = new Random(1);
        List<Asker> all = new ArrayList<>();
        for (int i = 0; i < 400; i++) {
            Asker asker = ask(upstreams, random.nextBoolean() ? one : other);
            asker.releasesAtOnce = random.nextInt(4) > 0;
            all.add(asker);
            if (random.nextInt(3) == 0) {
                all.get(random.nextInt(all.size())).release();
            }
        }
        all.forEach(Asker::release);
        await().until(() -> all.stream().allMatch(asker -> asker.answers.get() > 0));
        all.forEach(Asker::release);
        await().untilAsserted(() ->
                assertThat(upstreams.connections(node)).isBetween(1, limit).isEqualTo(openAtTheNode()));
        assertThat(all).allMatch(asker -> asker.answers.get() == 1);
        assertThat(all).anyMatch(Asker::wasConnected);
    }

    /** Returns how many of the node's sockets the proxy has not closed. */
    private int openAtTheNode() throws IOException {
        int open = 0;
        for (Socket each : accepted) {
            each.setSoTimeout(1);
            try {
                open += each.getInputStream().read() == -1 ? 0 : 1;
            } catch (SocketTimeoutException nothing) {
                open++;
            }
        }
        return open;
    }

    private Asker ask(Upstreams upstreams, EventLoop loop) {
        Asker asker = new Asker(loop);
        loop.run(() -> upstreams.of(loop).acquire(asker));
        return asker;
    }

    /** Asks for a connection, and returns it when told to. */
    private final class Asker extends FakeRequester {
        private final EventLoop loop;
        private final AtomicInteger answers = new AtomicInteger();
        private volatile boolean releasesAtOnce;
        private volatile @Nullable UpstreamConnection connection;
        private volatile @Nullable Throwable failure;
        private volatile boolean connected;

        Asker(EventLoop loop) {
            super(loop);
            this.loop = loop;
        }

        @Override
        public Loop loop() {
            return loop;
        }

        @Override
        public Node node() {
            return node;
        }

        @Override
        public void connected(UpstreamConnection given) {
            connected = true;
            if (releasesAtOnce) {
                given.release();
            } else {
                connection = given;
            }
            answers.incrementAndGet();
        }

        @Override
        public void connectFailed(Throwable cause) {
            failure = cause;
            answers.incrementAndGet();
        }

        boolean isConnected() {
            return connection != null;
        }

        boolean wasConnected() {
            return connected;
        }

        void release() {
            loop.run(() -> {
                UpstreamConnection held = connection;
                connection = null;
                if (held != null) {
                    held.release();
                }
            });
        }
    }
}
