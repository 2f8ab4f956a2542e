package io.cobrowse.sticky.routing;

import io.cobrowse.sticky.routing.Route.Outcome;
import io.cobrowse.sticky.routing.Routes.Naming;
import io.cobrowse.sticky.routing.Stickiness.OnNodeDown;
import io.cobrowse.sticky.routing.Stickiness.OnUnknownNode;
import io.cobrowse.sticky.scan.CookieScanner;
import io.cobrowse.sticky.scan.QueryScanner;
import io.cobrowse.sticky.scan.Slice;
import java.util.Collection;
import java.util.Enumeration;
import java.util.List;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Decides which node serves a request: by the query parameter, then the cookie, then the header, then the balancer.
 *
 * <p>Thread-safe. A decision reads settings and table once, takes no lock, and allocates nothing for any input; what is read of
 * the request is read where it stands. Changes are serialised.
 */
public final class Router {
    /** The request names no node this way. Other than {@link #UNKNOWN} this is no reason to count anything. */
    private static final int ABSENT = NodeTable.ABSENT;
    /** The request names a node this way, but none that is known. Less than ABSENT, so that the minimum remembers it. */
    private static final int UNKNOWN = ABSENT - 1;

    /** All that a decision goes by, so that it reads one reference and sees no half of a change. */
    private record Snapshot(Stickiness stickiness, Balancer balancer, NodeTable table) {
        Snapshot with(NodeTable changed) {
            return new Snapshot(stickiness, balancer, changed);
        }
    }

    private volatile Snapshot snapshot;

    private final LongAdder byUrl = new LongAdder();
    private final LongAdder byCookie = new LongAdder();
    private final LongAdder byHeader = new LongAdder();
    private final LongAdder byNone = new LongAdder();
    private final LongAdder conflicts = new LongAdder();
    private final LongAdder unknownIds = new LongAdder();
    private final LongAdder unknownCookies = new LongAdder();
    private final LongAdder unknownHeaders = new LongAdder();
    private final LongAdder nodeDown = new LongAdder();
    private final LongAdder noNode = new LongAdder();

    public Router(Stickiness stickiness, Balance balance, NodeTable table) {
        this.snapshot = new Snapshot(stickiness, new Balancer(balance), table);
    }

    /** Returns the settings that decisions go by now. */
    public Stickiness stickiness() {
        return snapshot.stickiness();
    }

    /** Returns the table that decisions go by now. */
    public NodeTable table() {
        return snapshot.table();
    }

    /** Replaces the table by what the change makes of it; one change at a time. Returns the new one. */
    public synchronized NodeTable update(UnaryOperator<NodeTable> change) {
        NodeTable changed = change.apply(snapshot.table());
        snapshot = snapshot.with(changed);
        return changed;
    }

    /**
     * Replaces the settings together with the table: no decision sees one without the other. The balancer goes on where it
     * was. Returns the new table.
     */
    public synchronized NodeTable update(Stickiness stickiness, Balance balance, UnaryOperator<NodeTable> change) {
        Snapshot before = snapshot;
        NodeTable changed = change.apply(before.table());
        snapshot = new Snapshot(stickiness, before.balancer().with(balance), changed);
        return changed;
    }

    /** Returns what was decided so far. */
    public RoutingCounters counters() {
        return new RoutingCounters(
                byUrl.sum(),
                byCookie.sum(),
                byHeader.sum(),
                byNone.sum(),
                conflicts.sum(),
                unknownIds.sum(),
                unknownCookies.sum(),
                unknownHeaders.sum(),
                nodeDown.sum(),
                noNode.sum());
    }

    /**
     * Decides.
     *
     * @param method the method, as received
     * @param rawPath the path, as received: neither decoded nor normalised, without the query
     * @param query the query, as received, without the {@code ?}
     * @param cookieFields the values of the {@code Cookie} fields, in order; null is none
     * @param headerFields the values of the fields named {@link Stickiness#header()}, in order; null is none, and
     *     without that setting they are not looked at
     * @param upgrade whether the request asks for another protocol
     */
    public Route route(
            String method,
            String rawPath,
            @Nullable String query,
            @Nullable Enumeration<String> cookieFields,
            @Nullable Enumeration<String> headerFields,
            boolean upgrade) {
        Snapshot now = snapshot;
        int inUrl = inQuery(now, query);
        if (inUrl == UNKNOWN && now.stickiness().onUnknownNode() == OnUnknownNode.REJECT) {
            return Route.UNKNOWN_NODE;
        }
        int inCookie = inCookies(now, cookieFields);
        int inHeader = inUrl < 0 && inCookie < 0 ? inHeaders(now, headerFields) : ABSENT;
        return decide(now, inUrl, inCookie, inHeader, upgrade, method, rawPath);
    }

    /** As the other, for a request with at most one {@code Cookie} field and without header fields. */
    public Route route(
            String method, String rawPath, @Nullable String query, @Nullable String cookieField, boolean upgrade) {
        Snapshot now = snapshot;
        int inUrl = inQuery(now, query);
        if (inUrl == UNKNOWN && now.stickiness().onUnknownNode() == OnUnknownNode.REJECT) {
            return Route.UNKNOWN_NODE;
        }
        int inCookie = cookieField == null ? ABSENT : inCookie(now, cookieField);
        return decide(now, inUrl, inCookie, ABSENT, upgrade, method, rawPath);
    }

    /**
     * Returns what becomes of a forwarded request whose node turned out to be gone while the table says that it is not:
     * R10, whatever its affinity. A request forwarded once more is not counted once more.
     */
    public Route unavailable(Route failed) {
        Node node = failed.node();
        return node == null ? failed : retried(gone(snapshot, failed, node));
    }

    /**
     * Returns the route to a node that was not tried yet, for a request without affinity whose nodes failed: a ready
     * backup only after all others, and {@link Route.Outcome#NO_NODE} after all. A request forwarded once more is not
     * counted once more.
     */
    public Route another(Collection<Node> tried) {
        return retried(balance(snapshot, tried));
    }

    /** Returns {@link Route.Outcome#NO_NODE}, for a request that was tried often enough: R18. */
    public Route noNode() {
        return counted(Route.NO_NODE);
    }

    private Route decide(
            Snapshot now, int inUrl, int inCookie, int inHeader, boolean upgrade, String method, String rawPath) {
        if (inCookie == UNKNOWN) {
            unknownCookies.increment();
        }
        if (inUrl >= 0) {
            if (inCookie >= 0 && inCookie != inUrl) {
                conflicts.increment();
            }
            return stick(now, inUrl, inCookie == inUrl ? Naming.URL_AND_COOKIE : Naming.URL);
        }
        if (inCookie >= 0) {
            return !upgrade && startsAnew(now, inCookie, method, rawPath)
                    ? counted(balance(now, List.of()))
                    : stick(now, inCookie, Naming.COOKIE);
        }
        if (inHeader == UNKNOWN) {
            unknownHeaders.increment();
        }
        return inHeader >= 0 ? stick(now, inHeader, Naming.HEADER) : counted(balance(now, List.of()));
    }

    private Route stick(Snapshot now, int index, Naming naming) {
        Route ready = now.table().ready(index, naming);
        if (ready == null) {
            return stickUnready(now, index, naming);
        }
        forwarded(naming.affinity).increment();
        return ready;
    }

    private Route stickUnready(Snapshot now, int index, Naming naming) {
        Node node = now.table().node(index);
        Route route = node.routes().named(naming);
        return counted(now.table().state(index).available() ? route : gone(now, route, node));
    }

    private static Route gone(Snapshot now, Route route, Node node) {
        return now.stickiness().onNodeDown() == OnNodeDown.NOTIFY
                ? route.nodeDown()
                : to(now.table().replacement(node));
    }

    private static Route balance(Snapshot now, Collection<Node> tried) {
        Node node = now.balancer().pick(now.table().candidates(), tried);
        return to(node != null ? node : now.balancer().pick(now.table().spares(), tried));
    }

    private static Route to(@Nullable Node node) {
        return node == null ? Route.NO_NODE : node.routes().balanced;
    }

    private Route retried(Route route) {
        return route.outcome() == Outcome.FORWARD ? route : counted(route);
    }

    private Route counted(Route route) {
        switch (route.outcome()) {
            case FORWARD -> forwarded(route.affinity()).increment();
            case NODE_DOWN -> nodeDown.increment();
            case NO_NODE -> noNode.increment();
            case UNKNOWN_NODE -> {} // counted where the query is read, whatever becomes of the request
        }
        return route;
    }

    private LongAdder forwarded(Affinity affinity) {
        return switch (affinity) {
            case URL -> byUrl;
            case COOKIE -> byCookie;
            case HEADER -> byHeader;
            case NONE -> byNone;
        };
    }

    /** Returns whether a request may leave the node that its cookie names, for the sake of a new session (R11). */
    private static boolean startsAnew(Snapshot now, int index, String method, String rawPath) {
        if (now.table().ready(index, Naming.COOKIE) != null) {
            return false;
        }
        NodeState state = now.table().state(index);
        List<SessionStart> starts = now.stickiness().sessionStart();
        for (int i = 0; i < starts.size(); i++) {
            SessionStart start = starts.get(i);
            if (start.method().equals(method) && start.path().equals(rawPath)) {
                return !state.available() || !start.handshake();
            }
        }
        return false;
    }

    private int inQuery(Snapshot now, @Nullable String query) {
        if (query == null) {
            return ABSENT;
        }
        String name = now.stickiness().queryParameter();
        int found = ABSENT;
        for (long value = QueryScanner.find(query, name, 0);
                value != Slice.NONE;
                value = QueryScanner.find(query, name, Slice.end(value))) {
            found = now.table().indexByEncodedId(query, Slice.start(value), Slice.end(value));
            if (found >= 0) {
                return found;
            }
            found = UNKNOWN;
        }
        if (found == UNKNOWN) {
            unknownIds.increment();
        }
        return found;
    }

    private static int inCookies(Snapshot now, @Nullable Enumeration<String> fields) {
        int found = ABSENT;
        while (fields != null && fields.hasMoreElements() && found < 0) {
            int inField = inCookie(now, fields.nextElement());
            found = inField >= 0 ? inField : Math.min(found, inField);
        }
        return found;
    }

    private static int inCookie(Snapshot now, String field) {
        String name = now.stickiness().cookie();
        int found = ABSENT;
        for (long value = CookieScanner.find(field, name, 0);
                value != Slice.NONE;
                value = CookieScanner.find(field, name, Slice.end(value))) {
            found = byCookieValue(now, field, Slice.start(value), Slice.end(value));
            if (found >= 0) {
                return found;
            }
            found = UNKNOWN;
        }
        return found;
    }

    private static int inHeaders(Snapshot now, @Nullable Enumeration<String> fields) {
        if (now.stickiness().header() == null) {
            return ABSENT;
        }
        int found = ABSENT;
        while (fields != null && fields.hasMoreElements() && found < 0) {
            String value = fields.nextElement();
            if (!value.isEmpty()) {
                int byValue = byCookieValue(now, value, 0, value.length());
                found = byValue >= 0 ? byValue : UNKNOWN;
            }
        }
        return found;
    }

    /** Looks a cookie value up: all of it, then, where route suffixes are on, what stands behind the last dot (R5). */
    private static int byCookieValue(Snapshot now, String text, int start, int end) {
        NodeTable table = now.table();
        int found = table.indexByCookie(text, start, end);
        if (found >= 0 || !now.stickiness().routeSuffix()) {
            return found;
        }
        int suffix = end;
        while (suffix > start && text.charAt(suffix - 1) != '.') {
            suffix--;
        }
        return suffix > start ? table.indexByCookie(text, suffix, end) : ABSENT;
    }
}
