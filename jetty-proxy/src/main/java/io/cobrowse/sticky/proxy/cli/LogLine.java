package io.cobrowse.sticky.proxy.cli;

import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.IThrowableProxy;
import ch.qos.logback.core.encoder.EncoderBase;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.regex.Pattern;

/**
 * Formats an event as one line: time, level, logger, message. The lines of a stack trace are joined. Formatted in code,
 * since logback would have to parse a pattern at each start. Thread-safe.
 */
final class LogLine extends EncoderBase<ILoggingEvent> {
    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH:mm:ss.SSSXXX").withZone(ZoneId.systemDefault());
    private static final Pattern LINE_BREAKS = Pattern.compile("\\s*[\r\n]+\\s*");

    @Override
    public byte[] encode(ILoggingEvent event) {
        StringBuilder line = new StringBuilder(200);
        TIME.formatTo(Instant.ofEpochMilli(event.getTimeStamp()), line);
        String level = event.getLevel().toString();
        line.append(' ').append(level).append(" ".repeat(Math.max(0, 5 - level.length())));
        String logger = event.getLoggerName();
        line.append(' ').append(logger, logger.lastIndexOf('.') + 1, logger.length());
        line.append(" - ").append(LoggedMessage.text(event));
        IThrowableProxy error = event.getThrowableProxy();
        if (error != null) {
            line.append(" | ")
                    .append(LINE_BREAKS.matcher(LoggedError.text(error)).replaceAll(" | "));
        }
        return line.append(System.lineSeparator()).toString().getBytes(StandardCharsets.UTF_8);
    }

    @Override
    public byte[] headerBytes() {
        return new byte[0];
    }

    @Override
    public byte[] footerBytes() {
        return new byte[0];
    }
}
