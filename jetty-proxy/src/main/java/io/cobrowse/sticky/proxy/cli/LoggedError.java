package io.cobrowse.sticky.proxy.cli;

import ch.qos.logback.classic.spi.IThrowableProxy;
import ch.qos.logback.classic.spi.ThrowableProxy;
import ch.qos.logback.classic.spi.ThrowableProxyUtil;
import java.io.IOException;
import java.util.concurrent.TimeoutException;

/**
 * Formats the exception of a log event: network errors, which are common, in a few words, and all others with a stack
 * trace, since they are bugs. Stateless.
 */
final class LoggedError {
    private LoggedError() {}

    static String text(IThrowableProxy error) {
        String text = error instanceof ThrowableProxy known && isOfTheNetwork(known.getThrowable())
                ? known.getThrowable().toString()
                : ThrowableProxyUtil.asString(error);
        return text.strip();
    }

    private static boolean isOfTheNetwork(Throwable error) {
        return error instanceof IOException || error instanceof TimeoutException;
    }
}
