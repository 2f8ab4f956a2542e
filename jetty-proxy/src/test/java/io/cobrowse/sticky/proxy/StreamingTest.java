package io.cobrowse.sticky.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * Bodies far larger than the memory flow through in both directions, and are read only as fast as they are accepted.
 */
class StreamingTest {
    private static final long GIBIBYTE = 1L << 30;
    private static final long LARGE = 64L << 20;
    private static final long MUCH = 256L << 20;
    /** More than the socket buffers on the way can hold, but less than {@link #MUCH}. */
    private static final long BUFFERED = 64L << 20;

    private static final int PATIENCE_MILLIS = 60_000;

    private RawNode node;

    @BeforeEach
    void start() throws IOException {
        node = new RawNode().withoutReadingBodies();
    }

    @AfterEach
    void stop() throws IOException {
        node.close();
    }

    /** Sends bytes that differ from block to block, counts them, and returns their checksum. */
    private static long send(OutputStream out, long length, AtomicLong sent) throws IOException {
        CRC32C checksum = new CRC32C();
        byte[] block = new byte[1 << 16];
        for (long done = 0; done < length; done += block.length) {
            Arrays.fill(block, (byte) (done >> 16));
            out.write(block);
            checksum.update(block);
            sent.addAndGet(block.length);
        }
        return checksum.getValue();
    }

    private static CompletableFuture<Long> sendBeside(RawClient client, long length, AtomicLong sent) {
        return CompletableFuture.supplyAsync(() -> {
            try {
                return send(client.socket().getOutputStream(), length, sent);
            } catch (IOException cut) {
                throw new UncheckedIOException(cut);
            }
        });
    }

    /** Reads bytes and returns their checksum. */
    private static long receive(InputStream in, long length) throws IOException {
        CRC32C checksum = new CRC32C();
        byte[] block = new byte[1 << 16];
        long left = length;
        while (left > 0) {
            int read = in.read(block, 0, (int) Math.min(block.length, left));
            if (read < 0) {
                throw new IOException("end with " + left + " bytes left");
            }
            checksum.update(block, 0, read);
            left -= read;
        }
        return checksum.getValue();
    }

    private static String post(long length) {
        return "POST /upload HTTP/1.1\r\nHost: p\r\nContent-Length: " + length + "\r\n\r\n";
    }

    private static String ok(long length) {
        return "HTTP/1.1 200 OK\r\nContent-Length: " + length + "\r\n\r\n";
    }

    private StickyProxyServer startProxy() throws IOException {
        return SmallProxy.start(node.url());
    }

    private static RawClient client(URI proxy) throws IOException {
        RawClient client = new RawClient(proxy);
        client.socket().setSoTimeout(PATIENCE_MILLIS);
        return client;
    }

    @Test
    void shouldPassAGibibyteEachWayWithLittleMemory() throws Exception {
        Process proxy = SmallProxy.startInAJvm("-Xmx128m", node.url());
        try (RawClient client = client(SmallProxy.uri(proxy))) {
            uploadAGibibyte(client);
            downloadAGibibyte(client);
            assertThat(proxy.isAlive()).isTrue();
        } finally {
            proxy.getOutputStream().close();
            assertThat(proxy.waitFor(PATIENCE_MILLIS, TimeUnit.MILLISECONDS)).isTrue();
        }
    }

    private void uploadAGibibyte(RawClient client) throws IOException {
        CompletableFuture<Long> received = new CompletableFuture<>();
        node.behave(exchange -> {
            received.complete(receive(exchange.in(), GIBIBYTE));
            RawNode.OK.serve(exchange);
        });
        client.send(post(GIBIBYTE));
        long sent = send(client.socket().getOutputStream(), GIBIBYTE, new AtomicLong());
        assertThat(client.answer().text()).isEqualTo("ok");
        assertThat(received).isCompletedWithValue(sent);
    }

    private void downloadAGibibyte(RawClient client) throws Exception {
        CompletableFuture<Long> sent = new CompletableFuture<>();
        node.behave(exchange -> {
            exchange.send(ok(GIBIBYTE));
            sent.complete(send(exchange.out(), GIBIBYTE, new AtomicLong()));
        });
        client.send("GET /download HTTP/1.1\r\nHost: p\r\n\r\n");
        assertThat(client.head().status()).isEqualTo(200);
        assertThat(receive(client.in(), GIBIBYTE)).isEqualTo(sent.get(PATIENCE_MILLIS, TimeUnit.MILLISECONDS));
    }

    @Test
    void shouldPassBothDirectionsAtOnce() throws Exception {
        node.behave(exchange -> {
            exchange.send(ok(LARGE));
            byte[] block = new byte[10_000];
            long left = LARGE;
            while (left > 0) {
                int read = exchange.in().read(block, 0, (int) Math.min(block.length, left));
                exchange.out().write(block, 0, read);
                left -= read;
            }
        });
        try (StickyProxyServer proxy = startProxy();
                RawClient client = client(proxy.uri("public"))) {
            client.send(post(LARGE));
            CompletableFuture<Long> sent = sendBeside(client, LARGE, new AtomicLong());
            assertThat(client.head().status()).isEqualTo(200);
            assertThat(receive(client.in(), LARGE)).isEqualTo(sent.get(PATIENCE_MILLIS, TimeUnit.MILLISECONDS));
            node.behave(RawNode.OK);
            assertThat(client.get("/after").text()).isEqualTo("ok");
            assertThat(node.connections()).isEqualTo(1);
        }
    }

    @Test
    void shouldTakeNoMoreOfAnUploadThanTheNodeDoes() throws Exception {
        CountDownLatch read = new CountDownLatch(1);
        CompletableFuture<Long> received = new CompletableFuture<>();
        node.behave(exchange -> {
            read.await();
            received.complete(receive(exchange.in(), MUCH));
            RawNode.OK.serve(exchange);
        });
        try (StickyProxyServer proxy = startProxy();
                RawClient client = client(proxy.uri("public"))) {
            AtomicLong taken = new AtomicLong();
            client.send(post(MUCH));
            CompletableFuture<Long> sent = sendBeside(client, MUCH, taken);
            AtomicLong before = new AtomicLong(-1);
            // Until it stands still.
            await().atMost(Duration.ofMillis(PATIENCE_MILLIS))
                    .pollInterval(Duration.ofMillis(500))
                    .until(() -> before.getAndSet(taken.get()) == taken.get());
            assertThat(taken.get()).isLessThan(BUFFERED);
            read.countDown();
            assertThat(client.answer().text()).isEqualTo("ok");
            assertThat(received).isCompletedWithValue(sent.get(PATIENCE_MILLIS, TimeUnit.MILLISECONDS));
        }
    }

    @Test
    void shouldPassLargeBodiesOverHttp2() throws Exception {
        byte[] body = new byte[8 << 20];
        for (int i = 0; i < body.length; i++) {
            body[i] = (byte) (i * 31 + (i >> 10));
        }
        node.behave(exchange -> {
            byte[] read = exchange.in().readNBytes(body.length);
            exchange.send(ok(read.length));
            exchange.out().write(read);
        });
        try (StickyProxyServer proxy = startProxy();
                RawHttp2Client client = new RawHttp2Client(proxy.uri("public"))) {
            int stream = client.begin("POST", "/x", false, "content-length", "" + body.length);
            for (int i = 0; i < body.length; i += 1 << 14) {
                byte[] frame = Arrays.copyOfRange(body, i, i + (1 << 14));
                client.data(stream, i + frame.length == body.length, frame);
            }
            assertThat(client.answer(stream).text().getBytes(StandardCharsets.ISO_8859_1))
                    .isEqualTo(body);
        }
    }
}
