package io.cobrowse.load.journey;

import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.IThrowableProxy;
import ch.qos.logback.core.filter.Filter;
import ch.qos.logback.core.spi.FilterReply;

/**
 * Leaves out of the log what Gatling says of a stop (Ctrl-C): it waits in the thread that is interrupted then, and calls that a
 * crash, with a stack trace. Only what was caused by that is left out, not its logger, which tells of real crashes too. Made by
 * Logback, which is why it must be public.
 */
public final class StopFilter extends Filter<ILoggingEvent> {
    @Override
    public FilterReply decide(ILoggingEvent event) {
        IThrowableProxy cause = event.getThrowableProxy();
        return cause != null && cause.getClassName().equals(InterruptedException.class.getName())
                ? FilterReply.DENY
                : FilterReply.NEUTRAL;
    }
}
