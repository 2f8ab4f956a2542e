package io.cobrowse.sticky.proxy.exchange;

import io.cobrowse.sticky.proxy.io.Loop;
import java.util.concurrent.TimeoutException;
import org.eclipse.jetty.util.Callback;

/**
 * One direction of an exchange. It advances as far as possible whenever something has changed, and is the callback of
 * its own writes. Everything happens on one loop, so a call from within itself only makes it look again.
 */
abstract class Pump implements Callback {
    private final Loop loop;
    private boolean running;
    private boolean again;
    private boolean writing;
    private boolean stopped;

    Pump(Loop loop) {
        this.loop = loop;
    }

    /** Returns whether there is a deadline, and it has passed. */
    static boolean passed(long deadlineNanos, long nowNanos) {
        return deadlineNanos != 0 && nowNanos - deadlineNanos >= 0;
    }

    static TimeoutException nodeTimedOut() {
        return new TimeoutException("The node sent nothing for too long");
    }

    /** Advances as far as possible. */
    final void iterate() {
        assert loop.isCurrent();
        again = true;
        if (running) {
            return;
        }
        running = true;
        try {
            while (again && !writing && !stopped) {
                again = false;
                advance();
            }
        } catch (RuntimeException failure) {
            stopped = true;
            crashed(failure);
        } finally {
            running = false;
        }
    }

    /** Takes one step: starts a write, or waits for something that will call {@link #iterate}. */
    abstract void advance();

    /** Handles an unexpected failure of {@link #advance}, which is not called again. */
    abstract void crashed(Throwable failure);

    /** Notes that a write has begun with this as its callback. */
    final void writing() {
        writing = true;
    }

    final boolean isWriting() {
        return writing;
    }

    /** Stops advancing. */
    final void stop() {
        stopped = true;
    }

    final boolean isStopped() {
        return stopped;
    }

    @Override
    public final void succeeded() {
        if (loop.isCurrent()) {
            onWritten();
        } else {
            loop.execute(this::onWritten);
        }
    }

    private void onWritten() {
        writing = false;
        written();
        iterate();
    }

    @Override
    public final void failed(Throwable cause) {
        loop.run(() -> {
            writing = false;
            writeFailed(cause);
        });
    }

    /** Handles the end of a write; what it wrote can be released. Called also if the pump has been stopped. */
    abstract void written();

    /** Handles a failed write; what it wrote can be released. Called also if the pump has been stopped. */
    abstract void writeFailed(Throwable cause);

    @Override
    public final InvocationType getInvocationType() {
        return InvocationType.NON_BLOCKING;
    }
}
