package io.cobrowse.sticky.proxy.listener;

import io.cobrowse.sticky.filter.ProblemDocument;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpURI;
import org.eclipse.jetty.http.HttpVersion;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The first to see a request: turns away what no listener serves, and everything once the proxy is stopping; counts what it
 * lets in, so that stopping can wait for it. Thread-safe.
 */
public final class Gate extends Handler.Wrapper {
    private static final Logger LOG = LoggerFactory.getLogger(Gate.class);
    private static final ProblemDocument STOPPING = new ProblemDocument(
            "stopping", "Stopping", 503, "This proxy is being stopped. Connect anew to reach another one.", null);
    private static final ProblemDocument NOT_ALLOWED =
            new ProblemDocument("not-found", "Not found", 404, "This listener does not serve this path.", null);
    private static final ProblemDocument DOUBTFUL = new ProblemDocument(
            "bad-request",
            "Bad request",
            400,
            "Servers read this path in different ways, and this listener serves some paths only. Not served are segments that"
                    + " are empty, '.' or '..', a backslash, a ';' before a slash, and encoded / \\ . % ; ? #.",
            null);
    private final AtomicInteger inFlight = new AtomicInteger();
    private final CountDownLatch empty = new CountDownLatch(1);
    private volatile boolean closed;

    @Override
    public InvocationType getInvocationType() {
        return InvocationType.NON_BLOCKING;
    }

    @Override
    public boolean handle(Request request, Response response, Callback callback) {
        // Counted before the look at the flag, so that whoever sets the flag sees every request that was let in.
        inFlight.incrementAndGet();
        Callback leaving = new Leaving(callback);
        if (closed) {
            if (request.getConnectionMetaData().getHttpVersion() != HttpVersion.HTTP_2) {
                response.getHeaders().put(HttpHeader.CONNECTION, "close");
            }
            response.getHeaders().put(HttpHeader.RETRY_AFTER, "1");
            Problems.send(STOPPING, response, leaving);
            return true;
        }
        ProblemDocument problem = problem(request);
        if (problem == null) {
            serve(request, response, leaving);
        } else {
            Problems.send(problem, response, leaving);
        }
        return true;
    }

    /** Returns why the request is turned away, null where it is not. */
    private static @Nullable ProblemDocument problem(Request request) {
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

    private static boolean isPlain(Request request) {
        String path = request.getHttpURI().getPath();
        return path != null && PlainPath.is(ClientConnection.target(request), path);
    }

    /** Whatever fails below is answered here, since Jetty would complete a callback that does not count. */
    private void serve(Request request, Response response, Callback leaving) {
        try {
            if (!super.handle(servable(request), response, leaving)) {
                Response.writeError(request, response, leaving, 404);
            }
        } catch (Exception failure) {
            LOG.warn("Serving a request failed", failure);
            Response.writeError(request, response, leaving, failure);
        }
    }

    /** Contexts serve paths: the asterisk form of OPTIONS is routed as the root, and forwarded as it is. */
    private static Request servable(Request request) {
        HttpURI uri = request.getHttpURI();
        return "*".equals(uri.getPath())
                ? Request.serveAs(request, HttpURI.build(uri).path("/").asImmutable())
                : request;
    }

    /** Returns the number of requests being served. */
    public int inFlight() {
        return inFlight.get();
    }

    /** Lets no request in any more, and waits until the last one has left or the time is up; returns whether it has. */
    public boolean closeAndWait(Duration time) throws InterruptedException {
        closed = true;
        if (inFlight.get() == 0) {
            return true;
        }
        return empty.await(time.toNanos(), TimeUnit.NANOSECONDS);
    }

    private final class Leaving extends Callback.Nested {
        Leaving(Callback callback) {
            super(callback);
        }

        @Override
        public void completed() {
            if (inFlight.decrementAndGet() == 0 && closed) {
                empty.countDown();
            }
        }
    }
}
