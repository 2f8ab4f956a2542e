package io.cobrowse.sticky.proxy.exchange;

import io.cobrowse.sticky.proxy.exchange.State.Exchanging;
import io.cobrowse.sticky.proxy.tunnel.Tunnel;
import io.cobrowse.sticky.routing.Route;
import java.nio.ByteBuffer;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.HttpStatus;
import org.eclipse.jetty.server.Request;
import org.jspecify.annotations.Nullable;

/** The outcome of an exchange so far; reported when it has ended. Belongs to the exchange's loop. */
final class ExchangeOutcome implements Outcome {
    private final ClientSide client;
    private final Request request;
    private final Route firstRoute;
    private final long beginNanos = System.nanoTime();
    private Route route;
    private End end = End.OK;
    private boolean answered;
    private int retries;
    private long queueNanos;
    private long connectedNanos = -1;
    private long firstByteNanos = -1;
    private long totalNanos = -1;
    private long requestBytes;
    private long responseBytes;
    private boolean tunnel;
    private boolean tunnelClosed;
    // Null unless the bodies are to be kept.
    private final @Nullable BodyStart requestBody;
    private final @Nullable BodyStart answerBody;

    ExchangeOutcome(ClientSide client, Route route, boolean keepsBodies) {
        this.client = client;
        this.request = client.request();
        this.firstRoute = route;
        this.route = route;
        this.requestBody = keepsBodies ? new BodyStart() : null;
        this.answerBody = keepsBodies ? new BodyStart() : null;
    }

    /** Notes a piece of the request's body that is about to be sent to the node. */
    void requestBody(ByteBuffer content) {
        if (requestBody != null) {
            requestBody.add(content);
        }
    }

    /** Notes a piece of the answer's body that is about to be sent to the client. */
    void answerBody(ByteBuffer content) {
        if (answerBody != null) {
            answerBody.add(content);
        }
    }

    long ageNanos() {
        return System.nanoTime() - beginNanos;
    }

    void queued(long nanos) {
        queueNanos = nanos;
    }

    void connected() {
        connectedNanos = ageNanos();
    }

    boolean wasConnected() {
        return connectedNanos >= 0;
    }

    void retried() {
        retries++;
    }

    void routed(Route next) {
        route = next;
        connectedNanos = -1;
    }

    /** Notes that the node's answer has begun. */
    void answered() {
        answered = true;
        firstByteNanos = ageNanos();
    }

    void bytes(Exchanging exchanging) {
        requestBytes = exchanging.request.bodyBytes();
        responseBytes = exchanging.response.bodyBytes();
    }

    void ended(End why) {
        end = why;
        totalNanos = ageNanos();
    }

    void tunnelOpened() {
        tunnel = true;
        totalNanos = ageNanos();
    }

    void tunnelClosed(Tunnel closed) {
        tunnelClosed = true;
        totalNanos = ageNanos();
        requestBytes = closed.bytesFromClient();
        responseBytes = closed.bytesToClient();
    }

    @Override
    public Request request() {
        return request;
    }

    @Override
    public int status() {
        return tunnel ? HttpStatus.SWITCHING_PROTOCOLS_101 : client.isCommitted() ? client.status() : 0;
    }

    @Override
    public Route route() {
        return route;
    }

    @Override
    public Route firstRoute() {
        return firstRoute;
    }

    @Override
    public End end() {
        return end;
    }

    @Override
    public @Nullable HttpFields answerFields() {
        return answered && !tunnel ? client.responseFields() : null;
    }

    @Override
    public @Nullable String requestBodyStart() {
        return requestBody == null ? null : requestBody.text();
    }

    @Override
    public @Nullable String answerBodyStart() {
        return answerBody == null ? null : answerBody.text();
    }

    @Override
    public int retries() {
        return retries;
    }

    @Override
    public long endMillis() {
        return System.currentTimeMillis();
    }

    @Override
    public long queueNanos() {
        return queueNanos;
    }

    @Override
    public long connectedNanos() {
        return connectedNanos;
    }

    @Override
    public long firstByteNanos() {
        return firstByteNanos;
    }

    @Override
    public long totalNanos() {
        return totalNanos;
    }

    @Override
    public long requestBytes() {
        return requestBytes;
    }

    @Override
    public long responseBytes() {
        return responseBytes;
    }

    @Override
    public boolean tunnel() {
        return tunnel;
    }

    @Override
    public boolean tunnelClosed() {
        return tunnelClosed;
    }
}
