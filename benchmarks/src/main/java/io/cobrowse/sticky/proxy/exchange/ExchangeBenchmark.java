package io.cobrowse.sticky.proxy.exchange;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
import org.eclipse.jetty.util.BufferUtil;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/**
 * What do a request and its answer cost on their whole way through the proxy, without system calls and thread switches?
 *
 * <p>In this package because it measures package-private code. Inputs: a browser's request that sticks by its cookie,
 * and an answer, on persistent connections; Jetty's work and allocations for a request are included. Command:
 * {@code bin/cobrowse-bench run --include Exchange}. The gate's set has the POST, whose way includes the body's.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@SuppressWarnings("NullAway.Init") // Set by JMH.
public class ExchangeBenchmark {
    /** The suite's own warm-up is too short for so much code to be compiled. */
    private static final int WARM_UP = 20_000;

    private static final String FIELDS = """
            Host: cobrowse.example.com
            User-Agent: Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36
            Accept: */*
            Accept-Language: en-US,en;q=0.9,de;q=0.8
            Accept-Encoding: gzip, deflate, br, zstd
            Origin: https://www.example.com
            Referer: https://www.example.com/shop/cart?step=2
            Cookie: _ga=GA1.2.1826373112.1700000000; gcbSessionServer=node-1; lang=en-US
            """.replace("\n", "\r\n");
    private static final String ANSWER = """
            HTTP/1.1 200 OK
            Date: Mon, 01 Dec 2025 12:00:00 GMT
            Content-Type: application/json;charset=utf-8
            X-Cobrowse-Node: node-1
            Content-Length: 200

            """.replace("\n", "\r\n") + "a".repeat(200);

    /** The client's request. */
    public enum Request {
        GET("GET /cobrowse/rest/live/sessions/845800826 HTTP/1.1\r\n" + FIELDS + "\r\n"),
        POST("POST /cobrowse/cometd/ HTTP/1.1\r\n" + FIELDS
                + "Content-Type: application/json\r\nContent-Length: 200\r\n\r\n" + "b".repeat(200));

        private final String text;

        Request(String text) {
            this.text = text;
        }
    }

    @Param
    public Request request;

    private SocketlessProxy proxy;
    private ByteBuffer sent;
    private ByteBuffer answer;

    @Setup
    public void setUp() throws Exception {
        proxy = new SocketlessProxy();
        sent = bytes(request.text);
        answer = bytes(ANSWER);
        check();
        for (int i = 0; i < WARM_UP; i++) {
            exchange();
        }
        check();
    }

    private void check() {
        for (int i = 0; i < 2; i++) {
            String got = BufferUtil.toString(exchange(), StandardCharsets.ISO_8859_1);
            if (!got.startsWith("HTTP/1.1 200 ") || !got.endsWith("\r\n\r\n" + "a".repeat(200))) {
                throw new IllegalStateException("The client got " + got);
            }
        }
    }

    private static ByteBuffer bytes(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.ISO_8859_1);
        return ByteBuffer.allocateDirect(bytes.length).put(bytes).flip();
    }

    @Benchmark
    public ByteBuffer exchange() {
        return proxy.exchange(sent, answer);
    }

    @TearDown
    public void tearDown() throws Exception {
        proxy.stop();
    }
}
