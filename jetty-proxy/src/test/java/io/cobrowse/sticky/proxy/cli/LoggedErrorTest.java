package io.cobrowse.sticky.proxy.cli;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.LoggingEvent;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The lines of the command line's log. */
class LoggedErrorTest {
    private final LoggerContext context = new LoggerContext();

    static Exception[] expected() {
        return new Exception[] {new IOException("reset by peer"), new TimeoutException("reset by peer")};
    }

    @BeforeEach
    void configure() {
        CommandLineLog.configure(context);
    }

    @AfterEach
    void stop() {
        context.stop();
    }

    @Test
    void shouldWriteOneLineAnEvent() {
        assertThat(line("one\r\n  two", null))
                .endsWith("WARN  LoggedErrorTest - one\\r\\n  two\n")
                .hasLineCount(1);
    }

    @ParameterizedTest
    @MethodSource("expected")
    void shouldWriteErrorsOfTheNetworkWithoutATrace(Exception error) {
        assertThat(line("closed", error))
                .endsWith(" - closed | " + error.getClass().getName() + ": reset by peer\n");
    }

    @Test
    void shouldWriteOtherErrorsWithTheirTraceOnTheSameLine() {
        assertThat(line("failed", new IllegalStateException("bug")))
                .contains(" - failed | java.lang.IllegalStateException: bug | at " + LoggedErrorTest.class.getName())
                .hasLineCount(1)
                .endsWith("\n");
    }

    private String line(String message, Exception error) {
        QueuedAppender appender = (QueuedAppender) context.getLogger("ROOT").getAppender("STDERR");
        LoggingEvent event = new LoggingEvent(
                LoggedErrorTest.class.getName(),
                context.getLogger(LoggedErrorTest.class),
                Level.WARN,
                message,
                error,
                null);
        return new String(appender.line(event), StandardCharsets.UTF_8);
    }
}
