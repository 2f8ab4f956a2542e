package io.cobrowse.node.chaos;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;

/**
 * Answers everything with 503, with a blocking thread for each connection and nothing else: shows how long the machine
 * itself takes.
 */
final class BareServer implements AutoCloseable {
    private static final byte[] ANSWER =
            "HTTP/1.1 503 Bare\r\nContent-Length: 2\r\n\r\nno".getBytes(StandardCharsets.US_ASCII);

    private final ServerSocket server = new ServerSocket(0, 16, InetAddress.getLoopbackAddress());

    BareServer() throws IOException {
        new Thread(this::serve, "bare-server").start();
    }

    URI uri() {
        return URI.create("http://127.0.0.1:" + server.getLocalPort());
    }

    private void serve() {
        while (!server.isClosed()) {
            try {
                Socket client = server.accept();
                new Thread(() -> serve(client), "bare-connection").start();
            } catch (IOException ended) {
                // The test is over.
            }
        }
    }

    private static void serve(Socket client) {
        byte[] request = new byte[1024];
        try (client;
                InputStream in = client.getInputStream()) {
            client.setTcpNoDelay(true);
            while (in.read(request) > 0) {
                client.getOutputStream().write(ANSWER);
            }
        } catch (IOException ended) {
            // The client has gone.
        }
    }

    @Override
    public void close() throws IOException {
        server.close();
    }
}
