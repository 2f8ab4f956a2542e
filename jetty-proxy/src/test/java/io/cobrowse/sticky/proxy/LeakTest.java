package io.cobrowse.sticky.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.cobrowse.sticky.proxy.config.ProxyConfig.Health;
import io.cobrowse.sticky.proxy.io.EventLoop;
import io.cobrowse.sticky.routing.Node;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.eclipse.jetty.ee11.servlet.ServletContextHandler;
import org.eclipse.jetty.io.ArrayByteBufferPool;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.HttpStream;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.thread.QueuedThreadPool;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Exchanges that end in every way leave nothing behind: no buffer, no connection, no request counted at the node. */
class LeakTest {
    private static final int BATCH = 50;
    private static final Duration SOON = Duration.ofSeconds(20);
    private static final String POLL =
            "POST /cobrowse/cometd/connect HTTP/1.1\r\nHost: p\r\nContent-Length: 2\r\n\r\n[]";

    private final ArrayByteBufferPool.Tracking buffers = new ArrayByteBufferPool.Tracking();
    private RawNode rawNode;
    private Node node;
    private StickyProxyServlet servlet;
    private Server server;
    private URI proxy;
    /** For each request that failed, whether Jetty ended it on an event loop. */
    private final Queue<Boolean> failedOnLoop = new ConcurrentLinkedQueue<>();

    @BeforeEach
    void start() throws Exception {
        rawNode = new RawNode(RawNode.PARK);
        StickyProxy mounted = StickyProxy.builder()
                .node("1", "node-1", rawNode.url())
                .health(new Health("/cobrowse/health", Duration.ofHours(1), Duration.ofSeconds(1), 2, 3))
                .build();
        node = mounted.router().table().node("1");
        servlet = mounted.servlet();
        server = new Server(new QueuedThreadPool(), null, buffers);
        ServletContextHandler context = new ServletContextHandler("/");
        mounted.mount(context, "/cobrowse/*");
        server.setHandler(new EndsTold(context));
        mounted.listen(server, "127.0.0.1", 0);
        server.start();
        proxy = URI.create("http://127.0.0.1:" + server.getURI().getPort());
    }

    @AfterEach
    void stop() throws Exception {
        server.stop();
        rawNode.close();
    }

    private void awaitNothingLeft() {
        await().atMost(SOON).until(() -> rawNode.open() == 0 && servlet.connections(node) == 0);
        await().atMost(SOON).until(() -> node.activeRequests() == 0);
        await().atMost(SOON)
                .untilAsserted(() ->
                        assertThat(buffers.getLeaks()).as(buffers::dumpLeaks).isEmpty());
    }

    private void awaitRequests(int count) throws InterruptedException {
        for (int i = 0; i < count; i++) {
            rawNode.next();
        }
    }

    private List<RawClient> clients(int count) throws IOException {
        List<RawClient> clients = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            clients.add(new RawClient(proxy));
        }
        return clients;
    }

    @Test
    void shouldLeaveNothingBehindAfterTenThousandClientsThatGo() throws Exception {
        for (int done = 0; done < 10_000; done += BATCH) {
            List<RawClient> clients = clients(BATCH);
            for (RawClient client : clients) {
                client.send(POLL);
            }
            awaitRequests(BATCH);
            for (int i = 0; i < BATCH; i++) {
                if (i % 2 == 0) {
                    clients.get(i).close();
                } else {
                    clients.get(i).reset();
                }
            }
            await().atMost(SOON).pollInterval(Duration.ofMillis(1)).until(() -> rawNode.open() == 0);
        }
        awaitNothingLeft();
    }

    @Test
    void shouldLeaveNothingBehindAfterStreamsThatAreReset() throws Exception {
        for (int done = 0; done < 2_000; done += BATCH) {
            // One connection may not reset many more in a second.
            try (RawHttp2Client client = new RawHttp2Client(proxy)) {
                int[] streams = new int[BATCH];
                for (int i = 0; i < BATCH; i++) {
                    streams[i] = client.begin("POST", "/cobrowse/cometd/connect", false);
                    client.data(streams[i], i % 2 == 0, "[]");
                }
                // Half of the bodies are on their way still.
                awaitRequests(BATCH / 2);
                for (int stream : streams) {
                    client.reset(stream);
                }
                await().atMost(SOON).pollInterval(Duration.ofMillis(1)).until(() -> rawNode.open() == 0);
                client.ping();
            }
        }
        awaitNothingLeft();
    }

    @Test
    void shouldLeaveNothingBehindAfterUploadsAndDownloadsThatAreCut() throws Exception {
        String block = "x".repeat(10_000);
        rawNode.withoutReadingBodies().behave(exchange -> {
            exchange.send("HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n");
            for (int i = 0; i < 100; i++) {
                exchange.send(block);
            }
            RawNode.PARK.serve(exchange);
        });
        for (int done = 0; done < 20; done++) {
            List<RawClient> clients = clients(BATCH);
            for (RawClient client : clients) {
                client.send("POST /cobrowse/x HTTP/1.1\r\nHost: p\r\nTransfer-Encoding: chunked\r\n\r\n");
                client.send("2710\r\n" + block + "\r\n2710\r\n");
            }
            awaitRequests(BATCH);
            for (RawClient client : clients) {
                client.reset();
            }
        }
        awaitNothingLeft();
        // Elsewhere, it could release the connection's buffer while the loop still reads into another.
        assertThat(failedOnLoop).isNotEmpty().containsOnly(true);
    }

    @Test
    void shouldLeaveNothingBehindAfterNodesThatGo() throws Exception {
        rawNode.behave(exchange -> {
            int kind = Math.floorMod(exchange.line().hashCode(), 5);
            exchange.send(
                    switch (kind) {
                        case 0 -> "";
                        case 1 -> "HTTP/1.1 200";
                        case 2 -> "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nbegin";
                        case 3 -> "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nbegin";
                        default -> "no HTTP at all\r\n\r\n";
                    });
            exchange.socket().close();
        });
        for (int i = 0; i < 500; i++) {
            try (RawClient client = new RawClient(proxy)) {
                String method = i % 2 == 0 ? "GET" : "POST";
                client.send(method + " /cobrowse/" + i + " HTTP/1.1\r\nHost: p\r\nConnection: close\r\n\r\n");
                client.rest();
            }
        }
        awaitNothingLeft();
    }

    /** Tells on which threads requests fail. */
    private final class EndsTold extends Handler.Wrapper {
        EndsTold(Handler handler) {
            super(handler);
        }

        @Override
        public boolean handle(Request request, Response response, Callback callback) throws Exception {
            request.addHttpStreamWrapper(stream -> new HttpStream.Wrapper(stream) {
                @Override
                public void failed(Throwable failure) {
                    failedOnLoop.add(EventLoop.current() != null);
                    super.failed(failure);
                }
            });
            return super.handle(request, response, callback);
        }
    }
}
