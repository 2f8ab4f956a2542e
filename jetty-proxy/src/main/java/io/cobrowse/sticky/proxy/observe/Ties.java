package io.cobrowse.sticky.proxy.observe;

import io.cobrowse.sticky.proxy.exchange.Outcome;
import io.cobrowse.sticky.routing.Affinity;
import io.cobrowse.sticky.routing.Node;
import io.cobrowse.sticky.routing.Route;
import io.cobrowse.sticky.routing.Sticky;
import org.jspecify.annotations.Nullable;

/** What a route says of a request's tie to its node. Stateless; allocates nothing. */
final class Ties {
    private Ties() {}

    static boolean conflict(Route route) {
        return false;
    }

    /** Returns what became of a request's tie to a node; null where it was refused before it was routed. */
    static @Nullable Sticky sticky(Outcome outcome) {
        Route route = outcome.route();
        if (route == null) {
            return null;
        }
        Route first = outcome.firstRoute();
        Node node = route.node();
        return switch (route.outcome()) {
            case UNKNOWN_NODE -> Sticky.UNKNOWN;
            case NODE_DOWN -> Sticky.NODE_DOWN;
            case NO_NODE -> first == null || first.affinity() == Affinity.NONE ? Sticky.NEW : Sticky.NODE_DOWN;
            case FORWARD -> {
                if (first == null || first.affinity() == Affinity.NONE) {
                    yield Sticky.NEW;
                }
                yield first.node() == node ? Sticky.KEPT : Sticky.MOVED;
            }
        };
    }
}
