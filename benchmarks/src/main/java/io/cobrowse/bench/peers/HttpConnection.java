package io.cobrowse.bench.peers;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.Selector;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * HTTP/1.1, on one connection for all requests or on a new one for each. Answers must be 200 and have a Content-Length.
 */
final class HttpConnection extends LoadConnection {
    private static final Pattern LENGTH = Pattern.compile("\r\ncontent-length: *(\\d+)\r\n");
    private static final int IN_BYTES = 160 * 1024;

    /** Connects to the proxy. */
    interface Connector {
        Transport connect() throws IOException;
    }

    private final Selector selector;
    private final Connector connector;
    private final ByteBuffer request;
    private final boolean keepAlive;
    private final ByteBuffer in = ByteBuffer.allocateDirect(IN_BYTES);
    private Transport transport;
    private int expected;

    HttpConnection(Selector selector, Connector connector, byte[] request, boolean keepAlive) throws IOException {
        this.selector = selector;
        this.connector = connector;
        this.request = ByteBuffer.allocateDirect(request.length).put(request).flip();
        this.keepAlive = keepAlive;
        this.transport = connector.connect();
        transport.register(selector, this);
    }

    @Override
    void send() throws IOException {
        if (!keepAlive) {
            transport.close();
            transport = connector.connect();
            transport.register(selector, this);
        }
        in.clear();
        expected = -1;
        transport.write(request.rewind());
    }

    @Override
    boolean receive() throws IOException {
        if (transport.read(in) < 0) {
            throw new EOFException("The proxy closed a connection");
        }
        if (expected < 0) {
            expected = answerLength();
        }
        if (expected >= 0 && in.position() > expected) {
            throw new IOException("More than the answer arrived: " + in.position() + " bytes, not " + expected);
        }
        boolean complete = in.position() == expected;
        if (complete && !keepAlive) {
            transport.close(); // Otherwise the proxy's close would be seen later, as a failure.
        }
        return complete;
    }

    /** Returns the length of head and body; -1 while the head is incomplete. */
    private int answerLength() throws IOException {
        int end = -1;
        for (int i = 3; i < in.position() && end < 0; i++) {
            if (in.get(i) == '\n' && in.get(i - 2) == '\n') {
                end = i + 1;
            }
        }
        if (end < 0) {
            return -1;
        }
        byte[] bytes = new byte[end];
        in.get(0, bytes);
        String head = new String(bytes, StandardCharsets.ISO_8859_1);
        Matcher length = LENGTH.matcher(head.toLowerCase(Locale.ROOT));
        if (!head.startsWith("HTTP/1.1 200") || !length.find()) {
            throw new IOException("answered " + head.substring(0, head.indexOf('\r')) + ", not 200 with a length");
        }
        return end + Integer.parseInt(length.group(1));
    }

    @Override
    void close() throws IOException {
        transport.close();
    }
}
