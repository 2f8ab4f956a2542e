package io.cobrowse.sticky.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Bodies in chunks of all sizes arrive unchanged, and a client with the smallest chunks does not hold up others. */
class SmallChunksTest {
    private static final int CHUNKS = 3_000;

    private RawNode node;
    private StickyProxyServer proxy;
    private RawClient client;

    private record Body(String text, String chunks) {}

    /** A body, and its chunks. */
    private static Body body(long seed, int maxChunk) {
        Random random = new Random(seed);
        StringBuilder text = new StringBuilder();
        StringBuilder chunks = new StringBuilder();
        for (int i = 0; i < CHUNKS; i++) {
            int length = 1 + (random.nextInt(100) == 0 ? random.nextInt(4 * maxChunk) : random.nextInt(maxChunk));
            String piece = Character.toString('a' + random.nextInt(26)).repeat(length);
            text.append(piece);
            chunks.append(Integer.toHexString(length))
                    .append("\r\n")
                    .append(piece)
                    .append("\r\n");
        }
        return new Body(text.toString(), chunks + "0\r\n\r\n");
    }

    @BeforeEach
    void start() throws IOException {
        node = new RawNode();
        proxy = SmallProxy.start(node.url());
        client = new RawClient(proxy.uri("public"));
    }

    @AfterEach
    void stop() throws IOException {
        client.close();
        proxy.close();
        node.close();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 10, 1_000, 5_000})
    void shouldPassTheChunksOfAnAnswerOn(int maxChunk) throws Exception {
        Body body = body(maxChunk, maxChunk);
        node.behave(exchange -> exchange.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + body.chunks()));
        for (int i = 0; i < 2; i++) {
            assertThat(client.get("/").text()).isEqualTo(body.text());
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 10, 1_000, 5_000})
    void shouldPassTheChunksOfARequestOn(int maxChunk) throws Exception {
        Body body = body(maxChunk, maxChunk);
        for (int i = 0; i < 2; i++) {
            client.send("POST / HTTP/1.1\r\nHost: p\r\nTransfer-Encoding: chunked\r\n\r\n" + body.chunks());
            assertThat(client.answer().status()).isEqualTo(200);
            assertThat(node.next().bodyText()).isEqualTo(body.text());
        }
    }

    @Test
    void shouldServeOthersWhileSomeSendSingleBytesWithoutAPause() throws Exception {
        AtomicBoolean over = new AtomicBoolean();
        byte[] chunks = "1\r\nx\r\n".repeat(2_000).getBytes(StandardCharsets.US_ASCII);
        int senders = 2 * Runtime.getRuntime().availableProcessors();
        Thread[] threads = new Thread[senders];
        for (int i = 0; i < senders; i++) {
            threads[i] = new Thread(() -> flood(chunks, over));
            threads[i].start();
        }
        try {
            for (int i = 0; i < 200; i++) {
                assertThat(client.get("/other").text()).isEqualTo("ok");
            }
            assertThat(proxy.states()
                            .status(proxy.router().table().node("1"))
                            .counts()
                            .downs())
                    .isZero();
        } finally {
            over.set(true);
            for (Thread each : threads) {
                each.join();
            }
        }
    }

    private void flood(byte[] chunks, AtomicBoolean over) {
        try (Socket socket =
                new Socket(proxy.uri("public").getHost(), proxy.uri("public").getPort())) {
            OutputStream out = socket.getOutputStream();
            out.write("POST /flood HTTP/1.1\r\nHost: p\r\nTransfer-Encoding: chunked\r\n\r\n"
                    .getBytes(StandardCharsets.US_ASCII));
            while (!over.get()) {
                out.write(chunks);
            }
        } catch (IOException closed) {
            // The proxy may cut a body off that is too long.
        }
    }
}
