package io.cobrowse.sticky.proxy.exchange;

import jakarta.servlet.AsyncEvent;
import jakarta.servlet.AsyncListener;
import org.eclipse.jetty.ee11.servlet.ServletChannel;
import org.eclipse.jetty.ee11.servlet.ServletChannelState;
import org.eclipse.jetty.io.QuietException;

/**
 * Aborts an asynchronous request on the calling thread. Jetty's own {@link ServletChannel#abort} leaves the rest to a
 * thread of its pool, which may release the connection's buffer and parser while the loop still reads with them. If
 * a listener aborts while Jetty reports an error, Jetty does everything on the thread that reported the error.
 */
final class Abort implements AsyncListener {
    private final ServletChannel channel;
    private final Throwable failure;
    private boolean done;

    private Abort(ServletChannel channel, Throwable failure) {
        this.channel = channel;
        this.failure = failure;
    }

    static void now(ServletChannel channel, Throwable failure) {
        Abort abort = new Abort(channel, failure);
        ServletChannelState state = channel.getServletRequestState();
        if (state.getState() == ServletChannelState.State.WAITING) {
            state.addListener(abort);
            state.asyncError(new QuietException.Exception("The request is aborted", failure));
        }
        if (!abort.done) {
            channel.abort(failure); // Jetty is still in a call to the servlet, and does the rest when that returns.
        }
    }

    @Override
    public void onError(AsyncEvent event) {
        done = true;
        channel.abort(failure);
    }

    @Override
    public void onStartAsync(AsyncEvent event) {}

    @Override
    public void onTimeout(AsyncEvent event) {}

    @Override
    public void onComplete(AsyncEvent event) {}
}
