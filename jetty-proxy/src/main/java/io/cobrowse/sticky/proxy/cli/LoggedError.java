package io.cobrowse.sticky.proxy.cli;

import ch.qos.logback.classic.spi.IThrowableProxy;
import ch.qos.logback.classic.spi.ThrowableProxy;
import ch.qos.logback.classic.spi.ThrowableProxyUtil;
import java.io.IOException;
import java.util.concurrent.TimeoutException;

/**
 * Writes the error of a log event: in a few words where it is of the network, since peers fail every day, and with its
 * stack trace where it is not, since that is a bug. Stateless.
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
