package io.cobrowse.sticky.routing;

/** Every route to one node, built once, so that a decision allocates nothing. Immutable. */
final class Routes {
    /** How a request names its node. */
    enum Naming {
        /** The query parameter names it; the cookie does not. */
        URL(0, Affinity.URL, false),
        /** Query parameter and cookie both name it. */
        URL_AND_COOKIE(1, Affinity.URL, true),
        COOKIE(2, Affinity.COOKIE, true),
        HEADER(3, Affinity.HEADER, false);

        /** How many there are. */
        static final int COUNT = values().length;

        /** Where its route stands among those of a node. */
        final int place;

        final Affinity affinity;
        final boolean byCookie;

        Naming(int place, Affinity affinity, boolean byCookie) {
            this.place = place;
            this.affinity = affinity;
            this.byCookie = byCookie;
        }
    }

    /** The balancer, or the rendezvous hash, chose the node. */
    final Route balanced;

    private final Route[] named = new Route[Naming.COUNT];

    Routes(Node node) {
        balanced = Route.to(node, Affinity.NONE, false);
        for (Naming naming : Naming.values()) {
            named[naming.place] = Route.to(node, naming.affinity, naming.byCookie);
        }
    }

    /** Returns the route of a request that names the node so. */
    Route named(Naming naming) {
        return named[naming.place];
    }

    /** Puts the routes of requests that name the node into an array, at the {@link Naming}'s places. */
    void copyNamed(Route[] routes, int from) {
        System.arraycopy(named, 0, routes, from, named.length);
    }
}
