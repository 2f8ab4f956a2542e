package io.cobrowse.bench.peers;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.Selector;
import java.nio.charset.StandardCharsets;

/**
 * A WebSocket through the proxy: sends a masked message of {@value #PAYLOAD_BYTES} bytes, waits for its echo, and checks it.
 * Allocates nothing per round trip.
 */
final class TunnelConnection extends LoadConnection {
    static final int PAYLOAD_BYTES = 200;

    private static final int FRAME_BYTES = 4 + 4 + PAYLOAD_BYTES;
    private static final int ECHO_BYTES = 4 + PAYLOAD_BYTES;
    private static final int FRAME_HEAD = 0x827E_0000 | PAYLOAD_BYTES; // A whole binary message, 16-bit length.
    private static final int MASKED = 0x0080_0000;
    private static final int MASK = 0x37FA_213D;
    private static final long WIDE_MASK = (long) MASK << 32 | MASK;
    private static final byte[] HANDSHAKE = ("GET /cobrowse/cometd HTTP/1.1\r\nHost: localhost\r\n"
                    + "Upgrade: websocket\r\nConnection: Upgrade\r\n"
                    + "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n"
                    + "Cookie: JSESSIONID=1x2y3z; gcbSessionServer=node-2\r\n\r\n")
            .getBytes(StandardCharsets.ISO_8859_1);
    // One thread serves all tunnels, so they share the frame.
    private static final ByteBuffer FRAME = frame();

    private final Transport transport;
    private final ByteBuffer echo = ByteBuffer.allocateDirect(ECHO_BYTES);
    private long sent;

    TunnelConnection(Selector selector, Transport transport) throws IOException {
        this.transport = transport;
        shakeHands();
        transport.register(selector, this);
    }

    private static ByteBuffer frame() {
        ByteBuffer frame = ByteBuffer.allocateDirect(FRAME_BYTES);
        frame.putInt(FRAME_HEAD | MASKED).putInt(MASK);
        while (frame.hasRemaining()) {
            frame.putLong(WIDE_MASK ^ 0x2020202020202020L);
        }
        return frame;
    }

    private void shakeHands() throws IOException {
        transport.write(ByteBuffer.wrap(HANDSHAKE));
        StringBuilder answer = new StringBuilder();
        ByteBuffer bytes = ByteBuffer.allocate(1024);
        while (answer.indexOf("\r\n\r\n") < 0) { // Nothing follows the head before the first message.
            if (transport.read(bytes.clear()) < 0) {
                throw new IOException("The connection ended in the handshake");
            }
            answer.append(StandardCharsets.ISO_8859_1.decode(bytes.flip()));
        }
        if (!answer.toString().startsWith("HTTP/1.1 101 ")) {
            throw new IOException("Not switched to WebSocket: " + answer.substring(0, answer.indexOf("\r\n")));
        }
    }

    @Override
    void send() throws IOException {
        sent++;
        FRAME.putLong(8, sent ^ WIDE_MASK).rewind();
        transport.write(FRAME);
    }

    @Override
    boolean receive() throws IOException {
        if (transport.read(echo) < 0) {
            throw new IOException("The proxy closed a tunnel");
        }
        if (echo.hasRemaining()) {
            return false;
        }
        if (echo.getInt(0) != FRAME_HEAD || echo.getLong(4) != sent) {
            throw new IOException("Not the echo of message " + sent + ": " + echo.getLong(4));
        }
        echo.clear();
        return true;
    }

    @Override
    void close() throws IOException {
        transport.close();
    }
}
