package io.cobrowse.sticky.routing;

import io.cobrowse.sticky.routing.Route.Outcome;
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
 * <p>Thread-safe. A decision reads the table once, takes no lock, and allocates nothing for any input; what is read of
 * the request is read where it stands. Changes of the table are serialised.
 */
public final class Router {
    /** The request names no node this way. Other than {@link #UNKNOWN} this is no reason to count anything. */
    private static final int ABSENT = NodeTable.ABSENT;
    /** The request names a node this way, but none that is known. Less than ABSENT, so that the minimum remembers it. */
    private static final int UNKNOWN = ABSENT - 1;

    private final Stickiness stickiness;
    private final Balancer balancer;
    private volatile NodeTable table;

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
        this.stickiness = stickiness;
        this.balancer = new Balancer(balance);
        this.table = table;
    }

    /** Returns the settings. */
    public Stickiness stickiness() {
        return stickiness;
    }

    /** Returns the table that decisions go by now. */
    public NodeTable table() {
        return table;
    }

    /** Replaces the table by what the change makes of it; one change at a time. Returns the new one. */
    public synchronized NodeTable update(UnaryOperator<NodeTable> change) {
        NodeTable changed = change.apply(table);
        table = changed;
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
        NodeTable now = table;
        int inUrl = inQuery(now, query);
        if (inUrl == UNKNOWN && rejectsUnknown()) {
            return Route.UNKNOWN_NODE;
        }
        int inCookie = inCookies(now, cookieFields);
        int inHeader = inUrl < 0 && inCookie < 0 ? inHeaders(now, headerFields) : ABSENT;
        return decide(now, inUrl, inCookie, inHeader, upgrade, method, rawPath);
    }

    /** As the other, for a request with at most one {@code Cookie} field and without header fields. */
    public Route route(
            String method, String rawPath, @Nullable String query, @Nullable String cookieField, boolean upgrade) {
        NodeTable now = table;
        int inUrl = inQuery(now, query);
        if (inUrl == UNKNOWN && rejectsUnknown()) {
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
        return node == null ? failed : retried(gone(table, failed, node));
    }

    /**
     * As {@link #unavailable}, for a request that another node cannot be given any more, because it may have been acted on
     * or its body is gone: {@link Route.Outcome#NODE_DOWN}, whatever the settings.
     */
    public Route nodeDown(Route failed) {
        return retried(failed.nodeDown());
    }

    /**
     * Returns the route to a node that was not tried yet, for a request without affinity whose nodes failed: a ready
     * backup only after all others, and {@link Route.Outcome#NO_NODE} after all. A request forwarded once more is not
     * counted once more.
     */
    public Route another(Collection<Node> tried) {
        return retried(balance(table, tried));
    }

    /** Returns {@link Route.Outcome#NO_NODE}, for a request that was tried often enough: R18. */
    public Route noNode() {
        return counted(Route.NO_NODE);
    }

    private Route decide(
            NodeTable now, int inUrl, int inCookie, int inHeader, boolean upgrade, String method, String rawPath) {
        if (inCookie == UNKNOWN) {
            unknownCookies.increment();
        }
        if (inUrl >= 0) {
            if (inCookie >= 0 && inCookie != inUrl) {
                conflicts.increment();
            }
            Routes routes = now.node(inUrl).routes();
            return counted(stick(now, inUrl, inCookie == inUrl ? routes.urlAndCookie : routes.url));
        }
        if (inCookie >= 0) {
            return counted(
                    !upgrade && startsAnew(now.state(inCookie), method, rawPath)
                            ? balance(now, List.of())
                            : stick(now, inCookie, now.node(inCookie).routes().cookie));
        }
        if (inHeader == UNKNOWN) {
            unknownHeaders.increment();
        }
        return counted(
                inHeader >= 0 ? stick(now, inHeader, now.node(inHeader).routes().header) : balance(now, List.of()));
    }

    private Route stick(NodeTable now, int index, Route route) {
        return now.state(index).available() ? route : gone(now, route, now.node(index));
    }

    private Route gone(NodeTable now, Route route, Node node) {
        return stickiness.onNodeDown() == OnNodeDown.NOTIFY ? route.nodeDown() : to(now.replacement(node));
    }

    private Route balance(NodeTable now, Collection<Node> tried) {
        Node node = balancer.pick(now.candidates(), tried);
        return to(node != null ? node : balancer.pick(now.spares(), tried));
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
    private boolean startsAnew(NodeState state, String method, String rawPath) {
        if (state == NodeState.READY) {
            return false;
        }
        List<SessionStart> starts = stickiness.sessionStart();
        for (int i = 0; i < starts.size(); i++) {
            SessionStart start = starts.get(i);
            if (start.method().equals(method) && start.path().equals(rawPath)) {
                return !state.available() || !start.handshake();
            }
        }
        return false;
    }

    private boolean rejectsUnknown() {
        return stickiness.onUnknownNode() == OnUnknownNode.REJECT;
    }

    private int inQuery(NodeTable now, @Nullable String query) {
        if (query == null) {
            return ABSENT;
        }
        String name = stickiness.queryParameter();
        int found = ABSENT;
        for (long value = QueryScanner.find(query, name, 0);
                value != Slice.NONE;
                value = QueryScanner.find(query, name, Slice.end(value))) {
            found = now.indexByEncodedId(query, Slice.start(value), Slice.end(value));
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

    private int inCookies(NodeTable now, @Nullable Enumeration<String> fields) {
        int found = ABSENT;
        while (fields != null && fields.hasMoreElements() && found < 0) {
            int inField = inCookie(now, fields.nextElement());
            found = inField >= 0 ? inField : Math.min(found, inField);
        }
        return found;
    }

    private int inCookie(NodeTable now, String field) {
        String name = stickiness.cookie();
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

    private int inHeaders(NodeTable now, @Nullable Enumeration<String> fields) {
        if (stickiness.header() == null) {
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
    private int byCookieValue(NodeTable now, String text, int start, int end) {
        int found = now.indexByCookie(text, start, end);
        if (found >= 0 || !stickiness.routeSuffix()) {
            return found;
        }
        int suffix = end;
        while (suffix > start && text.charAt(suffix - 1) != '.') {
            suffix--;
        }
        return suffix > start ? now.indexByCookie(text, suffix, end) : ABSENT;
    }
}
