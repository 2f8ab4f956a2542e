package io.cobrowse.sticky.proxy.observe;

import io.cobrowse.sticky.filter.StickinessFilter;
import io.cobrowse.sticky.proxy.exchange.Outcome;
import io.cobrowse.sticky.routing.Route;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.HttpMethod;
import org.eclipse.jetty.http.HttpVersion;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.NanoTime;
import org.jspecify.annotations.Nullable;

/**
 * The outcome of a request that never became an exchange: the filter, the gate, a check or Jetty's parser answered
 * it.
 */
final class RefusedOutcome implements Outcome {
    /** The target that Jetty uses for a request line that it cannot read. */
    private static final String UNREADABLE = "/badMessage";

    private static final int UNAVAILABLE = 503;

    private final Request request;
    private final Response response;
    private final @Nullable Route route;
    private final long totalNanos;

    RefusedOutcome(Request request, Response response) {
        this.request = request;
        this.response = response;
        this.route = request.getAttribute(StickinessFilter.ROUTE_ATTRIBUTE) instanceof Route known ? known : null;
        this.totalNanos = Math.max(0, NanoTime.since(request.getBeginNanoTime()));
    }

    /** Returns whether Jetty could not even read the request line, so that the contents of the request are made up. */
    static boolean isUnreadable(Request request) {
        return request.getConnectionMetaData().getHttpVersion() == HttpVersion.HTTP_1_0
                && UNREADABLE.equals(request.getHttpURI().getPath())
                && request.getHeaders().size() == 0;
    }

    @Override
    public Request request() {
        return request;
    }

    @Override
    public int status() {
        return response.getStatus();
    }

    @Override
    public @Nullable Route route() {
        return route;
    }

    @Override
    public @Nullable Route firstRoute() {
        return route;
    }

    @Override
    public End end() {
        if (status() == UNAVAILABLE && route == null) {
            return End.SHUTDOWN;
        }
        return status() >= 500 && status() != UNAVAILABLE ? End.INTERNAL_ERROR : End.REFUSED;
    }

    @Override
    public @Nullable HttpFields answerFields() {
        return null;
    }

    @Override
    public int retries() {
        return 0;
    }

    @Override
    public long endMillis() {
        return System.currentTimeMillis();
    }

    @Override
    public long queueNanos() {
        return -1;
    }

    @Override
    public long connectedNanos() {
        return -1;
    }

    @Override
    public long firstByteNanos() {
        return -1;
    }

    @Override
    public long totalNanos() {
        return totalNanos;
    }

    @Override
    public long requestBytes() {
        return 0;
    }

    @Override
    public long responseBytes() {
        // Jetty counts what is written as the body of an answer to HEAD, although none of it is sent.
        return HttpMethod.HEAD.is(request.getMethod()) ? 0 : Response.getContentBytesWritten(response);
    }

    @Override
    public boolean tunnel() {
        return false;
    }

    @Override
    public boolean tunnelClosed() {
        return false;
    }
}
