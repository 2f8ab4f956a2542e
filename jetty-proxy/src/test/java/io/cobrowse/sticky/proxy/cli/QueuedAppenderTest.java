package io.cobrowse.sticky.proxy.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.LoggingEvent;
import ch.qos.logback.classic.util.LogbackMDCAdapter;
import ch.qos.logback.core.encoder.EchoEncoder;
import java.io.ByteArrayOutputStream;
import java.io.OutputStream;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class QueuedAppenderTest {
    private final LoggerContext context = new LoggerContext();
    private final Logger logger = context.getLogger("test");
    private final ByteArrayOutputStream written = new ByteArrayOutputStream();
    private final CountDownLatch read = new CountDownLatch(1);

    @AfterEach
    void stop() {
        read.countDown();
        context.stop();
    }

    private void start(OutputStream out) {
        context.setMDCAdapter(new LogbackMDCAdapter());
        QueuedAppender appender = new QueuedAppender(out);
        EchoEncoder<ch.qos.logback.classic.spi.ILoggingEvent> encoder = new EchoEncoder<>();
        encoder.setContext(context);
        encoder.start();
        appender.setContext(context);
        appender.setEncoder(encoder);
        appender.start();
        logger.addAppender(appender);
    }

    /** Behaves like a pipe whose other end nobody reads. */
    private OutputStream stuck() {
        return new OutputStream() {
            @Override
            public void write(int b) {
                written.write(b);
            }

            @Override
            public void write(byte[] bytes, int offset, int length) {
                try {
                    read.await();
                } catch (InterruptedException stopped) {
                    Thread.currentThread().interrupt();
                }
                written.write(bytes, offset, length);
            }
        };
    }

    @Test
    void shouldDropAndCountInsteadOfWaitingForWhoeverReadsTheLog() {
        start(stuck());
        long before = QueuedAppender.dropped();
        for (int i = 0; i < 100_000; i++) {
            logger.info("line of its own kind " + i); // Returns, though nothing can be written.
        }
        for (int i = 0; i < 10_000; i++) {
            context.getLogger("test." + i).info("line");
        }
        assertThat(QueuedAppender.dropped() - before).isPositive();
        read.countDown();
        await().until(() -> written.toString().contains("lines of the log were dropped"));
    }

    @Test
    void shouldWriteLinesOfAKindSoOftenOnlyAndTellOfTheRest() {
        start(written);
        for (int i = 0; i < 1000; i++) {
            logger.warn("client {} is a nuisance", i);
        }
        logger.warn("something else");
        await().until(() -> written.toString().contains("something else"));
        assertThat(written.toString().lines().filter(line -> line.contains("nuisance")))
                .hasSize(50);
        await().atMost(java.time.Duration.ofSeconds(30))
                .until(() -> written.toString().contains("950 more lines of this kind were left out"));
    }

    @Test
    void shouldCutAndEscapeWhatComesFromClients() {
        LoggingEvent event = new LoggingEvent("fqcn", logger, Level.WARN, "asked for {} and {}", null, new Object[] {
            "x".repeat(100_000), "a\r\nforged\u0007line\u2028"
        });
        String line = LoggedMessage.text(event);
        assertThat(line).isEqualTo("asked for " + "x".repeat(200) + "... and a\\r\\nforged\\u0007line\\u2028");
        LoggingEvent built = new LoggingEvent("fqcn", logger, Level.WARN, "y".repeat(100_000) + "\n", null, null);
        assertThat(LoggedMessage.text(built)).hasSize(2003).endsWith("y...");
    }

    @Test
    void shouldBeWhatTheCommandLineLogsBy() {
        CommandLineLog.configure(context);
        assertThat(context.getLogger(Logger.ROOT_LOGGER_NAME).getAppender("STDERR"))
                .isInstanceOf(QueuedAppender.class)
                .matches(appender -> appender.isStarted());
        assertThat(context.getStatusManager().getCopyOfStatusList())
                .noneMatch(status -> status.getLevel() >= ch.qos.logback.core.status.Status.WARN);
    }
}
