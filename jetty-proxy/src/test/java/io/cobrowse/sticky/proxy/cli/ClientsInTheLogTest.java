package io.cobrowse.sticky.proxy.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import io.cobrowse.sticky.proxy.StickyProxyServer;
import java.io.ByteArrayOutputStream;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.eclipse.jetty.util.HostPort;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

/** Jetty warns of each authority that it cannot read; clients must not fill the log with that. */
class ClientsInTheLogTest {
    private static final int REQUESTS = 200;
    private static final int MAX_LINES_A_WHILE = 50;
    private static final Duration WHILE = Duration.ofSeconds(10);

    private final Logger jetty = (Logger) LoggerFactory.getLogger(HostPort.class);
    private final ByteArrayOutputStream written = new ByteArrayOutputStream();

    @Test
    void shouldTellOfABadAuthoritySoOftenOnly() throws Exception {
        LogLine line = new LogLine();
        line.setContext(new LoggerContext());
        line.start();
        QueuedAppender appender = new QueuedAppender(written);
        appender.setEncoder(line);
        appender.start();
        jetty.setAdditive(false);
        jetty.addAppender(appender);
        long beginNanos = System.nanoTime();
        try (StickyProxyServer proxy = StickyProxyServer.builder()
                .listen("127.0.0.1", 0)
                .node("1", "node-1", "http://127.0.0.1:1")
                .build()
                .start()) {
            for (int i = 0; i < REQUESTS; i++) {
                ask(proxy.uri("public"), "[::");
            }
            await().until(() -> written.toString().contains("Bad"));
        } finally {
            jetty.detachAppender(appender);
            jetty.setAdditive(true);
            appender.stop();
        }
        long whiles = 1 + (System.nanoTime() - beginNanos) / WHILE.toNanos();
        assertThat(written.toString().lines().filter(each -> each.contains("Bad")))
                .hasSizeBetween(1, (int) (MAX_LINES_A_WHILE * whiles));
    }

    private static void ask(URI proxy, String host) throws Exception {
        try (Socket socket = new Socket(proxy.getHost(), proxy.getPort())) {
            socket.getOutputStream()
                    .write(("GET / HTTP/1.1\r\nHost: " + host + "\r\n\r\n").getBytes(StandardCharsets.US_ASCII));
            assertThat(new String(socket.getInputStream().readAllBytes(), StandardCharsets.US_ASCII))
                    .startsWith("HTTP/1.1 400");
        }
    }
}
