package io.cobrowse.node.chaos;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.HdrHistogram.Histogram;

/**
 * A few connections that send one request after another, as fast as they are answered. Allocates nothing for a request,
 * so that pauses of the collector are due to the proxy if both share a JVM.
 */
final class RepeatedRequests implements AutoCloseable {
    private static final byte[] REQUEST =
            "GET /cobrowse/ HTTP/1.1\r\nHost: p\r\n\r\n".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] LENGTH = "content-length: ".getBytes(StandardCharsets.US_ASCII);
    private static final long MAX_NANOS = TimeUnit.MINUTES.toNanos(1);

    /**
     * The result of a run.
     *
     * @param nanos the time of each answer
     * @param late the answers that took too long
     * @param statuses the number of answers with each status
     */
    record Outcome(Histogram nanos, List<Late> late, Map<Integer, Long> statuses, Duration time) {
        static Outcome none() {
            return new Outcome(new Histogram(MAX_NANOS, 3), List.of(), new TreeMap<>(), Duration.ZERO);
        }

        /** Returns the results of both runs, one after the other. */
        Outcome with(Outcome later) {
            Histogram sum = nanos.copy();
            sum.add(later.nanos);
            List<Late> both = Stream.concat(late.stream(), later.late.stream()).toList();
            Map<Integer, Long> counts = new TreeMap<>(statuses);
            later.statuses.forEach((status, count) -> counts.merge(status, count, Long::sum));
            return new Outcome(sum, both, counts, time.plus(later.time));
        }
    }

    /** An answer that took too long; times are those of {@link System#nanoTime}. */
    record Late(long asked, long answered) {}

    private final URI uri;
    private final int connections;
    private final long tooLong;
    private final ExecutorService threads = Executors.newCachedThreadPool();

    /** Prepares requests on this many connections at a time; an answer is late if it takes this long. */
    RepeatedRequests(URI uri, int connections, Duration tooLong) {
        this.uri = uri;
        this.connections = connections;
        this.tooLong = tooLong.toNanos();
    }

    /** Sends requests for this long. */
    Outcome run(Duration time) throws Exception {
        List<Future<Outcome>> running = new ArrayList<>();
        for (int i = 0; i < connections; i++) {
            running.add(threads.submit(() -> ask(time)));
        }
        Outcome all = Outcome.none();
        for (Future<Outcome> one : running) {
            all = all.with(one.get());
        }
        return new Outcome(all.nanos(), all.late(), all.statuses(), time);
    }

    private Outcome ask(Duration time) throws IOException {
        Histogram nanos = new Histogram(MAX_NANOS, 3);
        List<Late> late = new ArrayList<>();
        long[] statuses = new long[600];
        try (Socket socket = new Socket(uri.getHost(), uri.getPort())) {
            socket.setTcpNoDelay(true);
            Answers answers = new Answers(socket.getInputStream());
            OutputStream out = socket.getOutputStream();
            long begin = System.nanoTime();
            for (long sent = begin, now; sent - begin < time.toNanos(); sent = now) {
                out.write(REQUEST);
                statuses[answers.next()]++;
                now = System.nanoTime();
                nanos.recordValue(now - sent);
                if (now - sent >= tooLong) {
                    late.add(new Late(sent, now));
                }
            }
        }
        Map<Integer, Long> counts = new TreeMap<>();
        for (int status = 0; status < statuses.length; status++) {
            if (statuses[status] > 0) {
                counts.put(status, statuses[status]);
            }
        }
        return new Outcome(nanos, late, counts, time);
    }

    /** Reads answers with a Content-Length, one after another. */
    private static final class Answers {
        private final InputStream in;
        private final byte[] buffer = new byte[64 * 1024];

        Answers(InputStream in) {
            this.in = in;
        }

        /** Reads an answer to its end; returns its status. */
        int next() throws IOException {
            int received = 0;
            int headEnd = -1;
            int length = 0;
            do {
                int read = in.read(buffer, received, buffer.length - received);
                if (read <= 0) {
                    throw new EOFException("The proxy closed the connection, or its answer is too long");
                }
                received += read;
                if (headEnd < 0) {
                    headEnd = headEnd(received);
                    length = headEnd < 0 ? 0 : contentLength(headEnd);
                }
            } while (headEnd < 0 || received < headEnd + length);
            return number(9);
        }

        private int headEnd(int received) {
            for (int i = 3; i < received; i++) {
                if (buffer[i] == '\n' && buffer[i - 1] == '\r' && buffer[i - 2] == '\n') {
                    return i + 1;
                }
            }
            return -1;
        }

        private int contentLength(int headEnd) {
            for (int line = 0; line < headEnd; line++) {
                int matched = 0;
                while (matched < LENGTH.length && (buffer[line + matched] | 0x20) == LENGTH[matched]) {
                    matched++;
                }
                if (matched == LENGTH.length) {
                    return number(line + matched);
                }
            }
            return 0;
        }

        private int number(int from) {
            int number = 0;
            for (int i = from; buffer[i] >= '0' && buffer[i] <= '9'; i++) {
                number = 10 * number + buffer[i] - '0';
            }
            return number;
        }
    }

    @Override
    public void close() {
        threads.shutdownNow();
    }
}
