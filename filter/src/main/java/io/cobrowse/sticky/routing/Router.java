package io.cobrowse.sticky.routing;

import io.cobrowse.sticky.routing.Explanation.Step;
import io.cobrowse.sticky.routing.Route.Outcome;
import io.cobrowse.sticky.routing.Stickiness.OnNodeDown;
import io.cobrowse.sticky.routing.Stickiness.OnUnknownNode;
import io.cobrowse.sticky.scan.CookieScanner;
import io.cobrowse.sticky.scan.QueryScanner;
import io.cobrowse.sticky.scan.Slice;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Enumeration;
import java.util.List;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Decides which node serves a request: by the query parameter, that of the {@code Referer} where this is looked at, the cookie, the
 * header, the balancer.
 *
 * <p>Thread-safe. A decision reads settings and table once, takes no lock, and allocates nothing for any input; what is read of
 * the request is read where it stands. Changes are serialised.
 */
public final class Router {
    /** The request names no node this way. Other than {@link #UNKNOWN} this is no reason to count anything. */
    private static final int ABSENT = NodeTable.ABSENT;
    /** The request names a node this way, but none that is known. Less than ABSENT, so that the minimum remembers it. */
    private static final int UNKNOWN = ABSENT - 1;
    /** Flag beside the index of a node: another cookie names another known node. No table is that large. */
    private static final int DISAGREED = 1 << 30;

    /** All that a decision goes by, so that it reads one reference and sees no half of a change. */
    private record Snapshot(Stickiness stickiness, Balancer balancer, NodeTable table) {
        Snapshot with(NodeTable changed) {
            return new Snapshot(stickiness, balancer, changed);
        }
    }

    private volatile Snapshot snapshot;
    /** Where the steps of a decision are told; null, and costing nothing, but while one is explained. */
    private final @Nullable List<Step> trace;

    private final LongAdder byUrl = new LongAdder();
    private final LongAdder byReferer = new LongAdder();
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
        this.trace = null;
    }

    /** Makes a router that decides as another does now, counts for itself, and tells. */
    private Router(Snapshot snapshot, List<Step> trace) {
        this.snapshot = snapshot;
        this.trace = trace;
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
                byReferer.sum(),
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
     * @param referer the value of the {@code Referer} field; null is none, and without {@link Stickiness#referer()} it is
     *     not looked at
     * @param cookieFields the values of the {@code Cookie} fields, in order; null is none
     * @param headerFields the values of the fields named {@link Stickiness#header()}, in order; null is none, and
     *     without that setting they are not looked at
     */
    public Route route(
            String method,
            String rawPath,
            @Nullable String query,
            @Nullable String referer,
            @Nullable Enumeration<String> cookieFields,
            @Nullable Enumeration<String> headerFields,
            RequestKind kind) {
        Snapshot now = snapshot;
        int inUrl = inQuery(now, query);
        int naming = Routes.URL;
        if (inUrl == UNKNOWN && now.stickiness().onUnknownNode() == OnUnknownNode.REJECT) {
            tell("R8", "the URL names an unknown node: 404, whatever the cookie says");
            return Route.UNKNOWN_NODE;
        }
        if (inUrl == ABSENT && referer != null && now.stickiness().referer()) {
            inUrl = inReferer(now, referer);
            naming = Routes.REFERER;
            tellAbsent("R27", "known node in the Referer", inUrl);
        }
        int inCookie = inCookies(now, cookieFields, inUrl);
        tellAbsent("R3", "cookie that names a node", inCookie);
        int inHeader = inUrl < 0 && inCookie < 0 ? inHeaders(now, headerFields) : ABSENT;
        return decide(now, naming, inUrl, inCookie, inHeader, method, rawPath, kind);
    }

    /**
     * Decides as {@link #route} would now, and tells how: by the same code, but that nothing is counted and no turn of the
     * balancer is taken.
     */
    public Explanation explain(
            String method,
            String rawPath,
            @Nullable String query,
            @Nullable String referer,
            @Nullable Enumeration<String> cookieFields,
            @Nullable Enumeration<String> headerFields,
            RequestKind kind) {
        Snapshot now = snapshot;
        List<Step> steps = new ArrayList<>();
        Router asked = new Router(new Snapshot(now.stickiness(), now.balancer().copy(), now.table()), steps);
        Route route = asked.route(method, rawPath, query, referer, cookieFields, headerFields, kind);
        return new Explanation(route, steps);
    }

    private void tell(String rule, String text) {
        if (trace != null) {
            trace.add(new Step(rule, text));
        }
    }

    private void tellRead(Snapshot now, String rule, String source, String text, long value, int found) {
        if (trace != null) {
            String read = text.substring(Slice.start(value), Slice.end(value));
            String names = found >= 0 ? "names " + now.table().node(found) : "names no known node";
            trace.add(new Step(rule, source + " \"" + read + "\" " + names));
        }
    }

    private void tellAbsent(String rule, String source, int found) {
        if (trace != null && found == ABSENT) {
            trace.add(new Step(rule, "no " + source));
        }
    }

    /** As the other, for a request with at most one {@code Cookie} field and neither {@code Referer} nor header fields. */
    public Route route(
            String method, String rawPath, @Nullable String query, @Nullable String cookieField, boolean upgrade) {
        Snapshot now = snapshot;
        int inUrl = inQuery(now, query);
        if (inUrl == UNKNOWN && now.stickiness().onUnknownNode() == OnUnknownNode.REJECT) {
            return Route.UNKNOWN_NODE;
        }
        int inCookie = cookieField == null ? ABSENT : inCookie(now, cookieField, inUrl, ABSENT);
        RequestKind kind = upgrade ? RequestKind.UPGRADE : RequestKind.PLAIN;
        return decide(now, Routes.URL, inUrl, inCookie, ABSENT, method, rawPath, kind);
    }

    /**
     * Returns what becomes of a forwarded request whose node turned out to be gone while the table says that it is not:
     * R10, whatever its affinity, or another node where it starts a session (R11) or any can serve it (R23, R24). A request
     * forwarded once more is not counted once more.
     */
    public Route unavailable(Route failed, String method, String rawPath, RequestKind kind) {
        Node node = failed.node();
        if (node == null) {
            return failed;
        }
        Snapshot now = snapshot;
        boolean anew = failed.affinity() == Affinity.COOKIE
                && kind != RequestKind.UPGRADE
                && sessionStart(now, method, rawPath) != null;
        return retried(
                anew
                        ? balance(now, node.routes().alone, Sticky.MOVED, failed.conflict())
                        : gone(now, failed, node, method, rawPath, kind));
    }

    /**
     * Returns the route to a node that was not tried yet, for a request without affinity whose nodes failed: a ready
     * backup only after all others, and {@link Route.Outcome#NO_NODE} after all. A request forwarded once more is not
     * counted once more.
     *
     * @param failed the route to one of them
     */
    public Route another(Route failed, Collection<Node> tried) {
        return retried(balance(snapshot, tried, failed.sticky(), failed.conflict()));
    }

    /** Returns {@link Route.Outcome#NO_NODE}, for a request without affinity that was tried often enough: R18. */
    public Route noNode(Route failed) {
        return counted(Routes.balanced(null, failed.sticky(), failed.conflict()));
    }

    private Route decide(
            Snapshot now,
            int naming,
            int inUrl,
            int inCookie,
            int inHeader,
            String method,
            String rawPath,
            RequestKind kind) {
        if (inUrl >= 0) {
            tell("R1", naming == Routes.URL ? "the URL decides" : "the Referer decides");
            if (inCookie < 0) {
                countUnknown(inCookie, ABSENT);
                return stick(now, inUrl, naming, method, rawPath, kind);
            }
            int conflict = conflict(inCookie != inUrl);
            if (conflict != 0) {
                tell("R7", "URL and cookie disagree: the URL wins, and a conflict is counted");
            }
            int byCookie = (inCookie & ~DISAGREED) == inUrl ? Routes.BY_COOKIE : 0;
            return stick(now, inUrl, naming | byCookie | conflict, method, rawPath, kind);
        }
        if (inCookie >= 0) {
            int node = inCookie & ~DISAGREED;
            int conflict = conflict(inCookie != node);
            tell(
                    "R1",
                    conflict == 0 ? "the cookie decides" : "cookies disagree: the first whose node can serve decides");
            return kind != RequestKind.UPGRADE && startsAnew(now, node, method, rawPath)
                    ? counted(balance(now, List.of(), Sticky.MOVED, conflict != 0))
                    : stick(now, node, Routes.COOKIE | conflict, method, rawPath, kind);
        }
        countUnknown(inCookie, inHeader);
        if (inHeader >= 0) {
            tell("R1", "the header decides");
            return stick(now, inHeader, Routes.HEADER, method, rawPath, kind);
        }
        tell("R1", "nothing names a known node: balanced");
        boolean unknown = inCookie == UNKNOWN || inHeader == UNKNOWN || (inUrl == UNKNOWN && naming == Routes.URL);
        return counted(balance(now, List.of(), unknown ? Sticky.UNKNOWN : Sticky.NEW, false));
    }

    private void countUnknown(int inCookie, int inHeader) {
        if (inCookie == UNKNOWN) {
            unknownCookies.increment();
        }
        if (inHeader == UNKNOWN) {
            unknownHeaders.increment();
        }
    }

    private int conflict(boolean conflict) {
        if (conflict) {
            conflicts.increment();
        }
        return conflict ? Routes.CONFLICT : 0;
    }

    private Route stick(Snapshot now, int index, int naming, String method, String rawPath, RequestKind kind) {
        Route ready = now.table().ready(index, naming);
        if (ready == null) {
            return stickUnready(now, index, naming, method, rawPath, kind);
        }
        forwarded(ready.affinity()).increment();
        return ready;
    }

    private Route stickUnready(Snapshot now, int index, int naming, String method, String rawPath, RequestKind kind) {
        Node node = now.table().node(index);
        Route route = node.routes().named(naming);
        if (trace != null) {
            NodeState state = now.table().state(index);
            tell(
                    state == NodeState.DRAIN ? "R12" : "R6",
                    node + " is in state " + state.text()
                            + (state.available()
                                    ? ": it keeps its sessions"
                                    : ": it is the request's node all the same"));
        }
        return counted(now.table().state(index).available() ? route : gone(now, route, node, method, rawPath, kind));
    }

    private Route gone(Snapshot now, Route route, Node node, String method, String rawPath, RequestKind kind) {
        if (anyCanServe(now, route.affinity(), method, rawPath, kind)) {
            tell(
                    kind == RequestKind.PREFLIGHT ? "R24" : "R23",
                    "any node can serve such a request: balanced for this once");
            return balance(now, node.routes().alone, Sticky.ANY, route.conflict());
        }
        tell(
                "R10",
                now.stickiness().onNodeDown() == OnNodeDown.NOTIFY
                        ? "the client is told that its node is gone: 503"
                        : "moved to a ready node, by rendezvous hash");
        return now.stickiness().onNodeDown() == OnNodeDown.NOTIFY
                ? route.nodeDown()
                : Routes.balanced(now.table().replacement(node), Sticky.MOVED, route.conflict());
    }

    /** Returns whether another node can serve a request as well as the one that is gone (R23, R24). */
    private static boolean anyCanServe(
            Snapshot now, Affinity affinity, String method, String rawPath, RequestKind kind) {
        if (kind == RequestKind.PREFLIGHT && (affinity == Affinity.URL || affinity == Affinity.REFERER)) {
            return true;
        }
        List<AnyNode> patterns = now.stickiness().anyNode();
        for (int i = 0; i < patterns.size(); i++) {
            if (patterns.get(i).matches(method, rawPath)) {
                return true;
            }
        }
        return false;
    }

    private Route balance(Snapshot now, Collection<Node> tried, Sticky sticky, boolean conflict) {
        Node node = now.balancer().pick(now.table().candidates(), tried);
        if (node == null) {
            node = now.balancer().pick(now.table().spares(), tried);
        }
        if (trace != null) {
            tell(
                    node == null ? "R18" : "R17",
                    node == null ? "nobody can serve it: 503" : "the balancer's turn is at " + node);
        }
        return Routes.balanced(node, sticky, conflict);
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
            case REFERER -> byReferer;
            case COOKIE -> byCookie;
            case HEADER -> byHeader;
            case NONE -> byNone;
        };
    }

    /** Returns whether a request may leave the node that its cookie names, for the sake of a new session (R11). */
    private boolean startsAnew(Snapshot now, int index, String method, String rawPath) {
        if (now.table().ready(index, Routes.COOKIE) != null) {
            return false;
        }
        SessionStart start = sessionStart(now, method, rawPath);
        if (start == null) {
            return false;
        }
        boolean anew = !now.table().state(index).available() || !start.handshake();
        tell(
                "R11",
                anew
                        ? "it starts a session, and its node takes none: balanced"
                        : "a handshake stays with a draining node");
        return anew;
    }

    private static @Nullable SessionStart sessionStart(Snapshot now, String method, String rawPath) {
        List<SessionStart> starts = now.stickiness().sessionStart();
        for (int i = 0; i < starts.size(); i++) {
            SessionStart start = starts.get(i);
            if (start.method().equals(method) && start.path().equals(rawPath)) {
                return start;
            }
        }
        return null;
    }

    private int inQuery(Snapshot now, @Nullable String query) {
        if (query == null) {
            tell("R2", "no query");
            return ABSENT;
        }
        String name = now.stickiness().queryParameter();
        int found = ABSENT;
        for (long value = QueryScanner.find(query, name, 0);
                value != Slice.NONE;
                value = QueryScanner.find(query, name, Slice.end(value))) {
            found = now.table().indexByEncodedId(query, Slice.start(value), Slice.end(value));
            tellRead(now, "R2", "the URL's parameter", query, value, found);
            if (found >= 0) {
                return found;
            }
            found = UNKNOWN;
        }
        tellAbsent("R2", "parameter in the URL that names a node", found);
        if (found == UNKNOWN) {
            unknownIds.increment();
        }
        return found;
    }

    /** As {@link #inQuery} for the query of another URL, in which an unknown id counts as absent. */
    private int inReferer(Snapshot now, String referer) {
        String name = now.stickiness().queryParameter();
        int mark = referer.indexOf('?');
        int hash = referer.indexOf('#');
        int start = mark + 1;
        int end = hash < 0 ? referer.length() : hash;
        if (mark < 0 || start >= end) {
            return ABSENT;
        }
        for (long value = QueryScanner.find(referer, start, end, name, start);
                value != Slice.NONE;
                value = QueryScanner.find(referer, start, end, name, Slice.end(value))) {
            int found = now.table().indexByEncodedId(referer, Slice.start(value), Slice.end(value));
            tellRead(now, "R27", "the Referer's parameter", referer, value, found);
            if (found >= 0) {
                return found;
            }
        }
        return ABSENT;
    }

    private int inCookies(Snapshot now, @Nullable Enumeration<String> fields, int inUrl) {
        int found = ABSENT;
        while (fields != null && fields.hasMoreElements() && !settled(now, found, inUrl)) {
            found = inCookie(now, fields.nextElement(), inUrl, found);
        }
        return found;
    }

    /** Returns the node that the cookies of a field name, or those before it do. */
    private int inCookie(Snapshot now, String field, int inUrl, int before) {
        String name = now.stickiness().cookie();
        int found = before;
        for (long value = CookieScanner.find(field, name, 0);
                value != Slice.NONE;
                value = CookieScanner.find(field, name, Slice.end(value))) {
            int named = byCookieValue(now, field, Slice.start(value), Slice.end(value));
            tellRead(now, "R3", "the cookie", field, value, named);
            if (found < 0) {
                found = named >= 0 ? named : UNKNOWN;
            } else if (named >= 0 && named != (found & ~DISAGREED)) {
                found = DISAGREED | preferred(now, found & ~DISAGREED, named, inUrl);
            }
            if (settled(now, found, inUrl)) {
                return found;
            }
        }
        return found;
    }

    /** Returns whether no further cookie could matter, so that the rest of a request that sticks is not looked at. */
    private static boolean settled(Snapshot now, int found, int inUrl) {
        if (found < 0) {
            return false;
        }
        int serving = inUrl >= 0 ? inUrl : found & ~DISAGREED;
        return found == inUrl || now.table().ready(serving, Routes.URL) != null;
    }

    /** Returns which of two nodes the cookies are to stand for: the one of the URL, or the first that can serve (R3). */
    private static int preferred(Snapshot now, int first, int second, int inUrl) {
        if (first == inUrl || second == inUrl) {
            return inUrl;
        }
        boolean better = !now.table().state(first).available()
                && now.table().state(second).available();
        return better ? second : first;
    }

    private int inHeaders(Snapshot now, @Nullable Enumeration<String> fields) {
        if (now.stickiness().header() == null) {
            return ABSENT;
        }
        int found = ABSENT;
        while (fields != null && fields.hasMoreElements() && found < 0) {
            String value = fields.nextElement();
            if (!value.isEmpty()) {
                int byValue = byCookieValue(now, value, 0, value.length());
                found = byValue >= 0 ? byValue : UNKNOWN;
                tellRead(now, "R5", "the header", value, Slice.of(0, value.length()), found);
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
