package io.cobrowse.sticky.proxy.observe;

import static org.assertj.core.api.Assertions.assertThat;

import io.cobrowse.sticky.proxy.config.ProxyConfig.LogFormat;
import io.cobrowse.sticky.proxy.exchange.Outcome;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.charset.StandardCharsets;
import org.eclipse.jetty.http.HttpVersion;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Text that lines have in common is kept; no line may get that of another. */
class LogLinesTest {
    private static final SocketAddress CLIENT = InetSocketAddress.createUnresolved("unknown", 1);

    private final LineBuffer buffer = new LineBuffer();
    private final LogLines lines = new LogLines(LogFormat.TEXT, false, buffer);

    @Test
    void shouldNameListenerAndProtocolOfEachLineWhereTheClientIsTheSame() throws IOException {
        assertThat(line(CLIENT, "a", HttpVersion.HTTP_1_1)).contains(" listener=\"a\" protocol=\"HTTP/1.1\" ");
        assertThat(line(CLIENT, "b", HttpVersion.HTTP_1_1)).contains(" listener=\"b\" protocol=\"HTTP/1.1\" ");
        assertThat(line(CLIENT, "b", HttpVersion.HTTP_2)).contains(" listener=\"b\" protocol=\"HTTP/2.0\" ");
        assertThat(line(CLIENT, null, HttpVersion.HTTP_2)).contains(" listener=null protocol=\"HTTP/2.0\" ");
        assertThat(line(CLIENT, "a", HttpVersion.HTTP_1_1)).contains(" listener=\"a\" protocol=\"HTTP/1.1\" ");
    }

    @Test
    void shouldNameTheClientOfEachLineWhereThereAreMoreThanAreKept() throws IOException {
        InetSocketAddress[] clients = new InetSocketAddress[5000];
        for (int round = 0; round < 2; round++) {
            for (int i = 0; i < clients.length; i++) {
                if (clients[i] == null) {
                    clients[i] = new InetSocketAddress("10.0." + i / 250 + "." + i % 250, 1);
                }
                assertThat(line(clients[i], "a", HttpVersion.HTTP_1_1))
                        .contains(" client=\"10.0." + i / 250 + "." + i % 250 + "\" ");
            }
        }
    }

    private String line(SocketAddress client, @Nullable String listener, HttpVersion protocol) throws IOException {
        lines.append(new LogEntry(
                0,
                client,
                listener,
                protocol,
                "GET",
                "/",
                "host",
                200,
                null,
                Outcome.End.OK,
                0,
                0,
                0,
                0,
                0,
                0,
                0,
                null));
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        buffer.drainTo(out);
        return out.toString(StandardCharsets.US_ASCII);
    }
}
