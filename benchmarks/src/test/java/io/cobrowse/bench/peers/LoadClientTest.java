package io.cobrowse.bench.peers;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class LoadClientTest {
    private static final byte[] REQUEST = "GET / HTTP/1.1\r\n\r\n".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] ANSWER =
            "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok".getBytes(StandardCharsets.US_ASCII);

    private final ServerSocket server = new ServerSocket(0, 64, InetAddress.getLoopbackAddress());
    private final AtomicInteger accepted = new AtomicInteger();

    LoadClientTest() throws IOException {}

    @AfterEach
    void stop() throws IOException {
        server.close();
    }

    /** @param keepAlive whether a connection is kept for further requests, or closed after the first answer */
    private void serve(boolean keepAlive) {
        new Thread(() -> {
                    while (!server.isClosed()) {
                        try {
                            Socket client = server.accept();
                            accepted.incrementAndGet();
                            new Thread(() -> answer(client, keepAlive)).start();
                        } catch (IOException closed) {
                            return;
                        }
                    }
                })
                .start();
    }

    private static void answer(Socket client, boolean keepAlive) {
        byte[] request = new byte[REQUEST.length];
        try (client) {
            do {
                if (client.getInputStream().readNBytes(request, 0, request.length) < request.length) {
                    return;
                }
                client.getOutputStream().write(ANSWER);
            } while (keepAlive);
        } catch (IOException ended) {
            // The client has closed.
        }
    }

    private LoadClient client(boolean keepAlive) throws IOException {
        InetSocketAddress address = (InetSocketAddress) server.getLocalSocketAddress();
        return new LoadClient(
                8, selector -> new HttpConnection(selector, () -> new Transport(address), REQUEST, keepAlive));
    }

    @Test
    void shouldKeepItsConnections() throws Exception {
        serve(true);
        try (LoadClient client = client(true)) {
            assertThat(client.run(Duration.ofMillis(100)).count()).isGreaterThan(8);
            assertThat(client.runAt(1_000, Duration.ofMillis(100)).count()).isEqualTo(100);
        }
        assertThat(accepted).hasValue(8);
    }

    @Test
    void shouldTakeANewConnectionForEachRequestThoughTheServerClosesThemToo() throws Exception {
        serve(false);
        try (LoadClient client = client(false)) {
            long answers = 0;
            for (int round = 0; round < 5; round++) {
                answers += client.run(Duration.ofMillis(50)).count();
            }
            answers += client.runAt(1_000, Duration.ofMillis(100)).count();
            assertThat(accepted).hasValueGreaterThanOrEqualTo((int) answers);
        }
    }
}
