package io.cobrowse.sticky.proxy.exchange;

import io.cobrowse.sticky.routing.Route;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.server.Request;
import org.jspecify.annotations.Nullable;

/**
 * How a request ended. A view of what is about to be reused: to be read only while the {@link OutcomeListener} is being told,
 * on that thread. Times are in nanoseconds from the request's begin; -1 where it did not come to that.
 */
public interface Outcome {
    /**
     * Name of an attribute of the request, of any value, that says that listeners have been told, or will be, by its exchange:
     * whoever completes it otherwise does not tell them.
     */
    String TOLD = Outcome.class.getName();

    /** Why a request ended. */
    enum End {
        /** The response is complete, whoever made it, or the tunnel has been opened or has been closed by one of its ends. */
        OK("ok"),
        /** The client went away, or stalled for too long. */
        CLIENT_GONE("client-gone"),
        /** The node's connection could not be had, or broke, or what it said was not HTTP. */
        UPSTREAM_FAILED("upstream-failed"),
        /** The node did not answer in time. */
        UPSTREAM_TIMEOUT("upstream-timeout"),
        /** The proxy refused the request: malformed, too large, beyond a limit, or nobody there to serve it. */
        REFUSED("refused"),
        /** The proxy is stopping, or the node was taken out of service. */
        SHUTDOWN("shutdown"),
        /** The proxy failed. */
        INTERNAL_ERROR("internal-error");

        private final String text;

        End(String text) {
            this.text = text;
        }

        /** Returns the name as it stands in the access log. */
        public String text() {
            return text;
        }
    }

    /** Returns the request as received. */
    Request request();

    /** Returns the status that the client was sent; 0 where it was sent none. */
    int status();

    /** Returns where the request went at last, or why it went nowhere; null where it was refused before it was routed. */
    @Nullable
    Route route();

    /** Returns where the request was to go at first; the same as {@link #route} unless a node failed. */
    @Nullable
    Route firstRoute();

    /** Returns why it ended. */
    End end();

    /** Returns the fields of the node's answer; null where the node did not answer. */
    @Nullable
    HttpFields answerFields();

    /**
     * Returns the first 4 KiB of the request's body as it was sent to the node, a character for each byte; null where nobody
     * {@linkplain Exchanges#setBodiesKept asked} for it.
     */
    default @Nullable String requestBodyStart() {
        return null;
    }

    /** Returns the same of the answer's body. */
    default @Nullable String answerBodyStart() {
        return null;
    }

    /** Returns how often the request was tried again. */
    int retries();

    /** Returns when the request ended, in milliseconds since 1970. */
    long endMillis();

    /** Returns how long the request waited for a place at its node. */
    long queueNanos();

    /** Returns when a connection to the node was there. */
    long connectedNanos();

    /** Returns when the node's answer began. */
    long firstByteNanos();

    /** Returns when the request ended. */
    long totalNanos();

    /** Returns the bytes of the request's body that were sent to the node; for a tunnel at its close, those from the client. */
    long requestBytes();

    /** Returns the bytes of the response's body; for a tunnel at its close, those to the client. */
    long responseBytes();

    /** Returns whether this tells of a tunnel: once with status 101 when it opens, and once more when it closes. */
    boolean tunnel();

    /** Returns whether this tells of the close of a tunnel, whose request was told of when it opened. */
    boolean tunnelClosed();
}
