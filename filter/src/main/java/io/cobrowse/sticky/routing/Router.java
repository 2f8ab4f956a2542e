package io.cobrowse.sticky.routing;

import io.cobrowse.sticky.routing.Route.Outcome;
import io.cobrowse.sticky.routing.Stickiness.OnNodeDown;
import io.cobrowse.sticky.routing.Stickiness.OnUnknownNode;
import java.util.Collection;
import java.util.Enumeration;
import java.util.List;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Decides which node serves a request: by the query parameter, that of the {@code Referer} if this is configured, the
 * cookie, the header, or the balancer.
 *
 * <p>Thread-safe. A decision reads settings and table once, takes no lock, and allocates nothing for any input; the
 * request's values are read in place. Changes are serialised.
 */
public final class Router {
    private volatile Snapshot snapshot;
    private final Trace trace;
    private final Naming naming;

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
        this(new Snapshot(stickiness, new Balancer(balance), table), Trace.OFF);
    }

    /** Creates a router that decides like another one at this moment, counts separately, and explains its decisions. */
    private Router(Snapshot snapshot, Trace trace) {
        this.snapshot = snapshot;
        this.trace = trace;
        this.naming = new Naming(trace);
    }

    /** Returns the current settings. */
    public Stickiness stickiness() {
        return snapshot.stickiness();
    }

    /** Returns the current table. */
    public NodeTable table() {
        return snapshot.table();
    }

    /** Replaces the table with the result of the change; changes run one at a time. Returns the new table. */
    public synchronized NodeTable update(UnaryOperator<NodeTable> change) {
        NodeTable changed = change.apply(snapshot.table());
        snapshot = snapshot.with(changed);
        return changed;
    }

    /**
     * Replaces the settings and the table together: no decision sees one without the other. The balancer continues
     * where it was. Returns the new table.
     */
    public synchronized NodeTable update(Stickiness stickiness, Balance balance, UnaryOperator<NodeTable> change) {
        Snapshot before = snapshot;
        NodeTable changed = change.apply(before.table());
        snapshot = new Snapshot(stickiness, before.balancer().with(balance), changed);
        return changed;
    }

    /** Returns the counts of the decisions so far. */
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
     * Decides where a request goes.
     *
     * @param method the method, as received
     * @param rawPath the path, as received: neither decoded nor normalised, without the query
     * @param query the query, as received, without the {@code ?}
     * @param referer the value of the {@code Referer} field; null if there is none; ignored without
     *     {@link Stickiness#referer()}
     * @param cookieFields the values of the {@code Cookie} fields, in order; null if there are none
     * @param headerFields the values of the fields named {@link Stickiness#header()}, in order; null if there are
     *     none; ignored without that setting
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
        int by = Routes.URL;
        if (inUrl == Naming.UNKNOWN && now.stickiness().onUnknownNode() == OnUnknownNode.REJECT) {
            trace.tell("R8", "the URL names an unknown node: 404, whatever the cookie says");
            return Route.UNKNOWN_NODE;
        }
        if (inUrl == Naming.ABSENT && referer != null && now.stickiness().referer()) {
            inUrl = naming.inReferer(now, referer);
            by = Routes.REFERER;
        }
        int inCookie = naming.inCookies(now, cookieFields, inUrl);
        int inHeader = inUrl < 0 && inCookie < 0 ? naming.inHeaders(now, headerFields) : Naming.ABSENT;
        return decide(now, by, inUrl, inCookie, inHeader, method, rawPath, kind);
    }

    /**
     * Decides as {@link #route} would now, and explains how. Runs the same code, but counts nothing and takes no turn
     * of the balancer.
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
        Trace steps = new Trace();
        Router asked = new Router(new Snapshot(now.stickiness(), now.balancer().copy(), now.table()), steps);
        Route route = asked.route(method, rawPath, query, referer, cookieFields, headerFields, kind);
        return new Explanation(route, steps.told());
    }

    private int inQuery(Snapshot now, @Nullable String query) {
        int found = naming.inQuery(now, query);
        if (found == Naming.UNKNOWN) {
            unknownIds.increment();
        }
        return found;
    }

    /**
     * Like the other method, for a request with at most one {@code Cookie} field and neither {@code Referer} nor
     * header fields.
     */
    public Route route(
            String method, String rawPath, @Nullable String query, @Nullable String cookieField, boolean upgrade) {
        Snapshot now = snapshot;
        int inUrl = inQuery(now, query);
        if (inUrl == Naming.UNKNOWN && now.stickiness().onUnknownNode() == OnUnknownNode.REJECT) {
            return Route.UNKNOWN_NODE;
        }
        int inCookie = cookieField == null ? Naming.ABSENT : naming.inCookie(now, cookieField, inUrl, Naming.ABSENT);
        RequestKind kind = upgrade ? RequestKind.UPGRADE : RequestKind.PLAIN;
        return decide(now, Routes.URL, inUrl, inCookie, Naming.ABSENT, method, rawPath, kind);
    }

    /**
     * Returns the new route of a forwarded request whose node turned out to be gone although the table does not say so:
     * R10, whatever its affinity, or another node if it starts a session (R11) or any node can serve it (R23, R24). A
     * request that is forwarded again is not counted again.
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
     * Returns the route to a node that was not tried yet, for a request without affinity whose nodes failed. Ready
     * backups come after all other nodes, and {@link Route.Outcome#NO_NODE} comes last. A request that is forwarded
     * again is not counted again.
     *
     * @param failed the route to one of the failed nodes
     */
    public Route another(Route failed, Collection<Node> tried) {
        return retried(balance(snapshot, tried, failed.sticky(), failed.conflict()));
    }

    /**
     * Returns {@link Route.Outcome#NO_NODE}, for a request without affinity that has been tried often enough (R18).
     */
    public Route noNode(Route failed) {
        return counted(Routes.balanced(null, failed.sticky(), failed.conflict()));
    }

    private Route decide(
            Snapshot now,
            int by,
            int inUrl,
            int inCookie,
            int inHeader,
            String method,
            String rawPath,
            RequestKind kind) {
        if (inUrl >= 0) {
            trace.tell("R1", by == Routes.URL ? "the URL decides" : "the Referer decides");
            if (inCookie < 0) {
                countUnknown(inCookie, Naming.ABSENT);
                return stick(now, inUrl, by, method, rawPath, kind);
            }
            int conflict = conflict(inCookie != inUrl);
            if (conflict != 0) {
                trace.tell("R7", "URL and cookie disagree: the URL wins, and a conflict is counted");
            }
            int byCookie = (inCookie & ~Naming.DISAGREED) == inUrl ? Routes.BY_COOKIE : 0;
            return stick(now, inUrl, by | byCookie | conflict, method, rawPath, kind);
        }
        if (inCookie >= 0) {
            int node = inCookie & ~Naming.DISAGREED;
            int conflict = conflict(inCookie != node);
            trace.tell(
                    "R1",
                    conflict == 0 ? "the cookie decides" : "cookies disagree: the first whose node can serve decides");
            return kind != RequestKind.UPGRADE && startsAnew(now, node, method, rawPath)
                    ? counted(balance(now, List.of(), Sticky.MOVED, conflict != 0))
                    : stick(now, node, Routes.COOKIE | conflict, method, rawPath, kind);
        }
        countUnknown(inCookie, inHeader);
        if (inHeader >= 0) {
            trace.tell("R1", "the header decides");
            return stick(now, inHeader, Routes.HEADER, method, rawPath, kind);
        }
        trace.tell("R1", "nothing names a known node: balanced");
        boolean unknown = inCookie == Naming.UNKNOWN
                || inHeader == Naming.UNKNOWN
                || (inUrl == Naming.UNKNOWN && by == Routes.URL);
        return counted(balance(now, List.of(), unknown ? Sticky.UNKNOWN : Sticky.NEW, false));
    }

    private void countUnknown(int inCookie, int inHeader) {
        if (inCookie == Naming.UNKNOWN) {
            unknownCookies.increment();
        }
        if (inHeader == Naming.UNKNOWN) {
            unknownHeaders.increment();
        }
    }

    private int conflict(boolean conflict) {
        if (conflict) {
            conflicts.increment();
        }
        return conflict ? Routes.CONFLICT : 0;
    }

    private Route stick(Snapshot now, int index, int by, String method, String rawPath, RequestKind kind) {
        Route ready = now.table().ready(index, by);
        if (ready == null) {
            return stickUnready(now, index, by, method, rawPath, kind);
        }
        forwarded(ready.affinity()).increment();
        return ready;
    }

    private Route stickUnready(Snapshot now, int index, int by, String method, String rawPath, RequestKind kind) {
        Node node = now.table().node(index);
        Route route = node.routes().named(by);
        if (trace.on()) {
            NodeState state = now.table().state(index);
            trace.tell(
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
            trace.tell(
                    kind == RequestKind.PREFLIGHT ? "R24" : "R23",
                    "any node can serve such a request: balanced for this once");
            return balance(now, node.routes().alone, Sticky.ANY, route.conflict());
        }
        trace.tell(
                "R10",
                now.stickiness().onNodeDown() == OnNodeDown.NOTIFY
                        ? "the client is told that its node is gone: 503"
                        : "moved to a ready node, by rendezvous hash");
        return now.stickiness().onNodeDown() == OnNodeDown.NOTIFY
                ? route.nodeDown()
                : Routes.balanced(now.table().replacement(node), Sticky.MOVED, route.conflict());
    }

    /** Returns whether another node can serve a request as well as its node that is gone (R23, R24). */
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
        if (trace.on()) {
            trace.tell(
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
            case UNKNOWN_NODE -> {} // Counted where the query is read, whatever the outcome of the request.
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

    /** Returns whether a request may leave the node that its cookie names, because it starts a new session (R11). */
    private boolean startsAnew(Snapshot now, int index, String method, String rawPath) {
        if (now.table().ready(index, Routes.COOKIE) != null) {
            return false;
        }
        SessionStart start = sessionStart(now, method, rawPath);
        if (start == null) {
            return false;
        }
        boolean anew = !now.table().state(index).available() || !start.handshake();
        trace.tell(
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
}
