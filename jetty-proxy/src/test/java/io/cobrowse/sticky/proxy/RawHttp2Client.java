package io.cobrowse.sticky.proxy;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.net.Socket;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.eclipse.jetty.http.HttpField;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.MetaData;
import org.eclipse.jetty.http2.hpack.HpackDecoder;
import org.eclipse.jetty.http2.hpack.HpackException;

/**
 * An HTTP/2 client on a plain socket, by prior knowledge: it sends exactly the given fields and frames, legal or not.
 * Its receive windows are as large as possible, unless set otherwise.
 */
final class RawHttp2Client implements AutoCloseable {
    private static final int MAX_FRAME_BYTES = 16_384;
    private static final byte[] NOTHING = {};

    private static final int DATA = 0;
    private static final int HEADERS = 1;
    private static final int RST_STREAM = 3;
    private static final int SETTINGS = 4;
    private static final int PING = 6;
    private static final int GOAWAY = 7;
    private static final int WINDOW_UPDATE = 8;
    private static final int CONTINUATION = 9;

    private static final int INITIAL_WINDOW_SIZE = 4;

    private static final int END_STREAM = 1;
    private static final int ACK = 1;
    private static final int END_HEADERS = 4;

    /** What has arrived on one stream so far. */
    static final class Answer {
        private final ByteArrayOutputStream body = new ByteArrayOutputStream();
        private MetaData.Response head;
        private HttpFields trailers = HttpFields.EMPTY;
        private boolean ended;
        private int resetBy = -1;
        private long sendWindow;

        private Answer(long sendWindow) {
            this.sendWindow = sendWindow;
        }

        int status() {
            return head.getStatus();
        }

        /** Returns the values of a field, in order; the name is compared without case. */
        List<String> values(String name) {
            return head.getHttpFields().stream()
                    .filter(field -> field.is(name))
                    .map(HttpField::getValue)
                    .toList();
        }

        HttpFields fields() {
            return head.getHttpFields();
        }

        HttpFields trailers() {
            return trailers;
        }

        String text() {
            return body.toString(StandardCharsets.ISO_8859_1);
        }

        /** Returns how many bytes of the body have arrived so far. */
        int length() {
            return body.size();
        }

        /** Returns whether the stream was reset rather than ended. */
        boolean isReset() {
            return resetBy >= 0;
        }
    }

    private final Socket socket;
    private final DataInputStream in;
    private final HpackDecoder decoder = new HpackDecoder(1 << 20, System::nanoTime);
    private final Map<Integer, Answer> answers = new HashMap<>();
    private final ByteArrayOutputStream headerBlock = new ByteArrayOutputStream();
    private boolean toldToGoAway;
    private int nextStream = 1;
    private long sendWindow = 65_535;
    private long initialSendWindow = 65_535;

    RawHttp2Client(URI server) throws IOException {
        this(server, Integer.MAX_VALUE);
    }

    /** Creates a client that accepts at most {@code window} bytes of an answer's body. */
    RawHttp2Client(URI server, int window) throws IOException {
        socket = new Socket(server.getHost(), server.getPort());
        socket.setSoTimeout(15_000);
        socket.setTcpNoDelay(true);
        in = new DataInputStream(new BufferedInputStream(socket.getInputStream()));
        socket.getOutputStream().write("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
        // INITIAL_WINDOW_SIZE for the streams, WINDOW_UPDATE for the connection.
        frame(
                SETTINGS,
                0,
                0,
                ByteBuffer.allocate(6)
                        .putShort((short) INITIAL_WINDOW_SIZE)
                        .putInt(window)
                        .array());
        frame(WINDOW_UPDATE, 0, 0, number(Integer.MAX_VALUE - 65_535));
    }

    Socket socket() {
        return socket;
    }

    /** Sends a request without a body and returns the answer; fields are names and values in turn. */
    Answer get(String target, String... fields) throws IOException {
        return answer(begin("GET", target, true, fields));
    }

    /** Sends the head of a request to {@code proxy} and returns its stream; fields are names and values in turn. */
    int begin(String method, String target, boolean last, String... fields) throws IOException {
        String[] all = new String[fields.length + 8];
        String[] pseudo = {":method", method, ":scheme", "http", ":authority", "proxy", ":path", target};
        System.arraycopy(pseudo, 0, all, 0, pseudo.length);
        System.arraycopy(fields, 0, all, pseudo.length, fields.length);
        return begin(last, all);
    }

    /** Sends exactly these fields, pseudo fields included, on a new stream, and returns it. */
    int begin(boolean last, String... fields) throws IOException {
        int stream = nextStream;
        nextStream += 2;
        answers.put(stream, new Answer(initialSendWindow));
        headers(stream, last, fields);
        return stream;
    }

    /** Sends exactly these fields on a stream: a head or trailers. */
    void headers(int stream, boolean last, String... fields) throws IOException {
        ByteArrayOutputStream block = new ByteArrayOutputStream();
        for (int i = 0; i < fields.length; i += 2) {
            block.write(0); // A literal without indexing.
            string(block, fields[i]);
            string(block, fields[i + 1]);
        }
        block(stream, last, block.toByteArray());
    }

    /** Opens a stream with exactly these encoded fields, and returns it. */
    int beginEncoded(byte[] block) throws IOException {
        int stream = nextStream;
        nextStream += 2;
        answers.put(stream, new Answer(initialSendWindow));
        block(stream, true, block);
        return stream;
    }

    private void block(int stream, boolean last, byte[] all) throws IOException {
        int sent = 0;
        do {
            int length = Math.min(MAX_FRAME_BYTES, all.length - sent);
            byte[] part = java.util.Arrays.copyOfRange(all, sent, sent + length);
            int flags = sent + length == all.length ? END_HEADERS : 0;
            if (sent == 0) {
                frame(HEADERS, flags | (last ? END_STREAM : 0), stream, part);
            } else {
                frame(CONTINUATION, flags, stream, part);
            }
            sent += length;
        } while (sent < all.length);
    }

    void data(int stream, boolean last, String bytes) throws IOException {
        data(stream, last, bytes.getBytes(StandardCharsets.ISO_8859_1));
    }

    /** Sends a piece of a body, after waiting until the server has room for it. */
    void data(int stream, boolean last, byte[] bytes) throws IOException {
        Answer answer = answers.get(stream);
        while (sendWindow < bytes.length || answer.sendWindow < bytes.length) {
            read();
        }
        sendWindow -= bytes.length;
        answer.sendWindow -= bytes.length;
        frame(DATA, last ? END_STREAM : 0, stream, bytes);
    }

    /** Reads until the server accepts something on a stream; returns how much. */
    int awaitRoom(int stream) throws IOException {
        while (room(stream) <= 0) {
            read();
        }
        return (int) room(stream);
    }

    /** Sends frames that the caller has built, with a body of this many bytes. */
    void frames(int stream, int bodyBytes, byte[] frames) throws IOException {
        sendWindow -= bodyBytes;
        answers.get(stream).sendWindow -= bodyBytes;
        socket.getOutputStream().write(frames);
    }

    /** Cancels a stream. */
    void reset(int stream) throws IOException {
        frame(RST_STREAM, 0, stream, number(8));
    }

    /** Reads until the stream has ended or is reset. */
    Answer answer(int stream) throws IOException {
        Answer answer = answers.get(stream);
        while (!answer.ended) {
            read();
        }
        return answer;
    }

    /** Reads until the head of the answer has arrived. */
    Answer head(int stream) throws IOException {
        Answer answer = answers.get(stream);
        while (answer.head == null) {
            read();
        }
        return answer;
    }

    /** Reads until this many bytes of the body have arrived. */
    Answer body(int stream, int length) throws IOException {
        Answer answer = answers.get(stream);
        while (answer.length() < length && !answer.ended) {
            read();
        }
        return answer;
    }

    /** Accepts this many more bytes of a body. */
    void take(int stream, int bytes) throws IOException {
        frame(WINDOW_UPDATE, 0, stream, number(bytes));
    }

    /** Returns how many bytes the server would accept on a stream, as of what has been read. */
    long room(int stream) {
        return Math.min(sendWindow, answers.get(stream).sendWindow);
    }

    /** Reads until the server closes the connection. */
    void awaitEnd() throws IOException {
        try {
            while (true) {
                read();
            }
        } catch (java.io.EOFException | java.net.SocketException end) {
            // As awaited.
        }
    }

    /** Reads until the server has announced that it accepts no new streams. */
    void awaitGoAway() throws IOException {
        while (!toldToGoAway) {
            read();
        }
    }

    /** Sends a ping, and reads until its answer arrives. */
    void ping() throws IOException {
        frame(PING, 0, 0, new byte[8]);
        while (read() != PING) {
            // Other frames may come before.
        }
    }

    private int read() throws IOException {
        int length = (in.readUnsignedByte() << 16) | in.readUnsignedShort();
        int type = in.readUnsignedByte();
        int flags = in.readUnsignedByte();
        int stream = in.readInt();
        byte[] payload = in.readNBytes(length);
        Answer answer = answers.get(stream);
        switch (type) {
            case DATA -> answer.body.write(payload);
            case HEADERS, CONTINUATION -> fields(answer, payload, flags);
            case RST_STREAM -> {
                answer.resetBy = ByteBuffer.wrap(payload).getInt();
                answer.ended = true;
            }
            case SETTINGS -> {
                if ((flags & ACK) == 0) {
                    settings(ByteBuffer.wrap(payload));
                    frame(SETTINGS, ACK, 0, NOTHING);
                }
            }
            case WINDOW_UPDATE -> {
                int increment = ByteBuffer.wrap(payload).getInt();
                if (stream == 0) {
                    sendWindow += increment;
                } else {
                    answer.sendWindow += increment;
                }
            }
            case GOAWAY -> {
                toldToGoAway = true;
                int error = ByteBuffer.wrap(payload, 4, 4).getInt();
                if (error != 0) {
                    throw new IOException("The server gave the connection up, error " + error + ": "
                            + new String(payload, 8, length - 8, StandardCharsets.US_ASCII));
                }
            }
            default -> {}
        }
        if ((type == DATA || type == HEADERS) && (flags & END_STREAM) != 0) {
            answer.ended = true;
        }
        return type;
    }

    private void settings(ByteBuffer settings) {
        while (settings.hasRemaining()) {
            int name = settings.getShort();
            int value = settings.getInt();
            if (name == INITIAL_WINDOW_SIZE) {
                for (Answer answer : answers.values()) {
                    answer.sendWindow += value - initialSendWindow;
                }
                initialSendWindow = value;
            }
        }
    }

    private void fields(Answer answer, byte[] payload, int flags) throws IOException {
        headerBlock.write(payload);
        if ((flags & END_HEADERS) == 0) {
            return;
        }
        try {
            MetaData decoded = decoder.decode(ByteBuffer.wrap(headerBlock.toByteArray()));
            headerBlock.reset();
            if (decoded instanceof MetaData.Response response) {
                answer.head = response;
            } else {
                answer.trailers = decoded.getHttpFields();
            }
        } catch (HpackException failure) {
            throw new IOException(failure);
        }
    }

    void frame(int type, int flags, int stream, byte[] payload) throws IOException {
        ByteBuffer frame = ByteBuffer.allocate(9 + payload.length);
        frame.put((byte) (payload.length >> 16)).putShort((short) payload.length);
        frame.put((byte) type).put((byte) flags).putInt(stream).put(payload);
        socket.getOutputStream().write(frame.array());
    }

    private static byte[] number(int value) {
        return ByteBuffer.allocate(4).putInt(value).array();
    }

    /** Writes a string literal without Huffman code (RFC 7541, 5.1 and 5.2). */
    static void string(ByteArrayOutputStream block, String text) {
        int length = text.length();
        if (length < 127) {
            block.write(length);
        } else {
            block.write(127);
            int rest = length - 127;
            for (; rest >= 128; rest >>>= 7) {
                block.write((rest & 127) | 128);
            }
            block.write(rest);
        }
        block.writeBytes(text.getBytes(StandardCharsets.ISO_8859_1));
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
