package io.cobrowse.sticky.proxy;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.net.SocketException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;

/** A client on a plain socket: it sends exactly the given bytes. */
final class RawClient implements AutoCloseable {
    /** A response as received. */
    record Answer(String head, byte[] body) {
        int status() {
            return Integer.parseInt(head.substring(9, 12));
        }

        /** Returns the values of a field, in order; the name is compared without case. */
        List<String> values(String name) {
            String prefix = name.toLowerCase(Locale.ROOT) + ":";
            return head.lines()
                    .skip(1)
                    .filter(field -> field.toLowerCase(Locale.ROOT).startsWith(prefix))
                    .map(field -> field.substring(prefix.length()).trim())
                    .toList();
        }

        String text() {
            return new String(body, StandardCharsets.ISO_8859_1);
        }
    }

    private final Socket socket;
    private final InputStream in;
    private final String host;

    RawClient(URI server) throws IOException {
        this(server, "proxy");
    }

    /** Creates a client of the admin listener, which accepts only some names as its host. */
    static RawClient ofAdmin(URI server) throws IOException {
        return new RawClient(server, server.getAuthority());
    }

    private RawClient(URI server, String host) throws IOException {
        this.host = host;
        socket = new Socket(server.getHost(), server.getPort());
        socket.setSoTimeout(15_000);
        socket.setTcpNoDelay(true);
        in = new BufferedInputStream(socket.getInputStream());
    }

    Socket socket() {
        return socket;
    }

    InputStream in() {
        return in;
    }

    RawClient send(String bytes) throws IOException {
        socket.getOutputStream().write(bytes.getBytes(StandardCharsets.ISO_8859_1));
        return this;
    }

    /** Sends a request without a body and returns the answer. */
    Answer get(String target, String... fields) throws IOException {
        return request("GET", target, fields);
    }

    Answer request(String method, String target, String... fields) throws IOException {
        send(method + " " + target + " HTTP/1.1\r\nHost: " + host + "\r\n" + lines(fields) + "\r\n");
        return method.equals("HEAD") ? head() : answer();
    }

    private static String lines(String... fields) {
        return fields.length == 0 ? "" : String.join("\r\n", fields) + "\r\n";
    }

    /** Reads an answer with its body. */
    Answer answer() throws IOException {
        Answer head = head();
        return new Answer(head.head(), RawNode.readBody(head.head(), in));
    }

    /** Reads the head of an answer. */
    Answer head() throws IOException {
        String head = RawNode.readHead(in);
        if (head == null) {
            throw new IOException("The server closed the connection");
        }
        return new Answer(head, new byte[0]);
    }

    /** Returns whether the server has closed the connection, waiting for it. */
    boolean ended() throws IOException {
        return in.read() < 0;
    }

    /** Reads everything until the server closes the connection. */
    String rest() throws IOException {
        ByteArrayOutputStream rest = new ByteArrayOutputStream();
        try {
            in.transferTo(rest);
        } catch (SocketException reset) {
            // An end, too.
        }
        return rest.toString(StandardCharsets.ISO_8859_1);
    }

    /** Resets the connection. */
    void reset() throws IOException {
        socket.setSoLinger(true, 0);
        socket.close();
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
