package io.cobrowse.bench.peers;

import java.io.IOException;
import java.lang.System.Logger.Level;
import java.nio.BufferOverflowException;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A connection of the echo origin: HTTP/1.1 requests, with a {@code Content-Length} if they have a body, and after a
 * handshake WebSocket frames below 64 KiB.
 */
final class EchoConnection {
    private static final String ACCEPT_SUFFIX = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"; // RFC 6455, 1.3
    private static final Pattern LENGTH = Pattern.compile("\r\ncontent-length: *(\\d+)\r\n");
    private static final byte[] DOWNLOAD = answer("application/octet-stream", "d".repeat(64 * 1024));
    private static final int CLOSE = 8;

    // One thread serves all connections, so they share these.
    private static final ByteBuffer IN = ByteBuffer.allocateDirect(128 * 1024);
    private static final ByteBuffer OUT = ByteBuffer.allocateDirect(256 * 1024);

    private enum Step {
        DONE,
        INCOMPLETE,
        CLOSED
    }

    private static final List<EchoConnection> PARKED = new ArrayList<>();

    private final SocketChannel channel;
    private final byte[] answer;
    private boolean webSocket;
    private byte @Nullable [] rest;
    private @Nullable ByteBuffer unsent;

    /** @param node the name in the answers */
    EchoConnection(SocketChannel channel, String node) {
        this.channel = channel;
        this.answer = answer(
                "application/json", "{\"sessionToken\":\"845800826\",\"sessionServerName\":\"" + node + "\"}\r\n");
    }

    private static byte[] answer(String type, String body) {
        return ascii("HTTP/1.1 200 OK\r\nContent-Type: " + type + "\r\nContent-Length: " + body.length() + "\r\n\r\n"
                + body);
    }

    /** Continues a pending write; otherwise reads once and answers all complete requests. */
    void serve(SelectionKey key) {
        try {
            if (unsent != null) {
                sendOn(key);
                return;
            }
            Step last = answer();
            if (unsent != null) {
                key.interestOps(SelectionKey.OP_WRITE);
            }
            if (last == Step.CLOSED) {
                channel.close();
            }
        } catch (IOException | BufferOverflowException failure) {
            // A proxy that is stopped resets its connections; a client that misses an echo reports it.
            try {
                channel.close();
            } catch (IOException closing) {
                EchoOrigin.LOG.log(Level.WARNING, "Closing failed", closing);
            }
        }
    }

    private Step answer() throws IOException {
        IN.clear();
        byte[] before = rest;
        if (before != null) {
            IN.put(before);
            rest = null;
        }
        if (channel.read(IN) < 0) {
            return Step.CLOSED;
        }
        IN.flip();
        OUT.clear();
        Step step = Step.DONE;
        while (step == Step.DONE && IN.hasRemaining()) {
            step = webSocket ? echo() : respond();
        }
        send();
        if (IN.hasRemaining()) {
            byte[] left = new byte[IN.remaining()];
            IN.get(left);
            rest = left;
        }
        return step;
    }

    private void send() throws IOException {
        OUT.flip();
        channel.write(OUT);
        if (OUT.hasRemaining()) {
            unsent = ByteBuffer.allocate(OUT.remaining()).put(OUT).flip();
        }
    }

    private void sendOn(SelectionKey key) throws IOException {
        ByteBuffer waiting = Objects.requireNonNull(unsent);
        channel.write(waiting);
        if (!waiting.hasRemaining()) {
            unsent = null;
            key.interestOps(SelectionKey.OP_READ);
        }
    }

    private Step respond() throws IOException {
        int length = headLength();
        if (length < 0) {
            return Step.INCOMPLETE;
        }
        byte[] bytes = new byte[length];
        IN.get(IN.position(), bytes);
        String head = new String(bytes, StandardCharsets.ISO_8859_1);
        length += bodyLength(head);
        if (IN.remaining() < length) {
            return Step.INCOMPLETE;
        }
        IN.position(IN.position() + length);
        String target = head.substring(head.indexOf(' ') + 1, head.indexOf(" HTTP/"));
        String key = webSocketKey(head);
        if (key != null) {
            webSocket = true;
            OUT.put(ascii("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                    + "Sec-WebSocket-Accept: " + accept(key) + "\r\n\r\n"));
        } else if (target.startsWith("/park")) {
            PARKED.add(this);
        } else {
            OUT.put(target.startsWith("/download") ? DOWNLOAD : answer);
            if (target.startsWith("/release")) {
                release();
            }
        }
        return Step.DONE;
    }

    private static void release() throws IOException {
        for (EchoConnection each : PARKED) {
            if (each.channel.isOpen()) {
                each.channel.write(ByteBuffer.wrap(each.answer));
            }
        }
        PARKED.clear();
    }

    private static int bodyLength(String head) {
        Matcher length = LENGTH.matcher(head.toLowerCase(Locale.ROOT));
        return length.find() ? Integer.parseInt(length.group(1)) : 0;
    }

    private static int headLength() {
        for (int i = IN.position() + 3; i < IN.limit(); i++) {
            if (IN.get(i) == '\n' && IN.get(i - 2) == '\n') {
                return i + 1 - IN.position();
            }
        }
        return -1;
    }

    private static @Nullable String webSocketKey(String head) {
        String name = "sec-websocket-key:";
        return head.lines()
                .filter(line -> line.toLowerCase(Locale.ROOT).startsWith(name))
                .map(line -> line.substring(name.length()).trim())
                .findFirst()
                .orElse(null);
    }

    /** Returns the answer to a handshake's key (RFC 6455, 4.2.2). */
    static String accept(String key) {
        try {
            return Base64.getEncoder()
                    .encodeToString(MessageDigest.getInstance("SHA-1").digest(ascii(key + ACCEPT_SUFFIX)));
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException("Every JDK has SHA-1", impossible);
        }
    }

    /** Echoes one frame, unmasked. */
    private static Step echo() {
        int start = IN.position();
        int head = IN.remaining() < 4 ? -1 : IN.get(start + 1) & 0x7F;
        int length = head == 126 ? IN.getShort(start + 2) & 0xFFFF : head;
        int headLength = head == 126 ? 8 : 6;
        if (head < 0 || IN.remaining() < headLength + length) {
            return Step.INCOMPLETE;
        }
        byte first = IN.get(start);
        OUT.put(first);
        if (head == 126) {
            OUT.put((byte) 126).putShort((short) length);
        } else {
            OUT.put((byte) length);
        }
        IN.position(start + headLength);
        unmask(IN.getInt(start + headLength - 4), length);
        return (first & 0x0F) == CLOSE ? Step.CLOSED : Step.DONE;
    }

    private static void unmask(int mask, int length) {
        long wide = (long) mask << 32 | (mask & 0xFFFFFFFFL);
        int left = length;
        for (; left >= 8; left -= 8) {
            OUT.putLong(IN.getLong() ^ wide);
        }
        for (int shift = 24; left > 0; left--, shift = (shift + 24) % 32) {
            OUT.put((byte) (IN.get() ^ (mask >>> shift)));
        }
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }
}
