package io.cobrowse.sticky.proxy;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** A node on a plain socket: it records the bytes that it receives, and sends exactly the given bytes. */
final class RawNode implements AutoCloseable {
    /** The reaction of the node to a request. */
    interface Behaviour {
        void serve(Exchange exchange) throws IOException, InterruptedException;
    }

    /** One request on a connection of the node. */
    record Exchange(String head, byte[] body, InputStream in, OutputStream out, Socket socket) {
        /** Returns the request line. */
        String line() {
            return head.substring(0, head.indexOf("\r\n"));
        }

        /** Returns the lines of the fields, in order. */
        List<String> fields() {
            return head.lines().skip(1).filter(line -> !line.isEmpty()).toList();
        }

        /** Returns the values of a field, in order; the name is compared without case. */
        List<String> values(String name) {
            String prefix = name.toLowerCase(Locale.ROOT) + ":";
            return fields().stream()
                    .filter(field -> field.toLowerCase(Locale.ROOT).startsWith(prefix))
                    .map(field -> field.substring(prefix.length()).trim())
                    .toList();
        }

        void send(String bytes) throws IOException {
            out.write(bytes.getBytes(StandardCharsets.ISO_8859_1));
            out.flush();
        }

        String bodyText() {
            return new String(body, StandardCharsets.ISO_8859_1);
        }
    }

    static final Behaviour OK = exchange -> exchange.send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");

    /** Never answers; ends with the connection. */
    static final Behaviour PARK = exchange -> {
        exchange.in().readAllBytes();
        exchange.socket().close();
    };

    private final ServerSocket server;
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();
    private final BlockingQueue<Exchange> exchanges = new LinkedBlockingQueue<>();
    private final AtomicInteger connections = new AtomicInteger();
    private final CountDownLatch accepting = new CountDownLatch(1);
    private final AtomicInteger open = new AtomicInteger();
    private final AtomicInteger checks = new AtomicInteger();
    private volatile Behaviour behaviour;
    private volatile Behaviour health = OK;
    private volatile boolean readBody = true;

    RawNode() throws IOException {
        this(OK);
    }

    RawNode(Behaviour behaviour) throws IOException {
        this(behaviour, 0);
    }

    RawNode(Behaviour behaviour, int port) throws IOException {
        this.behaviour = behaviour;
        this.server = new ServerSocket(port, 1024, InetAddress.getLoopbackAddress());
        threads.execute(this::accept);
    }

    RawNode behave(Behaviour behaviour) {
        this.behaviour = behaviour;
        return this;
    }

    /** Sets the reaction to health checks, which are answered by default and not recorded. */
    RawNode health(Behaviour behaviour) {
        this.health = behaviour;
        return this;
    }

    /** Returns the number of health checks so far. */
    int checks() {
        return checks.get();
    }

    /** Leaves the bodies of the requests to the behaviour. */
    RawNode withoutReadingBodies() {
        readBody = false;
        return this;
    }

    /** Makes the kernel accept little for a node that does not read. */
    RawNode withSmallBuffers() throws IOException {
        server.setReceiveBufferSize(4096);
        return this;
    }

    String url() {
        return "http://127.0.0.1:" + port();
    }

    int port() {
        return server.getLocalPort();
    }

    /** Returns the next request, waiting for it. */
    Exchange next() throws InterruptedException {
        Exchange exchange = exchanges.poll(10, TimeUnit.SECONDS);
        if (exchange == null) {
            throw new AssertionError("The node got no request within 10 s");
        }
        return exchange;
    }

    /** Returns the request lines that have not been taken yet. */
    List<String> lines() {
        return exchanges.stream().map(Exchange::line).toList();
    }

    int received() {
        return exchanges.size();
    }

    /** Returns the number of connections that carried a request so far. */
    int connections() {
        return connections.get();
    }

    /** Returns the number of connections that carried a request and, as far as the node has noticed, are open. */
    int open() {
        return open.get();
    }

    private void accept() {
        while (!server.isClosed()) {
            try {
                Socket socket = server.accept();
                sockets.add(socket);
                if (server.isClosed()) {
                    socket.close(); // The thread that closes the others may have done this.
                } else {
                    threads.execute(() -> serve(socket));
                }
            } catch (IOException | RejectedExecutionException closed) {
                break;
            }
        }
        accepting.countDown();
    }

    private void serve(Socket socket) {
        boolean counted = false;
        try (socket) {
            InputStream in = new BufferedInputStream(socket.getInputStream());
            while (true) {
                String head = readHead(in);
                if (head == null) {
                    return;
                }
                if (head.startsWith("GET /cobrowse/health ")) {
                    checks.incrementAndGet();
                    health.serve(new Exchange(head, new byte[0], in, socket.getOutputStream(), socket));
                    return;
                }
                if (!counted) {
                    counted = true;
                    connections.incrementAndGet();
                    open.incrementAndGet();
                }
                byte[] body = readBody ? readBody(head, in) : new byte[0];
                Exchange exchange = new Exchange(head, body, in, socket.getOutputStream(), socket);
                Behaviour now = behaviour; // Before a test that waits for the request can change it.
                exchanges.add(exchange);
                now.serve(exchange);
                if (socket.isClosed()) {
                    return;
                }
            }
        } catch (IOException closed) {
            // The proxy closed the connection; tests look at open().
        } catch (InterruptedException stopping) {
            Thread.currentThread().interrupt();
        } finally {
            sockets.remove(socket);
            if (counted) {
                open.decrementAndGet();
            }
        }
    }

    static String readHead(InputStream in) throws IOException {
        ByteArrayOutputStream head = new ByteArrayOutputStream();
        int state = 0;
        while (state < 4) {
            int b = in.read();
            if (b < 0) {
                return null;
            }
            head.write(b);
            state = b == (state % 2 == 0 ? '\r' : '\n') ? state + 1 : b == '\r' ? 1 : 0;
        }
        return head.toString(StandardCharsets.ISO_8859_1);
    }

    static byte[] readBody(String head, InputStream in) throws IOException {
        String lower = head.toLowerCase(Locale.ROOT);
        int length = lower.indexOf("\r\ncontent-length:");
        if (length >= 0) {
            int end = lower.indexOf("\r\n", length + 2);
            return in.readNBytes(Integer.parseInt(lower.substring(length + "\r\ncontent-length:".length(), end)
                    .trim()));
        }
        return lower.contains("\r\ntransfer-encoding: chunked") ? readChunks(in) : new byte[0];
    }

    /** Returns the content of the chunks; trailers follow after a line of dashes. */
    private static byte[] readChunks(InputStream in) throws IOException {
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        while (true) {
            int size = Integer.parseInt(readLine(in), 16);
            if (size == 0) {
                break;
            }
            body.write(in.readNBytes(size));
            readLine(in);
        }
        StringBuilder trailers = new StringBuilder();
        for (String line = readLine(in); !line.isEmpty(); line = readLine(in)) {
            trailers.append("\n--\n").append(line);
        }
        body.write(trailers.toString().getBytes(StandardCharsets.ISO_8859_1));
        return body.toByteArray();
    }

    private static String readLine(InputStream in) throws IOException {
        StringBuilder line = new StringBuilder();
        for (int b = in.read(); b != '\n'; b = in.read()) {
            if (b < 0) {
                throw new IOException("end in the middle of a line: " + line);
            }
            if (b != '\r') {
                line.append((char) b);
            }
        }
        return line.toString();
    }

    /** Refuses connections from now on; open ones stay. */
    void refuse() throws IOException, InterruptedException {
        server.close();
        // The kernel goes on listening while a thread is in accept.
        accepting.await();
    }

    /** Refuses connections from now on, and resets open ones. */
    @Override
    public void close() throws IOException {
        server.close();
        threads.shutdownNow(); // New connections are not served, and are closed here or there.
        for (Socket socket : sockets) {
            socket.close();
        }
    }
}
