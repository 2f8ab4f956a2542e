package io.cobrowse.sticky.proxy.cli;

import ch.qos.logback.classic.spi.ILoggingEvent;
import org.slf4j.helpers.MessageFormatter;

/**
 * Formats the message of a log event so that clients can neither forge a line nor fill the disk: each argument is cut
 * to 200 characters, the whole message to 2000, and control characters are escaped. Stateless.
 */
final class LoggedMessage {
    private static final int MAX_ARGUMENT_CHARS = 200;
    private static final int MAX_CHARS = 2000;

    private LoggedMessage() {}

    static String text(ILoggingEvent event) {
        Object[] arguments = event.getArgumentArray();
        if (arguments == null) {
            return cut(event.getFormattedMessage(), MAX_CHARS);
        }
        Object[] cut = new Object[arguments.length];
        for (int i = 0; i < arguments.length; i++) {
            cut[i] = arguments[i] == null ? "null" : cut(arguments[i].toString(), MAX_ARGUMENT_CHARS);
        }
        return cut(MessageFormatter.basicArrayFormat(event.getMessage(), cut), MAX_CHARS);
    }

    /** Returns untrusted text in a form that is safe to log. */
    static String safe(String text) {
        return cut(text, MAX_ARGUMENT_CHARS);
    }

    private static String cut(String text, int max) {
        StringBuilder safe = new StringBuilder(Math.min(text.length(), max) + 3);
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (safe.length() >= max) {
                return safe.append("...").toString();
            }
            if (Character.isISOControl(c) || c == '\u2028' || c == '\u2029') {
                safe.append(c == '\n' ? "\\n" : c == '\r' ? "\\r" : String.format("\\u%04x", (int) c));
            } else {
                safe.append(c);
            }
        }
        return safe.toString();
    }
}
