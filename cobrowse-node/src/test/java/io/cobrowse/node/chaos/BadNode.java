package io.cobrowse.node.chaos;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * A node whose checks succeed and whose answers are broken: {@code /reset} in the middle of the body, {@code /drip} one
 * byte at a time, {@code /tiny} without end in chunks of one byte, {@code /interims} only with interim answers,
 * {@code /hang} not at all.
 */
final class BadNode {
    static final int DRIPS = 20;
    static final long DRIP_MILLIS = 50;
    private static final int MANY = 1000;

    private BadNode() {}

    public static void main(String[] args) throws IOException {
        try (ServerSocket server =
                new ServerSocket(Integer.parseInt(args[0]), 1024, InetAddress.getLoopbackAddress())) {
            while (true) {
                Socket socket = server.accept();
                Thread thread = new Thread(() -> serve(socket), "client");
                thread.setDaemon(true);
                thread.start();
            }
        }
    }

    private static void serve(Socket socket) {
        try (socket) {
            BufferedReader in =
                    new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.ISO_8859_1));
            for (String line = in.readLine(); line != null; line = in.readLine()) {
                String path = line.split(" ")[1];
                while (!line.isEmpty()) {
                    line = in.readLine();
                }
                answer(path, socket);
            }
        } catch (IOException gone) {
            System.err.println("A client is gone: " + gone.getMessage());
        } catch (InterruptedException stopping) {
            Thread.currentThread().interrupt();
        }
    }

    private static void answer(String path, Socket socket) throws IOException, InterruptedException {
        OutputStream out = socket.getOutputStream();
        switch (path) {
            case "/reset" -> {
                send(out, "HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n" + "x".repeat(50_000));
                socket.setSoLinger(true, 0);
                socket.close();
            }
            case "/drip" -> {
                send(out, "HTTP/1.1 200 OK\r\nContent-Length: " + DRIPS + "\r\n\r\n");
                for (int i = 0; i < DRIPS; i++) {
                    TimeUnit.MILLISECONDS.sleep(DRIP_MILLIS);
                    send(out, "x");
                }
            }
            case "/tiny" -> {
                send(out, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
                while (true) {
                    send(out, "1\r\nx\r\n".repeat(MANY));
                }
            }
            case "/interims" -> {
                while (true) {
                    send(out, "HTTP/1.1 103 Early Hints\r\nContent-Length: 5\r\n\r\n".repeat(MANY));
                }
            }
            case "/hang" -> new CountDownLatch(1).await();
            default -> send(out, "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
        }
    }

    private static void send(OutputStream out, String text) throws IOException {
        out.write(text.getBytes(StandardCharsets.ISO_8859_1));
        out.flush();
    }
}
