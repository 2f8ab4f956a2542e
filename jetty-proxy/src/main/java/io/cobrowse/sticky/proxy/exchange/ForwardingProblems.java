package io.cobrowse.sticky.proxy.exchange;

import io.cobrowse.sticky.filter.ProblemDocument;
import io.cobrowse.sticky.proxy.listener.RequestCheck;
import io.cobrowse.sticky.routing.Node;
import java.util.concurrent.TimeoutException;
import org.eclipse.jetty.http.HttpException;
import org.jspecify.annotations.Nullable;

/** The answers to a client whose request cannot be forwarded, or for which no answer can be obtained. Stateless. */
final class ForwardingProblems {
    private ForwardingProblems() {}

    /** Returns the answer if the node has no place for the request, which may not go to another node. */
    static ProblemDocument nodeBusy(Node node) {
        return new ProblemDocument(
                "node-busy",
                "Node busy",
                503,
                "The node that has this session is at its limit (max-active). Try again.",
                node.id());
    }

    /** Returns the answer if the connection broke and the request cannot be repeated (R19). */
    static ProblemDocument upstreamFailed(Node node) {
        return new ProblemDocument(
                "upstream-failed",
                "Upstream failed",
                502,
                "The connection to the node broke, or its answer was not HTTP.",
                node.id());
    }

    static ProblemDocument upstreamTimeout(Node node) {
        return new ProblemDocument(
                "upstream-timeout", "Upstream timeout", 504, "The node did not answer in time.", node.id());
    }

    /** Returns the answer to a body that cannot be read to its end; null if the client is gone. */
    static @Nullable ProblemDocument unreadableBody(Throwable cause) {
        if (cause instanceof TimeoutException) {
            return new ProblemDocument(
                    "request-timeout", "Request timeout", 408, "The body of the request did not come in time.", null);
        }
        return cause instanceof HttpException refused ? refusedBody(refused.getCode()) : null;
    }

    private static ProblemDocument refusedBody(int status) {
        return status == RequestCheck.BODY_TOO_LARGE.status()
                ? RequestCheck.BODY_TOO_LARGE
                : new ProblemDocument(
                        "bad-request", "Bad request", status, "The body of the request is malformed.", null);
    }

    static ProblemDocument internalError() {
        return new ProblemDocument(
                "internal-error", "Internal error", 500, "The proxy failed to serve the request.", null);
    }

    /** Returns the answer if the proxy has no descriptor or port left to connect with; no node is to blame. */
    static ProblemDocument overloaded() {
        return new ProblemDocument(
                "overloaded", "Overloaded", 503, "The proxy cannot open another connection now. Try again.", null);
    }
}
