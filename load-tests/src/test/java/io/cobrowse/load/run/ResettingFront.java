package io.cobrowse.load.run;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** Stands in front of a proxy, and resets the connection of a WebSocket that its client closes, in place of the answer. */
final class ResettingFront implements AutoCloseable {
    /** Of the client's close frame: opcode, length with the mask's bit, mask, and status 1000 with "Bye". */
    private static final int CLOSE_BYTES = 11;

    private static final byte CLOSE = (byte) 0x88;
    private static final byte CLOSE_LENGTH = (byte) 0x85;

    private final ServerSocket server = new ServerSocket(0, 1000, InetAddress.getLoopbackAddress());
    private final Set<Socket> open = ConcurrentHashMap.newKeySet();
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final URI proxy;

    ResettingFront(URI proxy) throws IOException {
        this.proxy = proxy;
        threads.execute(this::accept);
    }

    URI uri() {
        return URI.create("http://127.0.0.1:" + server.getLocalPort());
    }

    private void accept() {
        try {
            while (true) {
                Socket client = server.accept();
                Socket node = new Socket(proxy.getHost(), proxy.getPort());
                open.add(client);
                open.add(node);
                threads.execute(() -> pass(client, node, true));
                threads.execute(() -> pass(node, client, false));
            }
        } catch (IOException closed) {
            // At the end.
        }
    }

    private static void pass(Socket from, Socket to, boolean ofClient) {
        try (from;
                to) {
            InputStream in = from.getInputStream();
            OutputStream out = to.getOutputStream();
            byte[] buffer = new byte[64 * 1024];
            for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
                if (ofClient && endsWithClose(buffer, read)) {
                    from.setSoLinger(true, 0);
                    return;
                }
                out.write(buffer, 0, read);
            }
        } catch (IOException closed) {
            // By the other direction.
        }
    }

    private static boolean endsWithClose(byte[] buffer, int length) {
        int begin = length - CLOSE_BYTES;
        return begin >= 0 && buffer[begin] == CLOSE && buffer[begin + 1] == CLOSE_LENGTH;
    }

    @Override
    public void close() throws IOException {
        server.close();
        for (Socket each : open) {
            each.close();
        }
        threads.shutdownNow();
    }
}
