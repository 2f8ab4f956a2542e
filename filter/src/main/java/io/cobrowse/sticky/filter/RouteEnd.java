package io.cobrowse.sticky.filter;

import io.cobrowse.sticky.routing.Route;
import jakarta.servlet.AsyncEvent;
import jakarta.servlet.AsyncListener;
import jakarta.servlet.http.HttpServletRequest;

/**
 * Ends the request that the filter has begun at its node, exactly once. Only the one that takes the route out of the
 * request may end it, and only one can take it.
 */
final class RouteEnd implements AsyncListener {
    private final HttpServletRequest request;

    private RouteEnd(HttpServletRequest request) {
        this.request = request;
    }

    /** Ends the request when it is complete: now, or with its asynchronous processing. */
    static void whenComplete(HttpServletRequest request) {
        if (request.getAttribute(StickinessFilter.ROUTE_ATTRIBUTE) == null || !listens(request)) {
            end(request);
        }
    }

    private static boolean listens(HttpServletRequest request) {
        if (!request.isAsyncStarted()) {
            return false;
        }
        try {
            request.getAsyncContext().addListener(new RouteEnd(request));
            return true;
        } catch (IllegalStateException alreadyComplete) {
            return false;
        }
    }

    private static void end(HttpServletRequest request) {
        Route route = StickinessFilter.takeRoute(request);
        if (route != null && route.node() != null) {
            route.node().end();
        }
    }

    @Override
    public void onComplete(AsyncEvent event) {
        end(request);
    }

    /** Adds the listener again, since a new asynchronous cycle forgets the listeners of the previous one. */
    @Override
    public void onStartAsync(AsyncEvent event) {
        event.getAsyncContext().addListener(this);
    }

    @Override
    public void onTimeout(AsyncEvent event) {}

    @Override
    public void onError(AsyncEvent event) {}
}
