package io.cobrowse.sticky.routing;

import org.jspecify.annotations.Nullable;

/**
 * What becomes of a request, and why. Built beforehand, one for each node and reason, so that a decision only picks one.
 * Immutable.
 */
public final class Route {

    /** What becomes of a request. */
    public enum Outcome {
        /** {@link Route#node()} serves it. */
        FORWARD,
        /** The client is told that its node is gone: 503 (R10). */
        NODE_DOWN,
        /** The client is told that its URL names no node: 404 (R8). */
        UNKNOWN_NODE,
        /** The client is told that there is nobody to serve it: 503 (R18). */
        NO_NODE
    }

    static final Route UNKNOWN_NODE = new Route(Outcome.UNKNOWN_NODE, null, Affinity.NONE, false, null);
    static final Route NO_NODE = new Route(Outcome.NO_NODE, null, Affinity.NONE, false, null);

    private final Outcome outcome;
    private final @Nullable Node node;
    private final Affinity affinity;
    private final boolean expireCookie;
    private final @Nullable Route nodeDown;
    private final @Nullable String stickyRoute;

    private Route(
            Outcome outcome, @Nullable Node node, Affinity affinity, boolean expireCookie, @Nullable Route nodeDown) {
        this.outcome = outcome;
        this.node = node;
        this.affinity = affinity;
        this.expireCookie = expireCookie;
        this.nodeDown = nodeDown;
        this.stickyRoute = node == null ? null : "node=" + node.id() + "; by=" + affinity.text();
    }

    /** Returns the route to a node, with its counterpart for when the node is gone. */
    static Route to(Node node, Affinity affinity, boolean cookieNamesNode) {
        Route nodeDown = new Route(Outcome.NODE_DOWN, node, affinity, cookieNamesNode, null);
        return new Route(Outcome.FORWARD, node, affinity, false, nodeDown);
    }

    /** Returns what becomes of the request. */
    public Outcome outcome() {
        return outcome;
    }

    /**
     * Returns the node that serves the request, or that is down; null exactly for {@link Outcome#UNKNOWN_NODE} and
     * {@link Outcome#NO_NODE}.
     */
    public @Nullable Node node() {
        return node;
    }

    /** Returns what chose the node; {@link Affinity#NONE} where there is no node. */
    public Affinity affinity() {
        return affinity;
    }

    /**
     * Returns whether the answer has to expire the client's cookie: the node is down and the cookie names it, be it that
     * the URL names it too.
     */
    public boolean expireCookie() {
        return expireCookie;
    }

    /** Returns the value of {@code Sticky-Route}, as {@code node=1; by=cookie}; null where there is no node. */
    public @Nullable String stickyRoute() {
        return stickyRoute;
    }

    /** Returns what becomes of the same request when its node turns out to be gone; this, unless it forwards. */
    Route nodeDown() {
        return nodeDown == null ? this : nodeDown;
    }

    @Override
    public String toString() {
        return stickyRoute == null ? outcome.name() : outcome + " " + stickyRoute;
    }
}
