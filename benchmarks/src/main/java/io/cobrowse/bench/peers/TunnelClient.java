package io.cobrowse.bench.peers;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.SocketTimeoutException;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.HdrHistogram.Histogram;

/**
 * Many WebSockets through one proxy, each a closed loop: it sends a masked message of {@value #PAYLOAD_BYTES} bytes, waits for
 * its echo, checks it, and sends the next. Not thread-safe; allocates nothing per round trip.
 */
final class TunnelClient implements AutoCloseable {
    static final int PAYLOAD_BYTES = 200;

    private static final int FRAME_BYTES = 4 + 4 + PAYLOAD_BYTES;
    private static final int ECHO_BYTES = 4 + PAYLOAD_BYTES;
    private static final int FRAME_HEAD = 0x827E_0000 | PAYLOAD_BYTES; // A whole binary message, 16-bit length.
    private static final int MASKED = 0x0080_0000;
    private static final int MASK = 0x37FA_213D;
    private static final long WIDE_MASK = (long) MASK << 32 | MASK;
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private final Selector selector;
    private final List<Tunnel> tunnels = new ArrayList<>();
    private final ByteBuffer frame = ByteBuffer.allocateDirect(FRAME_BYTES);
    private Histogram latencies = new Histogram(3);
    private long sequence;
    private boolean sending;
    private int waiting;

    /** What a number of round trips took. Latencies are in nanoseconds, from before the write to after the read. */
    record RoundTrips(long count, Duration elapsed, Histogram latencies) {}

    /** Opens tunnels one after the other; closes them all again when one of them fails. */
    TunnelClient(InetSocketAddress proxy, int count) throws IOException {
        selector = Selector.open();
        frame.putInt(FRAME_HEAD | MASKED).putInt(MASK);
        while (frame.remaining() >= Long.BYTES) {
            frame.putLong(WIDE_MASK ^ 0x2020202020202020L);
        }
        try {
            for (int i = 0; i < count; i++) {
                tunnels.add(new Tunnel(proxy));
            }
        } catch (IOException failure) {
            close();
            throw new IOException(
                    "Tunnel " + (tunnels.size() + 1) + " of " + count + " through " + proxy + ": "
                            + failure.getMessage(),
                    failure);
        }
    }

    /** Keeps every tunnel busy for a time. */
    RoundTrips run(Duration time) throws IOException {
        latencies = new Histogram(3);
        long begin = System.nanoTime();
        long end = begin + time.toNanos();
        sendAll();
        while (System.nanoTime() - end < 0) {
            receive();
        }
        sending = false;
        while (waiting > 0) {
            receive();
        }
        return new RoundTrips(latencies.getTotalCount(), Duration.ofNanos(System.nanoTime() - begin), latencies);
    }

    /** Has one message go round each tunnel. */
    void runOnce() throws IOException {
        run(Duration.ZERO);
    }

    private void sendAll() throws IOException {
        sending = true;
        for (Tunnel tunnel : tunnels) {
            tunnel.send();
        }
    }

    private void receive() throws IOException {
        if (selector.select(this::receive, PATIENCE.toMillis()) == 0) {
            throw new SocketTimeoutException(waiting + " echoes are missing after " + PATIENCE.toSeconds() + " s");
        }
    }

    private void receive(SelectionKey key) {
        try {
            ((Tunnel) key.attachment()).receive();
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    @Override
    public void close() throws IOException {
        for (Tunnel tunnel : tunnels) {
            tunnel.channel.close();
        }
        selector.close();
    }

    private final class Tunnel {
        private final SocketChannel channel;
        private final ByteBuffer echo = ByteBuffer.allocateDirect(ECHO_BYTES);
        private long sentNanos;
        private long sent;

        private Tunnel(InetSocketAddress proxy) throws IOException {
            channel = SocketChannel.open();
            try {
                channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
                channel.socket().connect(proxy, (int) PATIENCE.toMillis());
                shakeHands(proxy);
                channel.configureBlocking(false);
                channel.register(selector, SelectionKey.OP_READ, this);
            } catch (IOException failure) {
                channel.close();
                throw failure;
            }
        }

        private void shakeHands(InetSocketAddress proxy) throws IOException {
            String request = "GET /cobrowse/cometd HTTP/1.1\r\nHost: " + proxy.getHostString() + "\r\n"
                    + "Upgrade: websocket\r\nConnection: Upgrade\r\n"
                    + "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n"
                    + "Cookie: JSESSIONID=1x2y3z; gcbSessionServer=node-2\r\n\r\n";
            ByteBuffer head = ByteBuffer.wrap(request.getBytes(StandardCharsets.ISO_8859_1));
            while (head.hasRemaining()) {
                channel.write(head);
            }
            channel.socket().setSoTimeout((int) PATIENCE.toMillis());
            StringBuilder answer = new StringBuilder();
            while (answer.indexOf("\r\n\r\n") < 0) {
                // Byte by byte would be slow; nothing follows the head before the first message.
                byte[] bytes = new byte[1024];
                int read = channel.socket().getInputStream().read(bytes);
                if (read < 0) {
                    throw new IOException("The connection ended in the handshake");
                }
                answer.append(new String(bytes, 0, read, StandardCharsets.ISO_8859_1));
            }
            if (!answer.toString().startsWith("HTTP/1.1 101 ")) {
                throw new IOException("Not switched to WebSocket: " + answer.substring(0, answer.indexOf("\r\n")));
            }
        }

        private void send() throws IOException {
            sent = ++sequence;
            frame.putLong(8, sent ^ WIDE_MASK).rewind();
            waiting++;
            sentNanos = System.nanoTime();
            if (channel.write(frame) < FRAME_BYTES) {
                throw new IOException("The proxy does not read");
            }
        }

        private void receive() throws IOException {
            if (channel.read(echo) < 0) {
                throw new IOException("The proxy closed a tunnel");
            }
            if (echo.hasRemaining()) {
                return;
            }
            latencies.recordValue(System.nanoTime() - sentNanos);
            waiting--;
            if (echo.getInt(0) != FRAME_HEAD || echo.getLong(4) != sent) {
                throw new IOException("Not the echo of message " + sent + ": " + echo.getLong(4));
            }
            echo.clear();
            if (sending) {
                send();
            }
        }
    }
}
