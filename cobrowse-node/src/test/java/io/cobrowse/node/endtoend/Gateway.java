package io.cobrowse.node.endtoend;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;

/** A component between a proxy and a node, as in many networks, that may pass on everything except WebSockets. */
final class Gateway implements AutoCloseable {
    /** The treatment of a request for a WebSocket. */
    enum Refusal {
        /** It is passed on. */
        NONE,
        FORBIDDEN,
        UNAVAILABLE,
        /** The connection is closed without an answer. */
        CLOSED
    }

    private final URI node;
    private final ServerSocket server;
    private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();
    private final Set<Socket> webSockets = ConcurrentHashMap.newKeySet();
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final AtomicInteger refused = new AtomicInteger();
    private volatile Refusal refusal = Refusal.NONE;

    Gateway(URI node) {
        this.node = node;
        try {
            server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
        threads.execute(this::accept);
    }

    URI uri() {
        return URI.create("http://127.0.0.1:" + server.getLocalPort());
    }

    /** Treats WebSockets like this from now on, and closes open ones. */
    void webSockets(Refusal next) {
        refusal = next;
        webSockets.forEach(Gateway::close);
    }

    /** Returns the number of WebSockets that were refused. */
    int refused() {
        return refused.get();
    }

    private void accept() {
        try {
            while (true) {
                Socket front = server.accept();
                Socket back = new Socket(node.getHost(), node.getPort());
                sockets.add(front);
                sockets.add(back);
                threads.execute(() -> relay(front, back));
                threads.execute(() -> pass(back, front));
            }
        } catch (IOException closed) {
            // The end of the test.
        }
    }

    /** Relays to the node, one read at a time; the proxy writes the head of a request in one piece. */
    private void relay(Socket front, Socket back) {
        byte[] bytes = new byte[64 * 1024];
        boolean switched = false;
        try (front;
                back) {
            InputStream in = front.getInputStream();
            for (int n = in.read(bytes); n >= 0; n = in.read(bytes)) {
                if (!switched && new String(bytes, 0, n, StandardCharsets.ISO_8859_1).contains("Upgrade: websocket")) {
                    switched = true;
                    webSockets.add(front);
                    if (refuse(front)) {
                        return;
                    }
                }
                back.getOutputStream().write(bytes, 0, n);
            }
        } catch (IOException closed) {
            // One side has gone, and the other goes with it.
        }
    }

    /** Returns whether the WebSocket is refused. */
    private boolean refuse(Socket front) throws IOException {
        Refusal how = refusal;
        if (how == Refusal.NONE) {
            return false;
        }
        refused.incrementAndGet();
        if (how != Refusal.CLOSED) {
            String status = how == Refusal.UNAVAILABLE ? "503 Service Unavailable" : "403 Forbidden";
            OutputStream out = front.getOutputStream();
            out.write(("HTTP/1.1 " + status + "\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
                    .getBytes(StandardCharsets.US_ASCII));
        }
        return true;
    }

    private static void pass(Socket from, Socket to) {
        try (from;
                to) {
            from.getInputStream().transferTo(to.getOutputStream());
        } catch (IOException closed) {
            // As above.
        }
    }

    private static void close(Socket socket) {
        try {
            socket.close();
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    @Override
    public void close() throws IOException {
        server.close();
        sockets.forEach(Gateway::close);
        threads.shutdownNow();
    }
}
