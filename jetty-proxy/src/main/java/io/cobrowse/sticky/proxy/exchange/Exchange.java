package io.cobrowse.sticky.proxy.exchange;

import io.cobrowse.sticky.filter.ProblemDocument;
import io.cobrowse.sticky.proxy.exchange.State.Connecting;
import io.cobrowse.sticky.proxy.exchange.State.Ended;
import io.cobrowse.sticky.proxy.exchange.State.Exchanging;
import io.cobrowse.sticky.proxy.exchange.State.Queued;
import io.cobrowse.sticky.proxy.exchange.State.Tunnelling;
import io.cobrowse.sticky.proxy.io.Loop;
import io.cobrowse.sticky.proxy.io.WatchedEndPoint;
import io.cobrowse.sticky.proxy.message.ResponseHead;
import io.cobrowse.sticky.proxy.tunnel.Tunnel;
import io.cobrowse.sticky.proxy.upstream.Connections;
import io.cobrowse.sticky.proxy.upstream.NodePlaces;
import io.cobrowse.sticky.proxy.upstream.NodeUnavailableException;
import io.cobrowse.sticky.proxy.upstream.Requester;
import io.cobrowse.sticky.proxy.upstream.UpstreamConnection;
import io.cobrowse.sticky.proxy.upstream.Upstreams;
import io.cobrowse.sticky.routing.Node;
import io.cobrowse.sticky.routing.Route;
import java.io.EOFException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.eclipse.jetty.io.EofException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One request on its way to a node and its answer on the way back: decides which node is tried when, and what the
 * client is told if none answers (R10, R18, R19, R22).
 *
 * <p>Belongs to one event loop, that of the client's connection if it has one. Everything happens there, one thing
 * after the other, so it needs no lock. Its {@link State} holds what it has; it ends exactly once.
 */
final class Exchange implements Requester, WatchedEndPoint.Watcher {
    private static final Logger LOG = LoggerFactory.getLogger(Exchange.class);

    /** A request that waits longer than this for its answer counts as a parked poll. */
    private static final long PARKED_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final Exchanges exchanges;
    private final Loop loop;
    private final Connections connections;
    final ClientSide client;
    final ExchangeOutcome outcome;
    private final Attempts attempts;
    private State state = Queued.STATE;

    Exchange(Exchanges exchanges, Loop loop, Connections connections, ClientSide client, Route route) {
        this.exchanges = exchanges;
        this.loop = loop;
        this.connections = connections;
        this.client = client;
        this.outcome = new ExchangeOutcome(client, route, exchanges.keepsBodies(client.request()));
        this.attempts = new Attempts(exchanges.router(), exchanges.upstreams().retries(), client, outcome, route);
    }

    @Override
    public Loop loop() {
        return loop;
    }

    @Override
    public Node node() {
        return attempts.node();
    }

    Upstreams upstreams() {
        return exchanges.upstreams();
    }

    /** Starts the exchange. */
    void begin() {
        assert loop.isCurrent();
        Throwable failure = client.openBody();
        if (failure != null) {
            bodyFailed(failure);
            return;
        }
        if (client.isStreamGone()) {
            peerGone();
            return;
        }
        client.watch(this);
        upstreams().retries().request();
        enter();
    }

    /** Gets a place at the node, and with it a connection. */
    private void enter() {
        if (state instanceof Ended) {
            return;
        }
        state = Queued.STATE;
        switch (attempts.enter(upstreams().places(node()), this)) {
            case AT_ONCE -> connect(false);
            case TURNED_AWAY -> turnedAway();
            case WAITS -> {}
        }
    }

    @Override
    public void admitted() {
        if (state instanceof Queued) {
            attempts.admitted();
            connect(false);
        }
    }

    /** The node has no place for the request, and the queue is full or the request has waited for too long. */
    @Override
    public void turnedAway() {
        if (state instanceof Queued) {
            act(attempts.hasAffinity() ? Failover.Action.NODE_BUSY : Failover.Action.NO_NODE);
        }
    }

    private void connect(boolean anew) {
        state = Connecting.STATE;
        if (anew) {
            connections.connect(this);
        } else {
            connections.acquire(this);
        }
    }

    // What happens on the node's side.

    @Override
    public void connected(UpstreamConnection connection) {
        assert loop.isCurrent();
        if (!(state instanceof Connecting)) {
            connection.release();
        } else if (attempts.mayNotBeSent()) {
            // The node is alive, but may have acted on the request.
            connection.release();
            fail(Outcome.End.UPSTREAM_FAILED, ForwardingProblems.upstreamFailed(node()));
        } else {
            outcome.connected();
            RequestPump request = new RequestPump(this, connection);
            state = new Exchanging(connection, request, new ResponsePump(this, connection));
            request.iterate();
        }
    }

    /** Handles a connection to the node that could not be opened (R19). */
    @Override
    public void connectFailed(Throwable cause) {
        LOG.debug("Connecting to {} failed", node(), cause);
        Failover.Event event = Failover.Event.ofConnect(cause);
        if (event == Failover.Event.CONNECT_FAILED) {
            exchanges.attemptFailed(node(), cause);
        }
        if (!(state instanceof Connecting || state instanceof Queued)) {
            return;
        }
        act(attempts.connectFailed(event));
    }

    @Override
    public void readable() {
        state.readable();
    }

    @Override
    public void lost(Throwable cause) {
        state.lost(cause);
    }

    @Override
    public void evict() {
        lost(new NodeUnavailableException());
    }

    @Override
    public boolean isWaiting() {
        return state.isWaiting();
    }

    @Override
    public boolean isParked() {
        return isWaiting() && state.isRequestSent() && (outcome.ageNanos() > PARKED_NANOS || client.isPoll());
    }

    State state() {
        return state;
    }

    @Override
    public void tick(long nowNanos) {
        state.tick(nowNanos);
        if (state instanceof Exchanging && client.isStreamGone()) {
            peerGone();
        }
    }

    /** Leaves the connection, since the answer has been read completely; others may use it if it is reusable. */
    void answered(boolean reusable) {
        if (state instanceof Exchanging current) {
            outcome.bytes(current);
            current.leaveConnection(reusable);
        }
    }

    /** Ends the exchange, since the response has been written completely. */
    void ended() {
        if (end(Outcome.End.OK)) {
            tell();
            client.complete();
        }
    }

    /** Handles a connection that broke, timed out or was given up before the answer was complete. */
    void upstreamFailed(Throwable cause) {
        if (!(state instanceof Exchanging current) || current.connection() == null) {
            return;
        }
        LOG.debug("{} failed", node(), cause);
        UpstreamConnection connection = current.connection();
        boolean begun = current.response.begun();
        Failover.Event event = Failover.Event.ofConnection(cause);
        if (!begun && event == Failover.Event.LOST && !(cause instanceof EOFException)) {
            // An end may only mean that the connection was kept for too long.
            exchanges.attemptFailed(node(), cause);
        }
        boolean keptTooLong = connection.isUsedBefore() && cause instanceof EOFException;
        Failover.Action action = attempts.connectionFailed(event, isParked(), keptTooLong, begun);
        leave(current);
        boolean timedOut = event == Failover.Event.TIMED_OUT;
        if (action == Failover.Action.ABORT) {
            abort(timedOut ? Outcome.End.UPSTREAM_TIMEOUT : Outcome.End.UPSTREAM_FAILED, cause);
        } else {
            state = Connecting.STATE;
            act(action);
        }
    }

    private void leave(Exchanging current) {
        outcome.bytes(current);
        current.abort();
    }

    private void act(Failover.Action action) {
        switch (action) {
            case CONNECT_AGAIN -> {
                attempts.again();
                connect(true);
            }
            case TRY_ANOTHER_NODE -> become(attempts.another());
            case NODE_GONE -> become(attempts.unavailable());
            case NO_NODE -> become(attempts.nobody());
            case NODE_BUSY -> {
                if (end(Outcome.End.REFUSED)) {
                    refusal().sendBusy(node());
                }
            }
            case OVERLOADED -> fail(Outcome.End.REFUSED, ForwardingProblems.overloaded());
            case FAILED -> fail(Outcome.End.UPSTREAM_FAILED, ForwardingProblems.upstreamFailed(node()));
            case TIMED_OUT -> fail(Outcome.End.UPSTREAM_TIMEOUT, ForwardingProblems.upstreamTimeout(node()));
            case ABORT -> abort(Outcome.End.UPSTREAM_FAILED, new EofException("The node failed"));
        }
    }

    /** Continues on another route; null if the request must not be sent again, as this node may have acted on it. */
    private void become(@Nullable Route next) {
        if (next == null) {
            fail(Outcome.End.UPSTREAM_FAILED, ForwardingProblems.upstreamFailed(node()));
            return;
        }
        if (next.outcome() != Route.Outcome.FORWARD) {
            outcome.routed(next);
            if (end(Outcome.End.REFUSED)) {
                refusal().send(next);
            }
            return;
        }
        attempts.moveTo(next);
        exchanges.answers().expose(next, client.servletResponse());
        enter();
    }

    /** Turns both end points into a tunnel, since the node has switched to the WebSocket protocol. */
    void switchProtocols(ResponseHead head) {
        if (!(state instanceof Exchanging current) || current.connection() == null || !current.request.settled()) {
            return; // Called again when the request has been sent.
        }
        Upgrade upgrade = Upgrade.of(client, head);
        if (upgrade == null) {
            leave(current);
            fail(Outcome.End.UPSTREAM_FAILED, ForwardingProblems.upstreamFailed(node()));
            return;
        }
        outcome.answered();
        NodePlaces.Place kept = attempts.keepPlace();
        Tunnel tunnel = upgrade.open(
                exchanges.tunnels(), node(), current.detach(), closed -> loop.run(() -> tunnelClosed(closed, kept)));
        state = new Tunnelling(tunnel);
        attempts.end();
        client.unwatch();
        upgrade.begin(tunnel);
        outcome.tunnelOpened();
        tell();
    }

    private void tunnelClosed(Tunnel tunnel, NodePlaces.@Nullable Place kept) {
        if (kept != null) {
            kept.leave();
        }
        if (state instanceof Tunnelling) {
            state = new Ended(Outcome.End.OK);
            outcome.tunnelClosed(tunnel);
            tell();
        }
    }

    // What happens on the client's side.

    /** Handles a body that cannot be read to its end, or a client that is gone. */
    void bodyFailed(Throwable cause) {
        if (state instanceof Ended || state instanceof Tunnelling) {
            return;
        }
        ProblemDocument problem = client.isCommitted() ? null : ForwardingProblems.unreadableBody(cause);
        if (problem == null) {
            abort(Outcome.End.CLIENT_GONE, cause);
        } else {
            fail(cause instanceof TimeoutException ? Outcome.End.CLIENT_GONE : Outcome.End.REFUSED, problem);
        }
    }

    /** Handles a response that cannot be written to the client. */
    void clientFailed(Throwable cause) {
        abort(Outcome.End.CLIENT_GONE, cause);
    }

    /** Handles an exchange that cannot continue, through no fault of the node or the client. */
    void broken(Throwable cause) {
        LOG.error("A request to {} cannot be forwarded", node(), cause);
        if (client.isCommitted()) {
            abort(Outcome.End.INTERNAL_ERROR, cause);
        } else {
            fail(Outcome.End.INTERNAL_ERROR, ForwardingProblems.internalError());
        }
    }

    @Override
    public void peerGone() {
        abort(Outcome.End.CLIENT_GONE, new EofException("The client went away"));
    }

    /**
     * Ends the exchange, since nobody pipelines so much after a request that still waits for its answer. A body may be
     * longer.
     */
    @Override
    public void peerTooFarAhead() {
        if (state.isRequestSent()) {
            abort(Outcome.End.CLIENT_GONE, new EofException("The client sent too much ahead"));
        }
    }

    private void abort(Outcome.End why, Throwable cause) {
        if (end(why)) {
            tell();
            client.abort(cause);
        }
    }

    private void fail(Outcome.End why, ProblemDocument problem) {
        if (end(why)) {
            refusal().send(problem);
        }
    }

    /** Ends the exchange and everything that belongs to it; returns false if it has ended already. */
    private boolean end(Outcome.End why) {
        assert loop.isCurrent();
        if (state instanceof Ended || state instanceof Tunnelling) {
            return false;
        }
        State last = state;
        state = new Ended(why);
        if (last instanceof Exchanging current) {
            leave(current);
        }
        attempts.end();
        client.unwatch();
        outcome.ended(why);
        return true;
    }

    private Refusal refusal() {
        return new Refusal(exchanges, client, outcome);
    }

    private void tell() {
        exchanges.tell(outcome);
    }
}
