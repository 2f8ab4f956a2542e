package io.cobrowse.sticky.proxy.exchange;

import io.cobrowse.sticky.filter.StickinessFilter;
import io.cobrowse.sticky.proxy.io.WatchedEndPoint;
import io.cobrowse.sticky.proxy.listener.ClientConnection;
import io.cobrowse.sticky.proxy.listener.UpgradeRequest;
import io.cobrowse.sticky.proxy.message.RequestHead;
import io.cobrowse.sticky.proxy.message.ResponseHead;
import io.cobrowse.sticky.proxy.message.SetCookieRules;
import io.cobrowse.sticky.proxy.message.WebSocketHandshake;
import io.cobrowse.sticky.proxy.tunnel.Tunnel;
import io.cobrowse.sticky.routing.Route;
import io.cobrowse.sticky.routing.Router;
import jakarta.servlet.AsyncContext;
import jakarta.servlet.ServletRequestWrapper;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.eclipse.jetty.ee11.servlet.ServletContextRequest;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.HttpStatus;
import org.eclipse.jetty.http.HttpVersion;
import org.eclipse.jetty.http2.HTTP2Connection;
import org.eclipse.jetty.http2.HTTP2Stream;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.server.HttpStream;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.BufferUtil;
import org.eclipse.jetty.util.Callback;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The client's side of an exchange: its request, the answer sent to it, and its disconnection. */
final class ClientSide {
    private static final Logger LOG = LoggerFactory.getLogger(ClientSide.class);

    private final HttpServletRequest servletRequest;
    private final HttpServletResponse servletResponse;
    private final ServletContextRequest context;
    private final Request request;
    private final Response response;
    private final RequestBody body;
    private final boolean http2;
    private final @Nullable WebSocketHandshake handshake;
    private final @Nullable WatchedEndPoint watched;
    private final SetCookieRules cookies;
    private @Nullable HttpFields trailers;

    /** An answer of the proxy itself. */
    @FunctionalInterface
    interface Answer {
        void send(HttpServletRequest request, HttpServletResponse response) throws IOException;
    }

    ClientSide(HttpServletRequest servletRequest, HttpServletResponse servletResponse, SetCookieRules cookies) {
        this.cookies = cookies;
        this.servletRequest = servletRequest;
        this.servletResponse = servletResponse;
        this.context = ServletContextRequest.getServletContextRequest(servletRequest);
        this.request = context.getWrapped();
        this.response = context.getServletContextResponse().getWrapped();
        this.body = new RequestBody(request);
        this.http2 = request.getConnectionMetaData().getHttpVersion() == HttpVersion.HTTP_2;
        this.handshake = UpgradeRequest.isWebSocket(request) ? WebSocketHandshake.of(request) : null;
        this.watched = http2 ? null : WatchedEndPoint.of(endPoint());
    }

    EndPoint endPoint() {
        return request.getConnectionMetaData().getConnection().getEndPoint();
    }

    Request request() {
        return request;
    }

    RequestBody body() {
        return body;
    }

    /** Returns the WebSocket that the request asks for; null if it asks for none. */
    @Nullable
    WebSocketHandshake handshake() {
        return handshake;
    }

    /** Returns whether the exchange has to notice a stalling client; HTTP/1.1 connections have a timer for that. */
    boolean http2() {
        return http2;
    }

    /**
     * Makes the request asynchronous. The listener is called for failures, on the thread on which Jetty detects them.
     */
    void startAsync(Consumer<Throwable> onFailure) {
        // Before startAsync adds its own listener, which would log every failure as unhandled if it came first.
        request.addFailureListener(onFailure);
        asyncContext().setTimeout(0);
        request.setAttribute(Outcome.TOLD, true);
    }

    /** Jetty parses the path of an HTTP request as a URL again; behind a leading {@code //} it expects a host, and may fail. */
    private AsyncContext asyncContext() {
        return servletRequest.getRequestURI().startsWith("//")
                ? servletRequest.startAsync(new ServletRequestWrapper(servletRequest), servletResponse)
                : servletRequest.startAsync();
    }

    /** Finds out whether there is a body and how long it is; returns the reason if it cannot be read, or null. */
    @Nullable
    Throwable openBody() {
        return handshake == null ? body.open() : null;
    }

    void watch(WatchedEndPoint.Watcher watcher) {
        if (watched != null) {
            watched.watch(watcher);
        }
    }

    void unwatch() {
        if (watched != null) {
            watched.unwatch();
        }
    }

    /**
     * Returns whether the HTTP/2 stream is gone although nobody was notified: Jetty resets some streams itself, such as
     * one whose body does not have the declared length.
     */
    boolean isStreamGone() {
        if (!http2 || !(request.getConnectionMetaData().getConnection() instanceof HTTP2Connection connection)) {
            return false;
        }
        HTTP2Stream stream = connection.getSession().getStream(Integer.parseInt(request.getId()));
        return stream == null || stream.isResetOrFailed();
    }

    /** Returns whether the request may be sent twice. */
    boolean repeatable() {
        return body.framing() == RequestHead.Framing.NONE
                && switch (request.getMethod()) {
                    case "GET", "HEAD", "OPTIONS", "CONNECT" -> true;
                    default -> false;
                };
    }

    /** Returns whether this is a request whose answer takes long on purpose. */
    boolean isPoll() {
        return request.getHttpURI().getPath().endsWith("/connect");
    }

    boolean isHead() {
        return "HEAD".equals(request.getMethod());
    }

    boolean isCommitted() {
        return response.isCommitted();
    }

    int status() {
        return response.getStatus();
    }

    HttpFields responseFields() {
        return ClientConnection.indexed(response.getHeaders());
    }

    HttpServletResponse servletResponse() {
        return servletResponse;
    }

    /** Returns the new route of the request if its node turns out to be gone (R10, R23, R24). */
    Route unavailable(Router router, Route route) {
        return router.unavailable(
                route,
                servletRequest.getMethod(),
                servletRequest.getRequestURI(),
                StickinessFilter.kind(servletRequest));
    }

    /** Passes on a 1xx response, if the client can read one. */
    void interim(ResponseHead head) {
        boolean forward = head.status() != HttpStatus.CONTINUE_100 || body.expectsContinue();
        if (forward && request.getConnectionMetaData().getHttpVersion().getVersion() >= 11) {
            // If it cannot be written, the final response will fail too.
            CompletableFuture<Void> unused = response.writeInterim(head.status(), head.copy(cookies));
        }
    }

    /**
     * Sets the head of the response.
     *
     * @return whether the last content may be sent together with it; false if Jetty would then add a length that the
     *     node did not state
     */
    boolean commit(ResponseHead head) {
        response.setStatus(head.status());
        head.copyTo(response.getHeaders(), cookies);
        if (head.hasContentLength()) {
            return true;
        }
        response.setTrailersSupplier(() -> trailers);
        return !head.bodyless(isHead());
    }

    void write(ByteBuffer content, Callback callback) {
        write(false, content, callback);
    }

    void writeLast(ByteBuffer content, @Nullable HttpFields trailers, Callback callback) {
        this.trailers = trailers;
        write(true, content, callback);
    }

    /** Answers of the proxy's own are not deferred, since servlets wait for what they write. */
    private void write(boolean last, ByteBuffer content, Callback callback) {
        WatchedEndPoint socket = watched;
        if (socket == null) {
            response.write(last, content, callback);
            return;
        }
        socket.deferWrites(true);
        try {
            response.write(last, content, callback);
        } finally {
            socket.deferWrites(false);
        }
    }

    /** Completes the response. */
    void complete() {
        servletRequest.getAsyncContext().complete();
    }

    /**
     * Ends the request with an answer of the proxy itself.
     *
     * @param answered runs after that is sent, while request and response can still be read
     */
    void answer(Answer answer, Runnable answered) {
        body.release();
        try {
            answer.send(servletRequest, servletResponse);
        } catch (IOException | RuntimeException failure) {
            LOG.debug("Answering failed", failure);
            answered.run();
            Abort.now(context.getServletChannel(), failure);
            return;
        }
        answered.run();
        complete();
    }

    /** Ends the request without an answer: the client's connection, or its HTTP/2 stream, is closed. */
    void abort(Throwable cause) {
        body.release();
        Abort.now(context.getServletChannel(), new Request.Handler.AbortException(cause));
    }

    /** Returns the client's end of a tunnel; null if the container cannot hand it over. */
    @Nullable
    EndPoint tunnelEnd() {
        return UpgradeRequest.endPoint(request);
    }

    /**
     * Answers that the protocol is switched; when the answer is written, the client's end point becomes the tunnel's.
     */
    void upgrade(WebSocketHandshake asked, ResponseHead head, Tunnel tunnel) {
        asked.answer(head, cookies, response);
        request.setAttribute(HttpStream.UPGRADE_CONNECTION_ATTRIBUTE, tunnel.client());
        request.addHttpStreamWrapper(stream -> new HandingOver(stream, tunnel));
        complete();
    }

    static ByteBuffer orEmpty(@Nullable ByteBuffer buffer) {
        return buffer == null ? BufferUtil.EMPTY_BUFFER : buffer;
    }
}
