package io.cobrowse.sticky.proxy.listener;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.cobrowse.sticky.proxy.config.FieldRules;
import io.cobrowse.sticky.proxy.config.Limits;
import io.cobrowse.sticky.proxy.config.ProxyConfig.Address;
import io.cobrowse.sticky.proxy.config.ProxyConfig.Listener;
import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.util.Callback;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Clients at the edge of being too slow, by a clock of the test's own: just below a limit nothing happens. */
class SlowClientsTest {
    private static final long TIMEOUT_NANOS = Duration.ofMinutes(1).toNanos();
    private static final long GRACE_NANOS = Duration.ofSeconds(10).toNanos();
    private static final int RATE = 50;
    private static final int LEAST_BYTES = 10 * RATE;

    private final Server server = new Server();
    private ListenerConnector connector;
    private Socket client;

    /** Nobody else sweeps: that is {@link Listeners}. */
    @BeforeEach
    void start() throws Exception {
        connector = new ListenerConnector(
                server, 1, ListenerPolicy.OPEN, ProxyHttp.behindProxyProtocol(ProxyHttp.clearText()));
        take(Duration.ofNanos(TIMEOUT_NANOS));
        connector.setHost("127.0.0.1");
        server.addConnector(connector);
        server.setHandler(new Handler.Abstract.NonBlocking() {
            @Override
            public boolean handle(Request request, Response response, Callback callback) {
                Content.Source.consumeAll(request, callback);
                return true;
            }
        });
        server.start();
        client = new Socket("127.0.0.1", connector.getLocalPort());
    }

    @AfterEach
    void stop() throws Exception {
        client.close();
        server.stop();
    }

    private void take(Duration headTimeout) {
        connector.take(new Listener(
                "public",
                new Address("127.0.0.1", 0),
                null,
                List.of(),
                List.of(),
                List.of("127.0.0.1"),
                FieldRules.NONE,
                FieldRules.NONE,
                0,
                true,
                new Limits(10, 0, 0, headTimeout, RATE, 32 * 1024, 8 * 1024, 1 << 20, 200, 256, 200)));
    }

    private void send(String bytes) throws IOException {
        client.getOutputStream().write(bytes.getBytes(StandardCharsets.US_ASCII));
    }

    /** Sends the begin of a request, and waits until it has been read. */
    private void begin(String request) throws IOException {
        String begin = "PROXY TCP4 192.0.2.7 127.0.0.1 5000 80\r\n" + request;
        send(begin);
        await().until(() -> connector.getConnectedEndPoints().stream()
                .map(EndPoint::getConnection)
                .anyMatch(each -> each instanceof ClientConnection http
                        && http.getEndPoint().isFillInterested()
                        && (http.getParser().inContentState()
                                || (http.getParser().inHeaderState()
                                        && !http.getParser().isStart()))));
    }

    private String answer() throws IOException {
        return new String(client.getInputStream().readNBytes(12), StandardCharsets.US_ASCII);
    }

    private long limited(String limit) {
        return connector.counters().count(limit);
    }

    @Test
    void shouldServeAHeadThatJustComesInTime() throws Exception {
        begin("GET / HTTP/1.1\r\nHo");
        connector.sweep(0);
        connector.sweep(TIMEOUT_NANOS - 1);
        assertThat(limited(ListenerCounters.HEAD_TIMEOUT)).isZero();
        send("st: p\r\n\r\n");
        assertThat(answer()).isEqualTo("HTTP/1.1 200");
    }

    @Test
    void shouldEndAHeadThatDoesNot() throws Exception {
        begin("GET / HTTP/1.1\r\nHo");
        connector.sweep(0);
        connector.sweep(TIMEOUT_NANOS);
        assertThat(limited(ListenerCounters.HEAD_TIMEOUT)).isEqualTo(1);
        assertThat(answer()).isEqualTo("HTTP/1.1 408");
    }

    @Test
    void shouldServeABodyThatIsJustFastEnough() throws Exception {
        sweepOverABody(LEAST_BYTES);
        assertThat(limited(ListenerCounters.BODY_RATE)).isZero();
        send("b".repeat(LEAST_BYTES));
        assertThat(answer()).isEqualTo("HTTP/1.1 200");
    }

    @Test
    void shouldEndABodyThatIsNot() throws Exception {
        sweepOverABody(LEAST_BYTES - 1);
        assertThat(limited(ListenerCounters.BODY_RATE)).isEqualTo(1);
    }

    /** Sends so much of a body, twice as long as it must be by then, within the time that the rate is averaged over. */
    private void sweepOverABody(int bytes) throws IOException {
        begin("POST / HTTP/1.1\r\nHost: p\r\nContent-Length: " + 2 * LEAST_BYTES + "\r\n\r\n");
        long before = bytesIn();
        connector.sweep(0);
        send("b".repeat(bytes));
        await().until(() -> bytesIn() == before + bytes);
        connector.sweep(GRACE_NANOS);
    }

    private long bytesIn() {
        return connector
                .getConnectedEndPoints()
                .iterator()
                .next()
                .getConnection()
                .getBytesIn();
    }

    @Test
    void shouldEndAProxyHeaderThatTrickles() throws Exception {
        send("PROXY TCP4 192.0.2.7 127.");
        await().until(() -> connector.getConnectedEndPoints().size() == 1);
        connector.sweep(0);
        assertThat(limited(ListenerCounters.HEAD_TIMEOUT)).isZero();
        take(Duration.ofMillis(100));
        await().until(() -> {
            connector.sweep(0);
            return limited(ListenerCounters.HEAD_TIMEOUT) == 1;
        });
        assertThat(client.getInputStream().read()).isNegative();
    }
}
