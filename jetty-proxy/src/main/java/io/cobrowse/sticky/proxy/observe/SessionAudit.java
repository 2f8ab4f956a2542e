package io.cobrowse.sticky.proxy.observe;

import io.cobrowse.sticky.proxy.exchange.Outcome;
import io.cobrowse.sticky.routing.Node;
import io.cobrowse.sticky.routing.NodeTable;
import io.cobrowse.sticky.routing.Route;
import io.cobrowse.sticky.routing.Router;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.eclipse.jetty.http.HttpMethod;
import org.eclipse.jetty.server.Request;
import org.jspecify.annotations.Nullable;

/**
 * Remembers on which node each session lives, from the answers to its creation and to look-ups, and finds look-ups
 * and joins that contradict it. It reads the first bytes of such bodies if they are plain JSON; it does not see
 * compressed bodies or WebSocket messages.
 *
 * <p>Memory is bounded: beyond the configured number, the session that has been silent for longest is forgotten.
 * Thread-safe; takes a lock for a few requests of each session, and none for any other.
 */
final class SessionAudit {
    /** Is notified of a contradiction. */
    interface Finder {
        void found(Audit.Kind kind, Node node, @Nullable Node named);
    }

    private static final String SESSIONS = "/rest/live/sessions";
    private static final String COMETD = "/cometd";
    private static final String CREATE = "/service/session/create";
    private static final String JOIN = "/service/session/join";
    private static final Pattern TOKEN = Pattern.compile("\"sessionToken\"\\s{0,4}:\\s{0,4}\"([0-9]{9})\"");
    private static final Pattern SERVER_NAME =
            Pattern.compile("\"sessionServerName\"\\s{0,4}:\\s{0,4}\"([^\"\\\\]{1,64})\"");

    private final Router router;
    private final int sessions;
    /** The owners by session token. Guarded by itself. */
    private final Map<Integer, Node> owners;

    private final LongAdder agreed = new LongAdder();

    /** @param sessions the number of sessions that are remembered at a time, at least 1 */
    SessionAudit(Router router, int sessions) {
        this.router = router;
        this.sessions = sessions;
        this.owners = new LinkedHashMap<>(16, 0.75f, true) {
            @Override
            protected boolean removeEldestEntry(Map.Entry<Integer, Node> eldest) {
                return size() > SessionAudit.this.sessions;
            }
        };
    }

    /** Returns whether the bodies of a request and of its answer may contain a session token. */
    static boolean concerns(Request request) {
        String path = request.getHttpURI().getPath();
        if (path == null) {
            return false;
        }
        return isCreation(request, path) || isLookUp(request, path) || isCometd(request, path);
    }

    private static boolean isCreation(Request request, String path) {
        return path.endsWith(SESSIONS) && HttpMethod.POST.is(request.getMethod());
    }

    private static boolean isLookUp(Request request, String path) {
        int slash = path.lastIndexOf('/');
        return path.startsWith(SESSIONS, slash - SESSIONS.length()) && HttpMethod.GET.is(request.getMethod());
    }

    /**
     * Returns whether this is a request with CometD messages other than polls, which do not name sessions. CometD
     * clients may append the kind of message to the path.
     */
    private static boolean isCometd(Request request, String path) {
        int end = path.lastIndexOf('/');
        boolean poll = path.endsWith("/connect");
        return HttpMethod.POST.is(request.getMethod())
                && (path.endsWith(COMETD) || (!poll && path.startsWith(COMETD, end - COMETD.length())));
    }

    /** Learns from an outcome, or reports a contradiction. */
    void check(Outcome outcome, Finder finder) {
        Route route = outcome.route();
        Node node = route == null ? null : route.node();
        String answer = outcome.answerBodyStart();
        String path = outcome.request().getHttpURI().getPath();
        if (node == null || answer == null || path == null || outcome.status() != 200) {
            return;
        }
        if (isCreation(outcome.request(), path)) {
            created(node, answer, finder);
        } else if (isLookUp(outcome.request(), path)) {
            lookedUp(node, answer, finder);
        } else {
            messages(node, outcome.requestBodyStart(), answer, finder);
        }
    }

    /** Checks the creation of a session. The node returns its own name, and its token stands for a new session. */
    private void created(Node node, String answer, Finder finder) {
        Matcher token = TOKEN.matcher(answer);
        if (!token.find()) {
            return;
        }
        Node owner = owner(node, answer, finder);
        if (owner != null) {
            compare(owner, node, finder);
            learn(token.group(1), owner);
        }
    }

    /** Checks a look-up, whose answer names the owner, whichever node sends it. */
    private void lookedUp(Node node, String answer, Finder finder) {
        Matcher token = TOKEN.matcher(answer);
        if (!token.find()) {
            return;
        }
        Node owner = owner(node, answer, finder);
        if (owner != null) {
            Node known = learn(token.group(1), owner);
            if (known != null) {
                compare(known, owner, finder);
            }
        }
    }

    private @Nullable Node owner(Node node, String answer, Finder finder) {
        Matcher name = SERVER_NAME.matcher(answer);
        if (!name.find()) {
            return node;
        }
        Node owner = router.table().byCookie(name.group(1), 0, name.group(1).length());
        if (owner == null) {
            finder.found(Audit.Kind.UNKNOWN_COOKIE, node, null);
        }
        return owner;
    }

    /** Checks CometD messages, which may create and join sessions too. */
    private void messages(Node node, @Nullable String request, String answer, Finder finder) {
        if (request == null) {
            return;
        }
        if (request.contains(CREATE)) {
            Matcher created = TOKEN.matcher(answer);
            while (created.find()) {
                learn(created.group(1), node);
            }
        }
        if (request.contains(JOIN)) {
            Matcher joined = TOKEN.matcher(request);
            while (joined.find()) {
                Node known = known(joined.group(1));
                if (known != null) {
                    compare(known, node, finder);
                }
            }
        }
    }

    private void compare(Node known, Node found, Finder finder) {
        if (known.sameAs(found)) {
            agreed.increment();
        } else {
            finder.found(Audit.Kind.SESSION, known, found);
        }
    }

    /** Remembers the owner of a session. Returns the previous one; null if there was none, or it has been removed. */
    private @Nullable Node learn(String token, Node owner) {
        synchronized (owners) {
            return current(owners.put(Integer.valueOf(token), owner));
        }
    }

    private @Nullable Node known(String token) {
        synchronized (owners) {
            return current(owners.get(Integer.valueOf(token)));
        }
    }

    /**
     * Returns the current object for a node; null if it has been removed, since its sessions are lost and may turn up
     * elsewhere.
     */
    private @Nullable Node current(@Nullable Node node) {
        NodeTable table = router.table();
        Node now = node == null ? null : table.node(node.id());
        return now != null && node != null && now.sameAs(node) ? now : null;
    }

    /** Returns how many sessions are remembered. */
    int remembered() {
        synchronized (owners) {
            return owners.size();
        }
    }

    /** Returns how often a creation, a look-up or a join agreed with the remembered owner. */
    long agreed() {
        return agreed.sum();
    }
}
