package io.cobrowse.sticky.routing;

/** Every route to one node, built once, so that a decision allocates nothing. Immutable. */
final class Routes {
    /** The query parameter names the node; the cookie does not. */
    final Route url;
    /** Query parameter and cookie both name the node. */
    final Route urlAndCookie;

    final Route cookie;
    final Route header;
    /** The balancer, or the rendezvous hash, chose the node. */
    final Route balanced;

    Routes(Node node) {
        url = Route.to(node, Affinity.URL, false);
        urlAndCookie = Route.to(node, Affinity.URL, true);
        cookie = Route.to(node, Affinity.COOKIE, true);
        header = Route.to(node, Affinity.HEADER, false);
        balanced = Route.to(node, Affinity.NONE, false);
    }
}
