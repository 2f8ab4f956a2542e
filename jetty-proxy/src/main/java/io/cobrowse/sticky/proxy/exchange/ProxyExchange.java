package io.cobrowse.sticky.proxy.exchange;

import io.cobrowse.sticky.filter.ProblemDocument;
import io.cobrowse.sticky.filter.RoutingAnswers;
import io.cobrowse.sticky.filter.StickinessFilter;
import io.cobrowse.sticky.proxy.io.WatchedEndPoint;
import io.cobrowse.sticky.proxy.listener.UpgradeRequest;
import io.cobrowse.sticky.proxy.message.RequestHead;
import io.cobrowse.sticky.proxy.message.ResponseHead;
import io.cobrowse.sticky.proxy.message.WebSocketHandshake;
import io.cobrowse.sticky.proxy.tunnel.Tunnel;
import io.cobrowse.sticky.routing.Affinity;
import io.cobrowse.sticky.routing.Node;
import io.cobrowse.sticky.routing.Route;
import io.cobrowse.sticky.routing.Router;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.eclipse.jetty.ee11.servlet.ServletContextRequest;
import org.eclipse.jetty.http.HttpException;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.HttpStatus;
import org.eclipse.jetty.http.HttpVersion;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.io.EofException;
import org.eclipse.jetty.io.RetainableByteBuffer;
import org.eclipse.jetty.server.HttpStream;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One request on its way to a node and its response on the way back: which node is tried when, and what the client is told
 * when none answers (R10, R18, R19, R22).
 *
 * <p>Ends exactly once: with the response complete, with an answer of our own, or with the client gone. Whoever ends it first
 * wins, whatever else happens at the same time.
 */
public final class ProxyExchange {
    private static final Logger LOG = LoggerFactory.getLogger(ProxyExchange.class);

    private static final int MAX_TRIES = 3;
    /** A request that waits longer than this for its answer counts as a parked poll. */
    private static final long PARKED_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final Upstreams upstreams;
    private final Router router;
    private final RoutingAnswers answers;
    private final HttpServletRequest servletRequest;
    private final HttpServletResponse servletResponse;
    private final ServletContextRequest context;
    private final Request request;
    private final Response response;
    private final RequestBody body;
    private final AtomicBoolean ended = new AtomicBoolean();
    private final @Nullable WebSocketHandshake handshake;
    private final @Nullable WatchedEndPoint watched;
    private final long beginNanos = System.nanoTime();
    private final Route firstRoute;
    private volatile long connectedNanos = -1;
    private volatile long firstByteNanos = -1;
    private int retries;
    private Outcome.End reason = Outcome.End.REFUSED;

    private volatile Route route;
    private volatile Node node;
    private volatile @Nullable UpstreamConnection connection;
    private volatile @Nullable RequestPump requestPump;
    private NodePlaces.@Nullable Place place; // Guarded by this.
    private List<Node> tried = List.of();
    private boolean triedTwice;
    private boolean lostOnce;
    private @Nullable HttpFields trailers;

    /**
     * Prepares an exchange; {@link #start} makes its request asynchronous.
     *
     * @param route where the request goes; its node's count is the exchange's to end
     */
    public ProxyExchange(
            Upstreams upstreams,
            Router router,
            RoutingAnswers answers,
            Route route,
            HttpServletRequest servletRequest,
            HttpServletResponse servletResponse) {
        this.upstreams = upstreams;
        this.router = router;
        this.answers = answers;
        this.route = route;
        this.firstRoute = route;
        this.node = Objects.requireNonNull(route.node(), "a forwarded route has a node");
        this.servletRequest = servletRequest;
        this.servletResponse = servletResponse;
        this.context = ServletContextRequest.getServletContextRequest(servletRequest);
        this.request = context.getWrapped();
        this.body = new RequestBody(request);
        this.response = context.getServletContextResponse().getWrapped();
        this.handshake = UpgradeRequest.isWebSocket(request) ? WebSocketHandshake.of(request) : null;
        this.watched = WatchedEndPoint.of(
                request.getConnectionMetaData().getConnection().getEndPoint());
    }

    /** Starts the exchange. Never blocks. */
    public void start() {
        boolean http2 = request.getConnectionMetaData().getHttpVersion() == HttpVersion.HTTP_2;
        WatchedEndPoint endPoint = http2 ? null : watched;
        // Before startAsync adds its own, which would log every failure as unhandled if it came first.
        request.addFailureListener(this::bodyFailed);
        request.setAttribute(Outcome.TOLD, true);
        servletRequest.startAsync().setTimeout(0);
        if (!readFraming()) {
            return;
        }
        if (endPoint != null) {
            endPoint.watch(this::clientGone);
        }
        upstreams.retries().request();
        enter();
    }

    /** Gets a place at the node, and with it a connection. */
    private void enter() {
        NodePlaces places = upstreams.places(node);
        if (places == null) {
            admitted();
            return;
        }
        NodePlaces.Place entered = places.enter(this);
        if (entered == null) {
            turnedAway();
        } else if (!hold(entered)) {
            entered.leave();
        } else if (entered.atOnce()) {
            admitted();
        }
    }

    private synchronized boolean hold(NodePlaces.Place entered) {
        if (ended.get()) {
            return false;
        }
        place = entered;
        return true;
    }

    /** Finds out whether there is a body and how long it is; false when it cannot be read. */
    private boolean readFraming() {
        if (handshake != null) {
            return true;
        }
        Throwable failure = body.open();
        if (failure != null) {
            bodyFailed(failure);
        }
        return failure == null;
    }

    /** Returns whether the client's stalling is ours to watch; HTTP/1.1's connections have a timer for it. */
    boolean http2() {
        return request.getConnectionMetaData().getHttpVersion() == HttpVersion.HTTP_2;
    }

    Request request() {
        return request;
    }

    RequestHead.Framing framing() {
        return body.framing();
    }

    long contentLength() {
        return body.contentLength();
    }

    boolean expectsContinue() {
        return body.expectsContinue();
    }

    RetainableByteBuffer encodeHead() {
        return RequestHead.encode(
                upstreams.buffers(),
                request,
                body.framing(),
                handshake,
                upstreams.pool(node).authority());
    }

    /** Returns the next piece of the body, null when there is none yet. */
    Content.@Nullable Chunk readBody() {
        return body.read();
    }

    /** Returns whether the request goes to this node; another object may stand for the same one after a reload. */
    boolean isTo(Node other) {
        return node.sameAs(other);
    }

    // What happens on the node's side.

    /** The node has a place for the request. */
    void admitted() {
        upstreams.pool(node).acquire(this);
    }

    /** The node has no place for the request, and those who wait for one are too many, or have waited for too long. */
    void turnedAway() {
        if (route.affinity() == Affinity.NONE) {
            become(router.noNode(route));
        } else {
            answer(() -> {
                servletResponse.setHeader("Retry-After", "1");
                ForwardingProblems.nodeBusy(node).send(servletResponse);
            });
        }
    }

    void connected(UpstreamConnection connected) {
        connection = connected;
        connectedNanos = System.nanoTime() - beginNanos;
        if (ended.get()) {
            connected.abort(this, new EofException("The client went away"));
        } else if (lostOnce && !repeatable()) {
            // The node lives, but may have acted on the request.
            fail(ForwardingProblems.upstreamFailed(node));
        } else {
            RequestPump pump = new RequestPump(this, connected);
            requestPump = pump;
            connected.send(pump);
        }
    }

    /** No connection to the node can be had: R19. */
    void connectFailed(Throwable cause) {
        LOG.debug("Connecting to {} failed", node, cause);
        boolean evicted = cause instanceof NodeUnavailableException;
        if (!evicted && !(cause instanceof RejectedExecutionException)) {
            upstreams.observer().failed(node, cause);
        }
        if (ended.get()) {
            return;
        }
        reason = Outcome.End.UPSTREAM_FAILED;
        if (lostOnce || (evicted && route.affinity() != Affinity.NONE)) {
            nodeGone();
        } else if (route.affinity() == Affinity.NONE) {
            tried = new ArrayList<>(tried);
            tried.add(node);
            boolean again = tried.size() < MAX_TRIES && upstreams.retries().tryRetry();
            become(again ? router.another(route, tried) : router.noNode(route));
        } else if (!triedTwice && upstreams.retries().tryRetry()) {
            triedTwice = true;
            retries++;
            upstreams.pool(node).connect(this);
        } else {
            become(unavailable());
        }
    }

    private Route unavailable() {
        return router.unavailable(
                route,
                servletRequest.getMethod(),
                servletRequest.getRequestURI(),
                StickinessFilter.kind(servletRequest));
    }

    /** The node is gone: R10, but for a request that another node would get without its body. */
    private void nodeGone() {
        Route next = unavailable();
        if (next.outcome() == Route.Outcome.FORWARD && !repeatable()) {
            fail(ForwardingProblems.upstreamFailed(node));
        } else {
            become(next);
        }
    }

    /** Goes on by another route: to its node, or to its answer. */
    private void become(Route next) {
        Node target = next.node();
        if (next.outcome() != Route.Outcome.FORWARD || target == null) {
            route = next;
            answer(() -> answers.send(next, servletResponse));
            return;
        }
        if (moveTo(target)) {
            route = next;
            retries++;
            lostOnce = false;
            answers.expose(next, servletResponse);
            enter();
        }
    }

    private boolean moveTo(Node target) {
        NodePlaces.Place left;
        synchronized (this) {
            if (ended.get()) {
                return false;
            }
            node.end();
            target.begin();
            node = target;
            left = place;
            place = null;
        }
        if (left != null) {
            left.leave();
        }
        return true;
    }

    void interim(ResponseHead head) {
        boolean forward = head.status() != HttpStatus.CONTINUE_100 || body.expectsContinue();
        if (forward && request.getConnectionMetaData().getHttpVersion().getVersion() >= 11) {
            // Where it cannot be written, the final response will tell.
            CompletableFuture<Void> unused = response.writeInterim(head.status(), head.copy());
        }
    }

    /**
     * Sets the head of the response.
     *
     * @return whether the last content may go out with it; not so where Jetty would then state a length that the node did not
     */
    boolean commit(ResponseHead head, boolean last) {
        upstreams.observer().answered(node, head.status());
        firstByteNanos = System.nanoTime() - beginNanos;
        HttpFields.Mutable fields = response.getHeaders();
        response.setStatus(head.status());
        head.copyTo(fields);
        if (!head.hasContentLength()) {
            response.setTrailersSupplier(() -> trailers);
            return !head.bodyless("HEAD".equals(request.getMethod()));
        }
        return true;
    }

    void write(ByteBuffer content, Callback callback) {
        response.write(false, content, callback);
    }

    /**
     * Writes the end of the response, with which the exchange ends.
     *
     * @param buffer what {@code content} is part of, to be released; null for none
     * @param trailers the trailers; null for none
     */
    void writeLast(ByteBuffer content, @Nullable RetainableByteBuffer buffer, @Nullable HttpFields trailers) {
        this.trailers = trailers;
        response.write(true, content, new LastWrite(buffer));
    }

    private final class LastWrite implements Callback {
        private final @Nullable RetainableByteBuffer buffer;

        private LastWrite(@Nullable RetainableByteBuffer buffer) {
            this.buffer = buffer;
        }

        @Override
        public void succeeded() {
            release();
            if (end()) {
                tell(Outcome.End.OK, false, false);
                afterReading(() -> servletRequest.getAsyncContext().complete());
            }
        }

        @Override
        public void failed(Throwable cause) {
            release();
            clientFailed(cause);
        }

        private void release() {
            if (buffer != null) {
                buffer.release();
            }
        }

        @Override
        public InvocationType getInvocationType() {
            return InvocationType.NON_BLOCKING;
        }
    }

    /**
     * The node has switched to the WebSocket protocol: both end points become a tunnel, and the exchange ends.
     *
     * @param upstream the node's end point
     * @param early what the node sent behind its answer
     * @return whether it has; otherwise the caller still owns the node's end point
     */
    boolean upgraded(ResponseHead head, EndPoint upstream, ByteBuffer early) {
        WebSocketHandshake asked = handshake;
        EndPoint client = UpgradeRequest.endPoint(request);
        if (asked == null || client == null || !asked.accepts(head.fields())) {
            fail(ForwardingProblems.upstreamFailed(node));
            return false;
        }
        NodePlaces.Place kept = takePlace();
        Tunnel tunnel = upstreams.tunnels().open(node, client, upstream, () -> {
            if (kept != null) {
                kept.leave();
            }
            tell(Outcome.End.OK, true, true);
        });
        if (!end()) {
            tunnel.close();
            return true;
        }
        asked.answer(head, response);
        firstByteNanos = System.nanoTime() - beginNanos;
        tell(Outcome.End.OK, true, false);
        request.setAttribute(HttpStream.UPGRADE_CONNECTION_ATTRIBUTE, tunnel.client());
        tunnel.takeUpstream(early);
        request.addHttpStreamWrapper(stream -> new HandingOver(stream, tunnel));
        servletRequest.getAsyncContext().complete();
        return true;
    }

    /**
     * The node's connection broke, or timed out, before the response was complete.
     *
     * @param started whether the node had begun to answer
     * @param sent what had been sent, null when nothing had
     */
    void upstreamFailed(Throwable cause, boolean started, @Nullable RequestPump sent) {
        LOG.debug("{} failed", node, cause);
        UpstreamConnection lost = connection;
        // Not a sick node's doing, and so not for the budget: it closed a connection that it had kept for long enough.
        boolean stale = lost != null && lost.isUsed() && cause instanceof EOFException;
        connection = null;
        boolean evicted = cause instanceof NodeUnavailableException;
        if (!started && isFailureOfNode(cause)) {
            upstreams.observer().failed(node, cause);
        } else if (!started && cause instanceof TimeoutException) {
            upstreams.observer().timedOut(node);
        }
        if (ended.get()) {
            return;
        }
        reason = cause instanceof TimeoutException ? Outcome.End.UPSTREAM_TIMEOUT : Outcome.End.UPSTREAM_FAILED;
        if (response.isCommitted()) {
            abort(cause);
        } else if (evicted) {
            nodeGone();
        } else if (cause instanceof TimeoutException) {
            fail(ForwardingProblems.upstreamTimeout(node));
        } else if (!started && !lostOnce && (parked(sent) || mayRepeat(stale))) {
            // A request that cannot be repeated is not: connecting only tells a broken connection from a dead node.
            lostOnce = true;
            retries++;
            upstreams.pool(node).connect(this);
        } else {
            fail(ForwardingProblems.upstreamFailed(node));
        }
    }

    private boolean mayRepeat(boolean stale) {
        return repeatable() && (stale || upstreams.retries().tryRetry());
    }

    /** An end may be that of a connection that was kept too long, and a time-out that of a poll. */
    private static boolean isFailureOfNode(Throwable cause) {
        return !(cause instanceof EOFException
                || cause instanceof TimeoutException
                || cause instanceof NodeUnavailableException);
    }

    private boolean repeatable() {
        return body.framing() == RequestHead.Framing.NONE
                && switch (request.getMethod()) {
                    case "GET", "HEAD", "OPTIONS", "CONNECT" -> true;
                    default -> false;
                };
    }

    /** Returns whether the client has been waiting for an answer that is meant to take long, a CometD poll's above all. */
    boolean parked(@Nullable RequestPump sent) {
        return sent != null
                && sent.done()
                && (System.nanoTime() - beginNanos > PARKED_NANOS
                        || request.getHttpURI().getPath().endsWith("/connect"));
    }

    // What happens on the client's side.

    /** The body cannot be read to its end, or the client is gone. */
    void bodyFailed(Throwable cause) {
        if (response.isCommitted()) {
            abort(cause);
        } else if (cause instanceof TimeoutException) {
            fail(ForwardingProblems.requestTimeout());
        } else if (cause instanceof HttpException http) {
            fail(ForwardingProblems.malformedBody(http.getCode()));
        } else {
            abort(cause);
        }
    }

    /** The response cannot be written to the client. */
    void clientFailed(Throwable cause) {
        abort(cause);
    }

    /** The request cannot be sent, through no fault of the node or the client. */
    void broken(Throwable cause) {
        LOG.error("A request to {} cannot be sent", node, cause);
        if (response.isCommitted()) {
            abort(cause);
        } else {
            fail(ForwardingProblems.internalError());
        }
    }

    private void clientGone() {
        abort(new EofException("The client went away"));
    }

    /** Ends the exchange without an answer: the client's connection, or its HTTP/2 stream, is closed. */
    private void abort(Throwable cause) {
        if (end()) {
            closeUpstream(cause);
            tell(reason == Outcome.End.REFUSED ? Outcome.End.CLIENT_GONE : reason, false, false);
            afterReading(() -> context.getServletChannel().abort(new Request.Handler.AbortException(cause)));
        }
    }

    private void fail(ProblemDocument problem) {
        answer(() -> problem.send(servletResponse));
    }

    private void answer(Answer answer) {
        if (end()) {
            closeUpstream(new IOException("The exchange ended"));
            afterReading(() -> complete(answer));
        }
    }

    private void complete(Answer answer) {
        try {
            answer.send();
            tell(reason, false, false);
            servletRequest.getAsyncContext().complete();
        } catch (IOException | RuntimeException failure) {
            LOG.debug("Answering failed", failure);
            context.getServletChannel().abort(failure);
        }
    }

    /** Hands the request back to Jetty, whose connection is not to be read by two threads, as soon as we do not any more. */
    private void afterReading(Runnable handBack) {
        RequestPump pump = requestPump;
        if (pump == null) {
            handBack.run();
        } else {
            pump.whenStopped(handBack);
        }
    }

    private void tell(Outcome.End end, boolean tunnel, boolean tunnelClosed) {
        upstreams
                .outcomes()
                .ended(new ExchangeOutcome(
                        request,
                        end == Outcome.End.CLIENT_GONE && !response.isCommitted() ? 0 : response.getStatus(),
                        route,
                        firstRoute,
                        end,
                        firstByteNanos < 0 ? null : response.getHeaders(),
                        retries,
                        Request.getTimeStamp(request),
                        -1,
                        connectedNanos,
                        firstByteNanos,
                        System.nanoTime() - beginNanos,
                        Math.max(0, body.contentLength()),
                        Response.getContentBytesWritten(response),
                        tunnel,
                        tunnelClosed));
    }

    private boolean end() {
        synchronized (this) {
            if (!ended.compareAndSet(false, true)) {
                return false;
            }
            node.end();
        }
        NodePlaces.Place left = takePlace();
        if (left != null) {
            left.leave();
        }
        WatchedEndPoint endPoint = watched;
        if (endPoint != null) {
            endPoint.unwatch();
        }
        return true;
    }

    private synchronized NodePlaces.@Nullable Place takePlace() {
        NodePlaces.Place taken = place;
        place = null;
        return taken;
    }

    private void closeUpstream(Throwable cause) {
        UpstreamConnection current = connection;
        if (current != null) {
            current.abort(this, cause);
        }
        body.release();
    }

    @FunctionalInterface
    private interface Answer {
        void send() throws IOException;
    }
}
