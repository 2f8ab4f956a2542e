package io.cobrowse.sticky.routing;

import java.util.List;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;

/**
 * All routes to one node, built once, so that a decision allocates nothing. Immutable.
 *
 * <p>The way in which a request names its node is a number, its <em>naming</em>: the source that named it, and two
 * flags. The naming is the index of the request's route among those of the node, which together fill one cache line.
 */
final class Routes {
    /** Flag: a cookie names another known node. */
    static final int CONFLICT = 1;
    /** Flag: a cookie names the node, whether or not an earlier source names it too. */
    static final int BY_COOKIE = 2;

    static final int URL = 0;
    static final int REFERER = 4;
    static final int COOKIE = 8 | BY_COOKIE;
    static final int HEADER = 12;

    /** The number of places; some stay empty. */
    static final int NAMINGS = 16;

    private static final Route[] NO_NODE = balanced(Route::noNode);

    /** A list with only the node. */
    final List<Node> alone;

    private final Route[] named = new Route[NAMINGS];
    private final Route[] balanced;

    Routes(Node node) {
        alone = List.of(node);
        String none = Route.stickyRoute(node, Affinity.NONE);
        balanced = balanced((sticky, conflict) -> Route.to(node, Affinity.NONE, none, sticky, conflict, false));
        name(node, URL, Affinity.URL);
        name(node, URL | BY_COOKIE, Affinity.URL);
        name(node, REFERER, Affinity.REFERER);
        name(node, REFERER | BY_COOKIE, Affinity.REFERER);
        name(node, COOKIE, Affinity.COOKIE);
        name(node, HEADER, Affinity.HEADER);
    }

    private void name(Node node, int naming, Affinity affinity) {
        boolean byCookie = (naming & BY_COOKIE) != 0;
        String stickyRoute = Route.stickyRoute(node, affinity);
        named[naming] = Route.to(node, affinity, stickyRoute, Sticky.KEPT, false, byCookie);
        named[naming | CONFLICT] = Route.to(node, affinity, stickyRoute, Sticky.KEPT, true, byCookie);
    }

    private static Route[] balanced(BiFunction<Sticky, Boolean, Route> route) {
        Route[] routes = new Route[8];
        for (Sticky sticky : List.of(Sticky.NEW, Sticky.MOVED, Sticky.UNKNOWN, Sticky.ANY)) {
            routes[place(sticky, false)] = route.apply(sticky, false);
            routes[place(sticky, true)] = route.apply(sticky, true);
        }
        return routes;
    }

    private static int place(Sticky sticky, boolean conflict) {
        int place = switch (sticky) {
            case NEW -> 0;
            case MOVED, KEPT, NODE_DOWN -> 2; // A request that names a node but goes elsewhere.
            case UNKNOWN -> 4;
            case ANY -> 6;
        };
        return conflict ? place + CONFLICT : place;
    }

    /** Returns the route to a node that the balancer or the rendezvous hash chose; null stands for no node. */
    static Route balanced(@Nullable Node node, Sticky sticky, boolean conflict) {
        Route[] routes = node == null ? NO_NODE : node.routes().balanced;
        return routes[place(sticky, conflict)];
    }

    /** Returns the route of a request that names the node in this way. */
    Route named(int naming) {
        return named[naming];
    }

    /** Copies the routes of requests that name the node into an array, at their namings. */
    void copyNamed(Route[] routes, int from) {
        System.arraycopy(named, 0, routes, from, named.length);
    }
}
