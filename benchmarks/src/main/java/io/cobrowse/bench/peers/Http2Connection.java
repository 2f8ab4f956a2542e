package io.cobrowse.bench.peers;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.Selector;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

/**
 * HTTP/2 in clear text with prior knowledge (RFC 9113, 3.3), one stream at a time. Requests do not use HPACK's dynamic
 * table. Of answers, only the status is read, which every proxy sends as the first field, indexed.
 */
final class Http2Connection extends LoadConnection {
    private static final byte[] PREFACE = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(StandardCharsets.US_ASCII);
    private static final int FRAME_HEAD = 9;
    private static final int DATA = 0;
    private static final int HEADERS = 1;
    private static final int RST_STREAM = 3;
    private static final int SETTINGS = 4;
    private static final int PING = 6;
    private static final int GOAWAY = 7;
    private static final int WINDOW_UPDATE = 8;
    private static final int END_STREAM = 1;
    private static final int ACK = 1;
    private static final int END_HEADERS = 4;
    private static final int PADDED = 8;
    private static final int PRIORITY = 0x20;
    private static final int TABLE_SIZE_UPDATE = 0x20;
    private static final byte STATUS_200 = (byte) 0x88;
    private static final int WINDOW = 1 << 30;

    private final Transport transport;
    private final ByteBuffer fields;
    private final ByteBuffer out = ByteBuffer.allocateDirect(4096);
    private final ByteBuffer in = ByteBuffer.allocateDirect(160 * 1024);
    private int stream = -1;

    /** @param request the request head of HTTP/1.1, which is converted */
    Http2Connection(Selector selector, Transport transport, byte[] request) throws IOException {
        this.transport = transport;
        this.fields = fields(new String(request, StandardCharsets.ISO_8859_1));
        out.put(PREFACE);
        frame(SETTINGS, 0, 0, 12);
        out.putShort((short) 1).putInt(0); // No dynamic table for answers.
        out.putShort((short) 4).putInt(WINDOW);
        frame(WINDOW_UPDATE, 0, 0, 4); // Large enough for all answers of a run.
        out.putInt(WINDOW);
        transport.write(out.flip());
        transport.register(selector, this);
    }

    private static ByteBuffer fields(String request) {
        String[] lines = request.split("\r\n", -1);
        String[] start = lines[0].split(" ", -1);
        ByteBuffer encoded = ByteBuffer.allocate(4096);
        literal(encoded, ":method", start[0]);
        literal(encoded, ":scheme", "http");
        literal(encoded, ":path", start[1]);
        for (int i = 1; i < lines.length && !lines[i].isEmpty(); i++) {
            String name = lines[i].substring(0, lines[i].indexOf(':')).toLowerCase(Locale.ROOT);
            String value = lines[i].substring(lines[i].indexOf(':') + 1).trim();
            literal(encoded, name.equals("host") ? ":authority" : name, value);
        }
        return encoded.flip();
    }

    /** Writes a literal without indexing, with name and value as they are (RFC 7541, 6.2.2). */
    private static void literal(ByteBuffer out, String name, String value) {
        out.put((byte) 0);
        string(out, name);
        string(out, value);
    }

    private static void string(ByteBuffer out, String text) {
        int length = text.length();
        if (length < 127) {
            out.put((byte) length);
        } else {
            out.put((byte) 127);
            for (length -= 127; length >= 128; length /= 128) {
                out.put((byte) (length % 128 + 128));
            }
            out.put((byte) length);
        }
        out.put(text.getBytes(StandardCharsets.ISO_8859_1));
    }

    @Override
    void send() throws IOException {
        stream += 2;
        out.clear();
        frame(HEADERS, END_STREAM | END_HEADERS, stream, fields.limit());
        out.put(fields.rewind());
        transport.write(out.flip());
    }

    @Override
    boolean receive() throws IOException {
        if (transport.read(in) < 0) {
            throw new EOFException("The proxy closed a connection");
        }
        in.flip();
        boolean complete = false;
        while (in.remaining() >= FRAME_HEAD && in.remaining() >= FRAME_HEAD + length()) {
            complete |= frame();
        }
        in.compact();
        return complete;
    }

    private int length() {
        return in.getInt(in.position()) >>> 8;
    }

    /** Takes a frame; returns whether it ends the answer. */
    private boolean frame() throws IOException {
        int length = length();
        int type = in.get(in.position() + 3);
        int flags = in.get(in.position() + 4);
        int payload = in.position() + FRAME_HEAD;
        boolean ended = false;
        switch (type) {
            case HEADERS -> {
                checkStatus(payload, flags);
                ended = (flags & END_STREAM) != 0;
            }
            case DATA -> ended = (flags & END_STREAM) != 0;
            case SETTINGS, PING -> acknowledge(type, flags, payload, length);
            case RST_STREAM, GOAWAY ->
                throw new IOException("The proxy sent " + (type == GOAWAY ? "GOAWAY" : "RST_STREAM"));
            default -> {} // Such as window updates; nothing waits for them.
        }
        in.position(payload + length);
        return ended;
    }

    private void checkStatus(int payload, int flags) throws IOException {
        int at = payload + ((flags & PADDED) == 0 ? 0 : 1) + ((flags & PRIORITY) == 0 ? 0 : 5);
        while ((in.get(at) & 0xE0) == TABLE_SIZE_UPDATE) {
            at++;
        }
        if (in.get(at) != STATUS_200) {
            throw new IOException("Not 200 over HTTP/2: the answer's fields begin with " + in.get(at));
        }
    }

    private void acknowledge(int type, int flags, int payload, int length) throws IOException {
        if ((flags & ACK) == 0) {
            out.clear();
            frame(type, ACK, 0, type == PING ? length : 0);
            for (int i = 0; type == PING && i < length; i++) {
                out.put(in.get(payload + i));
            }
            transport.write(out.flip());
        }
    }

    private void frame(int type, int flags, int stream, int length) {
        out.putInt(length << 8 | type).put((byte) flags).putInt(stream);
    }

    @Override
    void close() throws IOException {
        transport.close();
    }
}
