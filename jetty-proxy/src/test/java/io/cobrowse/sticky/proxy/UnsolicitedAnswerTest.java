package io.cobrowse.sticky.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.cobrowse.sticky.proxy.io.EventLoop;
import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.eclipse.jetty.io.EndPoint;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Bytes that a node sends without a request never reach the client whose request uses the connection next. */
class UnsolicitedAnswerTest {
    private static final byte[] UNSOLICITED =
            "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nevil".getBytes(StandardCharsets.US_ASCII);
    /** In each round, the loop may handle the node's connection before the client's. */
    private static final int ROUNDS = 20;

    private RawNode node;
    private StickyProxyServer proxy;
    private RawClient client;

    @BeforeEach
    void start() throws IOException {
        node = new RawNode(RawNode.OK);
        proxy = SmallProxy.start(node.url());
        client = new RawClient(proxy.uri("public"));
    }

    @AfterEach
    void stop() throws IOException {
        client.close();
        proxy.close();
        node.close();
    }

    /** Sends a request and gets its answer; returns the node's end of the connection, which is then in the pool. */
    private Socket pooled() throws Exception {
        assertThat(client.get("/first").text()).isEqualTo("ok");
        return node.next().socket();
    }

    @Test
    void shouldCloseAPooledConnectionOnWhichBytesCome() throws Exception {
        Socket pooled = pooled();
        pooled.getOutputStream().write(UNSOLICITED);
        await().until(pooled::isClosed); // Like the node at the end of the input.
        assertThat(client.get("/second").text()).isEqualTo("ok");
    }

    @Test
    void shouldNotGiveThemToTheRequestThatComesAtTheSameTime() throws Exception {
        for (int i = 0; i < ROUNDS; i++) {
            Socket pooled = pooled();
            List<EndPoint> clients = List.copyOf(proxy.listeners().get(0).getConnectedEndPoints());
            assertThat(clients).hasSize(1);
            CountDownLatch busy = new CountDownLatch(1);
            CountDownLatch bothSent = new CountDownLatch(1);
            EventLoop.of(clients.get(0)).execute(() -> {
                busy.countDown();
                await().until(() -> bothSent.getCount() == 0);
            });
            busy.await();
            client.send("GET /second HTTP/1.1\r\nHost: p\r\n\r\n");
            pooled.getOutputStream().write(UNSOLICITED);
            bothSent.countDown();
            assertThat(client.answer().text()).as("answer in round %d", i).isEqualTo("ok");
            assertThat(node.next().line()).isEqualTo("GET /second HTTP/1.1");
        }
    }
}
