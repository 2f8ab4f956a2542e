package io.cobrowse.sticky.proxy.listener;

import io.cobrowse.sticky.filter.ProblemDocument;
import io.cobrowse.sticky.proxy.config.FieldRules;
import java.net.InetAddress;
import java.time.Duration;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpStatus;
import org.eclipse.jetty.http.HttpURI;
import org.eclipse.jetty.http.HttpVersion;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.BufferUtil;
import org.eclipse.jetty.util.Callback;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The first handler to see a request. Refuses requests that no listener serves, and all requests once the proxy is
 * stopping. Counts the requests it admits, so that stopping can wait for them. Thread-safe.
 */
public final class Gate extends Handler.Wrapper {
    private static final Logger LOG = LoggerFactory.getLogger(Gate.class);
    private static final ProblemDocument STOPPING = new ProblemDocument(
            "stopping", "Stopping", 503, "This proxy is being stopped. Connect anew to reach another one.", null);
    private static final ProblemDocument NOT_ALLOWED =
            new ProblemDocument("not-found", "Not found", 404, "This listener does not serve this path.", null);
    private static final ProblemDocument TOO_MANY = new ProblemDocument(
            "too-many-requests", "Too many requests", 429, "This client sends too many requests a second.", null);
    private static final ProblemDocument NO_HOST = new ProblemDocument(
            "bad-request", "Bad request", 400, "The request names no host, so there is none to redirect it to.", null);
    private static final int HTTPS_PORT = 443;
    private static final ProblemDocument DOUBTFUL = new ProblemDocument(
            "bad-request",
            "Bad request",
            400,
            "Servers read this path in different ways, and this listener serves some paths only. Not served are segments that"
                    + " are empty, '.' or '..', a backslash, a ';' before a slash, and encoded / \\ . % ; ? #.",
            null);
    private final InFlight inFlight = new InFlight();

    @Override
    public InvocationType getInvocationType() {
        return InvocationType.NON_BLOCKING;
    }

    @Override
    public boolean handle(Request request, Response response, Callback callback) {
        boolean admitted = inFlight.enter();
        Callback leaving = new Leaving(callback);
        FieldRules fields = ListenerConnector.policy(request).responseFields();
        if (!fields.isEmpty()) {
            request.addHttpStreamWrapper(stream -> new ResponseFields(stream, fields));
        }
        try {
            answer(admitted, request, response, leaving);
        } catch (Exception failure) {
            // Answered here, since Jetty would complete a callback that does not count.
            LOG.warn("Serving a request failed", failure);
            Response.writeError(request, response, leaving, failure);
        }
        return true;
    }

    private void answer(boolean admitted, Request request, Response response, Callback leaving) throws Exception {
        ProblemDocument problem = admitted ? problem(request) : STOPPING;
        ListenerConnector listener = ListenerConnector.of(request);
        if (problem != null) {
            refuse(problem, request, response, leaving);
        } else if (listener != null && listener.redirectToHttps() != 0) {
            redirect(listener.redirectToHttps(), request, response, leaving);
        } else if (!super.handle(servable(LimitedBody.of(request, listener)), response, leaving)) {
            Response.writeError(request, response, leaving, 404);
        }
    }

    private void refuse(ProblemDocument problem, Request request, Response response, Callback callback) {
        if (inFlight.isClosed() && request.getConnectionMetaData().getHttpVersion() != HttpVersion.HTTP_2) {
            response.getHeaders().put(HttpHeader.CONNECTION, "close");
        }
        if (problem.status() == STOPPING.status() || problem.status() == TOO_MANY.status()) {
            response.getHeaders().put(HttpHeader.RETRY_AFTER, "1");
        }
        Problems.send(problem, response, callback);
    }

    private static void redirect(int port, Request request, Response response, Callback callback) {
        String host = request.getHttpURI().getHost();
        String path = request.getHttpURI().getPathQuery();
        if (host == null || path == null || !path.startsWith("/")) {
            Problems.send(NO_HOST, response, callback);
            return;
        }
        Problems.letPagesRead(request, response.getHeaders()); // Otherwise browsers do not follow it for a page.
        response.setStatus(HttpStatus.PERMANENT_REDIRECT_308);
        response.getHeaders()
                .put(HttpHeader.LOCATION, "https://" + host + (port == HTTPS_PORT ? "" : ":" + port) + path);
        response.getHeaders().put(HttpHeader.CONTENT_LENGTH, 0);
        response.write(true, BufferUtil.EMPTY_BUFFER, callback);
    }

    /** Returns the reason why the request is refused; null if it is not. */
    private static @Nullable ProblemDocument problem(Request request) {
        if (!mayAsk(request)) {
            return TOO_MANY;
        }
        ProblemDocument problem = RequestCheck.check(request);
        if (problem != null) {
            return problem;
        }
        ListenerPolicy policy = ListenerConnector.policy(request);
        if (policy.hasPathRules() && !isPlain(request)) {
            return DOUBTFUL;
        }
        return policy.allows(request) ? null : NOT_ALLOWED;
    }

    private static boolean mayAsk(Request request) {
        ListenerConnector listener = ListenerConnector.of(request);
        int perSecond = listener == null ? 0 : listener.limits().requestsPerClient();
        if (listener == null || perSecond == 0) {
            return true;
        }
        InetAddress client = ListenerConnector.client(request);
        if (client == null
                || ListenerConnector.policy(request).trusts(client)
                || listener.clients().request(Clients.key(client), perSecond, System.nanoTime())) {
            return true;
        }
        listener.counters().limited(ListenerCounters.REQUESTS_PER_CLIENT);
        return false;
    }

    private static boolean isPlain(Request request) {
        String path = request.getHttpURI().getPath();
        return path != null && PlainPath.is(ClientConnection.target(request), path);
    }

    /**
     * Returns a request with a path for the contexts: the asterisk form of OPTIONS is routed like the root, and
     * forwarded unchanged.
     */
    private static Request servable(Request request) {
        HttpURI uri = request.getHttpURI();
        return "*".equals(uri.getPath())
                ? Request.serveAs(request, HttpURI.build(uri).path("/").asImmutable())
                : request;
    }

    /** Returns the number of requests being served. */
    public int inFlight() {
        return inFlight.count();
    }

    /**
     * Admits no more requests, and waits until the last one has ended or the time is up; returns whether the last one
     * has ended.
     */
    public boolean closeAndWait(Duration time) throws InterruptedException {
        return inFlight.closeAndWait(time);
    }

    private final class Leaving extends Callback.Nested {
        Leaving(Callback callback) {
            super(callback);
        }

        @Override
        public void completed() {
            inFlight.leave();
        }
    }
}
