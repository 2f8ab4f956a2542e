package io.cobrowse.sticky.proxy.exchange;

import io.cobrowse.sticky.routing.Route;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.server.Request;
import org.jspecify.annotations.Nullable;

/**
 * How a request ended. This is a view of an object that is about to be reused: read it only while the
 * {@link OutcomeListener} is being called, on that thread. Times are in nanoseconds since the request began; -1 if
 * the request never got that far.
 */
public interface Outcome {
    /**
     * Name of a request attribute. If it is set, to any value, the exchange notifies the listeners, and whoever else
     * completes the request does not.
     */
    String TOLD = Outcome.class.getName();

    /** Why a request ended. */
    enum End {
        /** The response is complete, whoever made it; or the tunnel has been opened, or closed by one of its ends. */
        OK("ok"),
        /** The client went away, or stalled for too long. */
        CLIENT_GONE("client-gone"),
        /** The connection to the node could not be opened, or broke, or the node's answer was not HTTP. */
        UPSTREAM_FAILED("upstream-failed"),
        /** The node did not answer in time. */
        UPSTREAM_TIMEOUT("upstream-timeout"),
        /**
         * The proxy refused the request: it was malformed, too large or beyond a limit, or no node could serve it.
         */
        REFUSED("refused"),
        /** The proxy is stopping, or the node was taken out of service. */
        SHUTDOWN("shutdown"),
        /** The proxy failed. */
        INTERNAL_ERROR("internal-error");

        private final String text;

        End(String text) {
            this.text = text;
        }

        /** Returns the name as it appears in the access log. */
        public String text() {
            return text;
        }
    }

    /** Returns the request as received. */
    Request request();

    /** Returns the status sent to the client; 0 if none was sent. */
    int status();

    /**
     * Returns the route that the request took in the end, or why it went nowhere; null if it was refused before
     * routing.
     */
    @Nullable
    Route route();

    /** Returns the route chosen first; the same as {@link #route} unless a node failed. */
    @Nullable
    Route firstRoute();

    /** Returns why the request ended. */
    End end();

    /** Returns the fields of the node's answer; null if the node did not answer. */
    @Nullable
    HttpFields answerFields();

    /**
     * Returns the first 4 KiB of the request's body as it was sent to the node, one character per byte; null if
     * nobody {@linkplain Exchanges#setBodiesKept asked} for it.
     */
    default @Nullable String requestBodyStart() {
        return null;
    }

    /** Returns the first 4 KiB of the answer's body in the same form. */
    default @Nullable String answerBodyStart() {
        return null;
    }

    /** Returns how often the request was tried again. */
    int retries();

    /** Returns when the request ended, in milliseconds since 1970. */
    long endMillis();

    /** Returns how long the request waited for a place at its node. */
    long queueNanos();

    /** Returns when a connection to the node was available. */
    long connectedNanos();

    /** Returns when the node's answer began. */
    long firstByteNanos();

    /** Returns when the request ended. */
    long totalNanos();

    /**
     * Returns the bytes of the request's body that were sent to the node; for a tunnel that closes, those from the
     * client.
     */
    long requestBytes();

    /** Returns the bytes of the response's body; for a tunnel that closes, those to the client. */
    long responseBytes();

    /**
     * Returns whether this is about a tunnel, which is reported once with status 101 when it opens, and again when it
     * closes.
     */
    boolean tunnel();

    /** Returns whether this reports the close of a tunnel; its request was reported when it opened. */
    boolean tunnelClosed();
}
