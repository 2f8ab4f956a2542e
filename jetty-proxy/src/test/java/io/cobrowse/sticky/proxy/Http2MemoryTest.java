package io.cobrowse.sticky.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** HTTP/2 clients that send what no node reads: whatever the pieces, a proxy with little memory keeps working. */
class Http2MemoryTest {
    private static final int DATA = 0;
    private static final int STREAMS = 4;
    private static final int PIECE_BYTES = 16_384;
    private static final int STANDSTILL_MILLIS = 2_000;
    private static final int PATIENCE_SECONDS = 60;

    private final CountDownLatch over = new CountDownLatch(1);
    private final List<RawHttp2Client> clients = new ArrayList<>();
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final AtomicLong sent = new AtomicLong();
    private RawNode node;
    private Process proxy;
    private URI uri;

    @BeforeEach
    void start() throws IOException {
        node = new RawNode(exchange -> {
                    if (exchange.line().startsWith("POST ")) {
                        over.await();
                    } else {
                        RawNode.OK.serve(exchange);
                    }
                })
                .withoutReadingBodies()
                .withSmallBuffers();
        proxy = SmallProxy.startInAJvm("-Xmx96m", node.url());
        uri = SmallProxy.uri(proxy);
    }

    @AfterEach
    void stop() throws Exception {
        over.countDown();
        for (RawHttp2Client each : clients) {
            each.close();
        }
        threads.shutdownNow();
        node.close();
        proxy.getOutputStream().close();
        if (!proxy.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
            proxy.destroyForcibly();
        }
    }

    /** Sends as much as the proxy allows on each stream in turn, in frames of this many bytes. */
    private void fill(RawHttp2Client client, int frameBytes) {
        try {
            client.socket().setSoTimeout(STANDSTILL_MILLIS);
            int[] streams = new int[STREAMS];
            for (int i = 0; i < STREAMS; i++) {
                streams[i] = client.begin("POST", "/upload", false);
            }
            client.ping();
            for (int stream : streams) {
                fill(client, stream, frameBytes);
            }
        } catch (IOException closed) {
            // The proxy is free to.
        }
    }

    private void fill(RawHttp2Client client, int stream, int frameBytes) throws IOException {
        try {
            while (true) {
                int bytes = Math.min(client.awaitRoom(stream), PIECE_BYTES);
                client.frames(stream, bytes, frames(stream, bytes, frameBytes));
                sent.addAndGet(bytes);
            }
        } catch (SocketTimeoutException full) {
            // As it has to be at some time.
        }
    }

    private static byte[] frames(int stream, int bytes, int frameBytes) {
        ByteArrayOutputStream frames = new ByteArrayOutputStream();
        for (int left = bytes; left > 0; left -= frameBytes) {
            int length = Math.min(left, frameBytes);
            frames.writeBytes(ByteBuffer.allocate(9 + length)
                    .put((byte) (length >> 16))
                    .putShort((short) length)
                    .put((byte) DATA)
                    .put((byte) 0)
                    .putInt(stream)
                    .array());
        }
        return frames.toByteArray();
    }

    private void assertServes() throws IOException {
        try (RawClient client = new RawClient(uri);
                RawHttp2Client http2 = new RawHttp2Client(uri)) {
            assertThat(client.get("/other").text()).isEqualTo("ok");
            assertThat(http2.get("/other").text()).isEqualTo("ok");
        }
        assertThat(proxy.isAlive()).isTrue();
    }

    @ParameterizedTest
    @CsvSource({"1, 4", "16384, 375"})
    void shouldGoOnWhereManySendWhatNoNodeReads(int frameBytes, int count) throws Exception {
        for (int i = 0; i < count; i++) {
            RawHttp2Client client = new RawHttp2Client(uri);
            clients.add(client);
            threads.execute(() -> fill(client, frameBytes));
        }
        awaitStandstill();
        assertServes();
        for (RawHttp2Client each : clients) {
            each.close();
        }
        assertServes();
    }

    /** Sends heads of requests that no node answers, of the greatest allowed size, on as many streams as allowed. */
    @Test
    void shouldGoOnWhereManyAskWhatNoNodeAnswers() throws Exception {
        for (int i = 0; i < 40; i++) {
            RawHttp2Client client = new RawHttp2Client(uri);
            clients.add(client);
            threads.execute(() -> ask(client));
        }
        awaitStandstill();
        assertServes();
        for (RawHttp2Client each : clients) {
            each.close();
        }
        assertServes();
    }

    private void ask(RawHttp2Client client) {
        String[] fields = new String[28 * 2];
        for (int i = 0; i < fields.length; i += 2) {
            fields[i] = "x-" + i;
            fields[i + 1] = "y".repeat(1000);
        }
        try {
            for (int i = 0; i < 200; i++) {
                client.begin("POST", "/parked", true, fields);
                sent.addAndGet(28 * 1000);
            }
        } catch (IOException closed) {
            // The proxy is free to.
        }
    }

    /** Checks that some requests got through, and others have to wait. */
    private void awaitStandstill() {
        AtomicLong before = new AtomicLong(-1);
        await().atMost(Duration.ofSeconds(PATIENCE_SECONDS))
                .pollInterval(Duration.ofMillis(2L * STANDSTILL_MILLIS))
                .until(() -> before.getAndSet(sent.get()) == sent.get());
    }
}
