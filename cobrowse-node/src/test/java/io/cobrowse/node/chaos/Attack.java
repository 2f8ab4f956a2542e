package io.cobrowse.node.chaos;

import java.io.IOException;
import java.io.OutputStream;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;

/** Attacks that anybody can make, repeated without end; each call sends a piece. */
enum Attack {
    /** A WebSocket handshake whose body is a request. */
    SMUGGLING {
        @Override
        void once(URI proxy, URI admin) throws IOException {
            exchange(
                    proxy,
                    "GET /ws HTTP/1.1\r\nHost: p\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
                            + "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nContent-Length: 37\r\n\r\n"
                            + "GET /smuggled HTTP/1.1\r\nHost: p\r\n\r\n");
        }
    },
    /** Paths that servers read in different ways. */
    PATHS {
        @Override
        void once(URI proxy, URI admin) throws IOException {
            for (String path : List.of(
                    "/cobrowse/a;%2f../../secret/x",
                    "/cobrowse/../secret/%252e%252e/cobrowse/x",
                    "/cobrowse/../secret//../cobrowse/x",
                    "/cobrowse/../secret/..%5ccobrowse/x")) {
                exchange(proxy, "GET " + path + " HTTP/1.1\r\nHost: p\r\nConnection: close\r\n\r\n");
            }
        }
    },
    /** Connections that are opened and kept, but send nothing. */
    CONNECTIONS {
        @Override
        void once(URI proxy, URI admin) throws IOException {
            List<Socket> open = new ArrayList<>();
            try {
                for (int i = 0; i < 500; i++) {
                    open.add(connect(proxy));
                }
                hold(open.get(0));
            } finally {
                for (Socket each : open) {
                    each.close();
                }
            }
        }
    },
    /** An upload in chunks of one byte, as fast as possible. */
    TINY_UPLOADS {
        @Override
        void once(URI proxy, URI admin) throws IOException {
            send(
                    proxy,
                    "POST /upload HTTP/1.1\r\nHost: p\r\n" + BAD + "Transfer-Encoding: chunked\r\n\r\n",
                    "1\r\nx\r\n");
        }
    },
    /** An answer in chunks of one byte, as fast as possible. */
    TINY_ANSWERS {
        @Override
        void once(URI proxy, URI admin) throws IOException {
            read(proxy, "GET /tiny HTTP/1.1\r\nHost: p\r\n" + BAD + "\r\n");
        }
    },
    /** DATA frames of one byte toward a node that does not read. */
    TINY_DATA {
        @Override
        void once(URI proxy, URI admin) throws IOException {
            try (Socket socket = connect(proxy)) {
                OutputStream out = socket.getOutputStream();
                out.write("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
                out.write(HexFormat.of().parseHex("000000040000000000"));
                for (int stream = 1; stream < 8; stream += 2) {
                    // :method POST, :scheme http, :path /hang, :authority p, cookie.
                    byte[] fields = HexFormat.of()
                            .parseHex("8386" + literal(":path", "/hang") + "010170"
                                    + literal("cookie", "gcbSessionServer=bad"));
                    out.write(frame(1, 4, stream, fields));
                    byte[] data = frame(0, 0, stream, new byte[] {'x'});
                    ByteBuffer many = ByteBuffer.allocate(data.length * 1000);
                    while (many.hasRemaining()) {
                        many.put(data);
                    }
                    for (int i = 0; i < 15; i++) {
                        out.write(many.array());
                    }
                }
                hold(socket);
            }
        }
    },
    /** Requests that are refused, each with something to log. */
    LOG {
        @Override
        void once(URI proxy, URI admin) throws IOException {
            exchange(proxy, "GET /" + "x".repeat(1000) + " HTTP/1.1\r\nHost: \u0001\r\nHost: p\r\n\r\n");
        }
    },
    /** A node that sends interim answers without end. */
    INTERIMS {
        @Override
        void once(URI proxy, URI admin) throws IOException {
            exchange(proxy, "GET /interims HTTP/1.1\r\nHost: p\r\n" + BAD + "Connection: close\r\n\r\n");
        }
    },
    /** Requests that a page of another site would make a browser send to the admin listener. */
    REBINDING {
        @Override
        void once(URI proxy, URI admin) throws IOException {
            String state = "{\"state\":\"maint\"}";
            exchange(
                    admin,
                    "PUT /api/nodes/1/state HTTP/1.1\r\nHost: evil.example\r\nContent-Type: application/json\r\nContent-Length: "
                            + state.length() + "\r\nConnection: close\r\n\r\n" + state);
        }
    };

    private static final String BAD = "Cookie: gcbSessionServer=bad\r\n";

    /** Sends a piece of the attack, and soon returns; to be repeated. */
    abstract void once(URI proxy, URI admin) throws IOException;

    private static Socket connect(URI to) throws IOException {
        Socket socket = new Socket(to.getHost(), to.getPort());
        socket.setSoTimeout(2_000);
        return socket;
    }

    /** Keeps the connection until the proxy ends it, at most a second. */
    private static void hold(Socket socket) throws IOException {
        socket.setSoTimeout(1_000);
        try {
            socket.getInputStream().transferTo(OutputStream.nullOutputStream());
        } catch (SocketTimeoutException longEnough) {
            // Let go of by the attacker.
        }
    }

    private static void exchange(URI to, String bytes) throws IOException {
        try (Socket socket = connect(to)) {
            socket.getOutputStream().write(bytes.getBytes(StandardCharsets.ISO_8859_1));
            socket.getInputStream().readNBytes(20);
        }
    }

    private static void send(URI to, String head, String piece) throws IOException {
        byte[] pieces = piece.repeat(2_000).getBytes(StandardCharsets.ISO_8859_1);
        try (Socket socket = connect(to)) {
            OutputStream out = socket.getOutputStream();
            out.write(head.getBytes(StandardCharsets.ISO_8859_1));
            for (int i = 0; i < 500; i++) {
                out.write(pieces);
            }
        }
    }

    private static void read(URI to, String head) throws IOException {
        try (Socket socket = connect(to)) {
            socket.getOutputStream().write(head.getBytes(StandardCharsets.ISO_8859_1));
            socket.getInputStream().readNBytes(5_000_000);
        }
    }

    private static String literal(String name, String value) {
        return "00" + length(name) + hex(name) + length(value) + hex(value);
    }

    private static String length(String text) {
        return String.format("%02x", text.length());
    }

    private static String hex(String text) {
        return HexFormat.of().formatHex(text.getBytes(StandardCharsets.US_ASCII));
    }

    private static byte[] frame(int type, int flags, int stream, byte[] payload) {
        return ByteBuffer.allocate(9 + payload.length)
                .put((byte) 0)
                .putShort((short) payload.length)
                .put((byte) type)
                .put((byte) flags)
                .putInt(stream)
                .put(payload)
                .array();
    }
}
