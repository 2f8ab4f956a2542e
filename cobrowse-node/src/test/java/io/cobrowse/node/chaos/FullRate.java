package io.cobrowse.node.chaos;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;

/** A few connections on which one request follows the other, as fast as they are answered. */
final class FullRate implements AutoCloseable {
    /** Times that are kept of each connection, in a ring. */
    private static final int KEPT = 1 << 18;

    private static final byte[] REQUEST =
            "GET /cobrowse/ HTTP/1.1\r\nHost: p\r\n\r\n".getBytes(StandardCharsets.US_ASCII);

    private final URI uri;
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final Queue<Integer> others = new ConcurrentLinkedQueue<>();
    private final long[][] micros;
    private final int[] counts;

    FullRate(URI uri, int connections) {
        this.uri = uri;
        this.micros = new long[connections][KEPT];
        this.counts = new int[connections];
    }

    /** Runs for this long. */
    void run(Duration time) throws Exception {
        others.clear();
        List<Future<Integer>> running = new ArrayList<>();
        for (long[] mine : micros) {
            running.add(threads.submit(() -> ask(time, mine)));
        }
        for (int i = 0; i < counts.length; i++) {
            counts[i] = Math.min(KEPT, running.get(i).get());
        }
    }

    /** Returns the microseconds that the answers of the last run took, the last ones of each connection, in order of size. */
    long[] micros() {
        return IntStream.range(0, counts.length)
                .boxed()
                .flatMapToLong(i -> Arrays.stream(micros[i], 0, counts[i]))
                .sorted()
                .toArray();
    }

    private int ask(Duration time, long[] mine) throws IOException {
        int count = 0;
        long endNanos = System.nanoTime() + time.toNanos();
        try (Socket socket = new Socket(uri.getHost(), uri.getPort())) {
            socket.setTcpNoDelay(true);
            InputStream in = new BufferedInputStream(socket.getInputStream());
            while (System.nanoTime() - endNanos < 0) {
                long begin = System.nanoTime();
                socket.getOutputStream().write(REQUEST);
                int status = answer(in);
                mine[count++ & (KEPT - 1)] = (System.nanoTime() - begin) / 1000;
                if (status != 503) {
                    others.add(status);
                }
            }
        }
        return count;
    }

    /** Reads an answer with a Content-Length to its end; returns its status. */
    private static int answer(InputStream in) throws IOException {
        int status = 0;
        int length = 0;
        for (String line = line(in); !line.isEmpty(); line = line(in)) {
            if (status == 0) {
                status = Integer.parseInt(line.substring(9, 12));
            } else if (line.regionMatches(true, 0, "Content-Length: ", 0, 16)) {
                length = Integer.parseInt(line.substring(16));
            }
        }
        in.readNBytes(length);
        return status;
    }

    private static String line(InputStream in) throws IOException {
        StringBuilder line = new StringBuilder();
        for (int b = in.read(); b != '\n'; b = in.read()) {
            if (b < 0) {
                throw new IOException("The proxy closed the connection");
            }
            if (b != '\r') {
                line.append((char) b);
            }
        }
        return line.toString();
    }

    /** Returns the statuses other than 503 in the last run. */
    Queue<Integer> others() {
        return others;
    }

    @Override
    public void close() {
        threads.shutdownNow();
    }
}
