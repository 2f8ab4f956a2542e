package io.cobrowse.sticky.routing;

import org.jspecify.annotations.Nullable;

/**
 * The outcome of routing a request, and the reason. Built in advance, one for each node and reason, so that a decision
 * only picks one. Immutable.
 */
public final class Route {

    /** The outcome of routing a request. */
    public enum Outcome {
        /** {@link Route#node()} serves the request. */
        FORWARD,
        /** The client is told that its node is down: 503 (R10). */
        NODE_DOWN,
        /** The client is told that its URL names no known node: 404 (R8). */
        UNKNOWN_NODE,
        /** The client is told that no node can serve it: 503 (R18). */
        NO_NODE
    }

    static final Route UNKNOWN_NODE =
            new Route(Outcome.UNKNOWN_NODE, null, Affinity.NONE, null, Sticky.UNKNOWN, false, false, null);

    private final Outcome outcome;
    private final @Nullable Node node;
    private final Affinity affinity;
    private final @Nullable String stickyRoute;
    private final Sticky sticky;
    private final boolean conflict;
    private final boolean expireCookie;
    private final @Nullable Route nodeDown;

    private Route(
            Outcome outcome,
            @Nullable Node node,
            Affinity affinity,
            @Nullable String stickyRoute,
            Sticky sticky,
            boolean conflict,
            boolean expireCookie,
            @Nullable Route nodeDown) {
        this.outcome = outcome;
        this.node = node;
        this.affinity = affinity;
        this.stickyRoute = stickyRoute;
        this.sticky = sticky;
        this.conflict = conflict;
        this.expireCookie = expireCookie;
        this.nodeDown = nodeDown;
    }

    /**
     * Returns the route to a node, with its counterpart for when the node is gone.
     *
     * @param stickyRoute the value for this node and this affinity: {@link #stickyRoute(Node, Affinity)}
     */
    static Route to(
            Node node,
            Affinity affinity,
            String stickyRoute,
            Sticky sticky,
            boolean conflict,
            boolean cookieNamesNode) {
        Route nodeDown = new Route(
                Outcome.NODE_DOWN, node, affinity, stickyRoute, Sticky.NODE_DOWN, conflict, cookieNamesNode, null);
        return new Route(Outcome.FORWARD, node, affinity, stickyRoute, sticky, conflict, false, nodeDown);
    }

    /** Returns the route of a request that no node can serve. */
    static Route noNode(Sticky sticky, boolean conflict) {
        return new Route(Outcome.NO_NODE, null, Affinity.NONE, null, sticky, conflict, false, null);
    }

    static String stickyRoute(Node node, Affinity affinity) {
        return "node=" + node.id() + "; by=" + affinity.text();
    }

    /** Returns the outcome of routing the request. */
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

    /** Returns what chose the node; {@link Affinity#NONE} if there is no node. */
    public Affinity affinity() {
        return affinity;
    }

    /**
     * Returns what became of the request's tie to a node. If no node can serve it, this is what would have become of
     * it if one could.
     */
    public Sticky sticky() {
        return sticky;
    }

    /**
     * Returns whether URL and cookie named different known nodes (R7), or two cookies did and the first names a node
     * that cannot serve (R3).
     */
    public boolean conflict() {
        return conflict;
    }

    /**
     * Returns whether the answer has to expire the client's cookie: the node is down and the cookie names it, whether
     * or not the URL names it too.
     */
    public boolean expireCookie() {
        return expireCookie;
    }

    /** Returns the value of {@code Sticky-Route}, such as {@code node=1; by=cookie}; null if there is no node. */
    public @Nullable String stickyRoute() {
        return stickyRoute;
    }

    /** Returns the route of the same request if its node turns out to be gone; this route, unless it forwards. */
    Route nodeDown() {
        return nodeDown == null ? this : nodeDown;
    }

    @Override
    public String toString() {
        return stickyRoute == null ? outcome.name() : outcome + " " + stickyRoute;
    }
}
