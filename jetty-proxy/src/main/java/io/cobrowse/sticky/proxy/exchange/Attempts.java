package io.cobrowse.sticky.proxy.exchange;

import io.cobrowse.sticky.proxy.upstream.NodePlaces;
import io.cobrowse.sticky.proxy.upstream.Requester;
import io.cobrowse.sticky.proxy.upstream.RetryBudget;
import io.cobrowse.sticky.routing.Affinity;
import io.cobrowse.sticky.routing.Node;
import io.cobrowse.sticky.routing.Route;
import io.cobrowse.sticky.routing.Router;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The nodes that a request is tried on: the one that has it now and counts it, those that failed it, and the next step
 * if this one fails too (R10, R18, R19). Belongs to the loop of its exchange.
 */
final class Attempts {
    private final Router router;
    private final RetryBudget retries;
    private final ClientSide client;
    private final ExchangeOutcome outcome;
    private Route route;
    private Node node;
    private List<Node> tried = List.of();
    private NodePlaces.@Nullable Place place;
    private boolean connectedAgain;
    private boolean lostBefore;

    /** Whether the request may go to its node. */
    enum Entry {
        AT_ONCE,
        WAITS,
        TURNED_AWAY
    }

    Attempts(Router router, RetryBudget retries, ClientSide client, ExchangeOutcome outcome, Route route) {
        this.router = router;
        this.retries = retries;
        this.client = client;
        this.outcome = outcome;
        this.route = route;
        this.node = node(route);
    }

    private static Node node(Route forwarded) {
        return Objects.requireNonNull(forwarded.node(), "a forwarded route has a node");
    }

    /** Returns the node that the request is for now. */
    Node node() {
        return node;
    }

    /** Returns whether something in the request named the node. */
    boolean hasAffinity() {
        return route.affinity() != Affinity.NONE;
    }

    /** Returns whether a node may have acted on the request, which therefore may not be sent to any again. */
    boolean mayNotBeSent() {
        return lostBefore && !client.repeatable();
    }

    /** Asks for a place at the node, which has no limit if {@code places} is null. */
    Entry enter(@Nullable NodePlaces places, Requester requester) {
        if (places == null) {
            return Entry.AT_ONCE;
        }
        place = places.enter(requester);
        if (place == null) {
            return Entry.TURNED_AWAY;
        }
        return place.atOnce() ? Entry.AT_ONCE : Entry.WAITS;
    }

    /** Notes that the request has got the place that it waited for. */
    void admitted() {
        outcome.queued(Objects.requireNonNull(place).ageNanos());
    }

    /** Returns the place at the node, which the caller must leave; null if there is none. */
    NodePlaces.@Nullable Place keepPlace() {
        NodePlaces.Place kept = place;
        place = null;
        return kept;
    }

    /** Notes that the node no longer has the request. */
    void end() {
        node.end();
        NodePlaces.Place left = keepPlace();
        if (left != null) {
            left.leave();
        }
    }

    /** Returns the next step if no connection to the node could be opened. */
    Failover.Action connectFailed(Failover.Event event) {
        tried = new ArrayList<>(tried);
        tried.add(node);
        return decide(event, false, false, false, false);
    }

    /** Returns the next step if the connection on which the request was sent fails. */
    Failover.Action connectionFailed(Failover.Event event, boolean parked, boolean keptTooLong, boolean answerBegun) {
        Failover.Action action = decide(event, true, parked, keptTooLong, answerBegun);
        lostBefore |= action == Failover.Action.CONNECT_AGAIN;
        return action;
    }

    private Failover.Action decide(
            Failover.Event event, boolean sent, boolean parked, boolean keptTooLong, boolean answerBegun) {
        Failover.Facts facts = new Failover.Facts(
                hasAffinity(),
                tried.size(),
                connectedAgain,
                sent || lostBefore,
                lostBefore,
                client.repeatable(),
                parked,
                keptTooLong,
                answerBegun,
                client.isCommitted());
        return Failover.decide(event, facts, retries::tryRetry);
    }

    /** Notes that the same node is tried once more. */
    void again() {
        connectedAgain |= !lostBefore;
        outcome.retried();
    }

    /** Returns a route to a node that was not tried yet, or the answer if there is none. */
    Route another() {
        return router.another(route, tried);
    }

    /** Returns the answer that no node can serve the request. */
    Route nobody() {
        return router.noNode(route);
    }

    /** Returns the route of R10; null if it leads to another node although this one may have acted on the request. */
    @Nullable
    Route unavailable() {
        Route next = client.unavailable(router, route);
        boolean sent = lostBefore || outcome.wasConnected();
        return next.outcome() == Route.Outcome.FORWARD && sent && !client.repeatable() ? null : next;
    }

    /** Moves the request to another node. */
    void moveTo(Route next) {
        Node target = node(next);
        target.begin();
        end();
        node = target;
        route = next;
        lostBefore = false;
        outcome.routed(next);
        outcome.retried();
    }
}
