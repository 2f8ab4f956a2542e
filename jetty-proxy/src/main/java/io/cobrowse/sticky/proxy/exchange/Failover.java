package io.cobrowse.sticky.proxy.exchange;

import io.cobrowse.sticky.proxy.upstream.NodeUnavailableException;
import io.cobrowse.sticky.proxy.upstream.ProxyExhaustedException;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeoutException;
import java.util.function.BooleanSupplier;

/** Decides the next step for a request whose node fails it (R10, R18, R19), from what happened and what is known. */
final class Failover {
    /** Nodes that a request without affinity tries to connect to. */
    static final int MAX_TRIES = 3;

    private Failover() {}

    /** What happened. */
    enum Event {
        /** No connection to the node could be opened. */
        CONNECT_FAILED,
        /** All connections that the proxy may have to the node are in use. */
        NO_CONNECTION_LEFT,
        /** The proxy has no descriptors or ports left, for any node. */
        PROXY_EXHAUSTED,
        /** The connection broke, or the answer was not HTTP. */
        LOST,
        /** The node has not answered in time. */
        TIMED_OUT,
        /** The node was taken out of service. */
        EVICTED;

        /** Returns the event for a connection that could not be opened, by its cause. */
        static Event ofConnect(Throwable cause) {
            if (cause instanceof NodeUnavailableException) {
                return EVICTED;
            }
            if (cause instanceof ProxyExhaustedException) {
                return PROXY_EXHAUSTED;
            }
            return cause instanceof RejectedExecutionException ? NO_CONNECTION_LEFT : CONNECT_FAILED;
        }

        /** Returns the event for a connection that was lost, by its cause. */
        static Event ofConnection(Throwable cause) {
            if (cause instanceof NodeUnavailableException) {
                return EVICTED;
            }
            return cause instanceof TimeoutException ? TIMED_OUT : LOST;
        }
    }

    /** The next step. */
    enum Action {
        /** Try another node that was not tried yet; R18 if there is none. */
        TRY_ANOTHER_NODE,
        /** Try the same node once more, on a new connection. */
        CONNECT_AGAIN,
        /** R10: the client is told, or another node gets the request if that is configured. */
        NODE_GONE,
        /** R18: 503, since no node can serve it. */
        NO_NODE,
        /** 503: the node has no connection left for it, and no other node may get it. */
        NODE_BUSY,
        /** 503: the proxy has no resources left to serve it. The node is not to blame, and no cookie expires. */
        OVERLOADED,
        /** 502. */
        FAILED,
        /** 504. */
        TIMED_OUT,
        /** End the answer where it is, since it has begun. */
        ABORT
    }

    /**
     * What is known of the request.
     *
     * @param affinity whether something in the request named the node
     * @param triedNodes how many nodes have been tried, including this one
     * @param connectedAgain whether connecting to the node was tried twice
     * @param sent whether the node may have been sent something of it
     * @param lostBefore whether a connection has broken before, and a new one was asked for
     * @param repeatable whether the request may be sent twice: by its method, and it has no body
     * @param parked whether it was sent, and is meant to wait
     * @param keptTooLong whether the connection had been idle and the node ended it, which is nobody's failure
     * @param answerBegun whether the node had begun to answer
     * @param committed whether the head of the answer has been sent to the client
     */
    record Facts(
            boolean affinity,
            int triedNodes,
            boolean connectedAgain,
            boolean sent,
            boolean lostBefore,
            boolean repeatable,
            boolean parked,
            boolean keptTooLong,
            boolean answerBegun,
            boolean committed) {}

    /**
     * Decides the next step.
     *
     * @param budget takes a retry out of the budget, and returns whether there was one; called only if the step depends
     *     on it
     */
    static Action decide(Event event, Facts facts, BooleanSupplier budget) {
        if (facts.committed()) {
            return Action.ABORT;
        }
        return switch (event) {
            case PROXY_EXHAUSTED -> Action.OVERLOADED;
            case TIMED_OUT -> Action.TIMED_OUT;
            case EVICTED -> facts.affinity() || facts.sent() ? Action.NODE_GONE : another(facts, budget);
            case NO_CONNECTION_LEFT -> facts.affinity() ? Action.NODE_BUSY : another(facts, budget);
            case CONNECT_FAILED -> connectFailed(facts, budget);
            case LOST -> lost(facts, budget);
        };
    }

    private static Action connectFailed(Facts facts, BooleanSupplier budget) {
        if (facts.lostBefore()) {
            return Action.NODE_GONE;
        }
        if (!facts.affinity()) {
            return another(facts, budget);
        }
        return !facts.connectedAgain() && budget.getAsBoolean() ? Action.CONNECT_AGAIN : Action.NODE_GONE;
    }

    private static Action another(Facts facts, BooleanSupplier budget) {
        return facts.triedNodes() < MAX_TRIES && budget.getAsBoolean() ? Action.TRY_ANOTHER_NODE : Action.NO_NODE;
    }

    /**
     * Decides for a lost connection. A request that cannot be repeated is not sent again: connecting only tells a
     * broken connection from a node that is down.
     */
    private static Action lost(Facts facts, BooleanSupplier budget) {
        if (facts.answerBegun() || facts.lostBefore()) {
            return Action.FAILED;
        }
        boolean again = facts.parked() || (facts.repeatable() && (facts.keptTooLong() || budget.getAsBoolean()));
        return again ? Action.CONNECT_AGAIN : Action.FAILED;
    }
}
