package io.cobrowse.node;

import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.jspecify.annotations.Nullable;

/**
 * The first handler to see a request: it names the node in the answer, and counts each request that belongs to
 * another node once.
 */
final class NodeHandler extends Handler.Wrapper {
    /** Field of every answer. */
    static final String NODE_FIELD = "X-Cobrowse-Node";

    /** Paths of the node's own use, outside its interface. */
    static final String INTERNAL = "/cobrowse/internal/";

    static final String HEALTH = "/cobrowse/health";

    /** The request attribute that marks requests counted as foreign. */
    static final String FOREIGN = NodeHandler.class.getName() + ".foreign";

    private static final String SESSIONS = "/cobrowse/rest/live/sessions";
    private static final String CHATS = "/cobrowse/rest/chat/sessions";
    private static final String HANDSHAKE = "/cobrowse/cometd/handshake";

    private final Identity identity;
    private final Counters counters;

    NodeHandler(Handler next, Identity identity, Counters counters) {
        super(next);
        this.identity = identity;
        this.counters = counters;
    }

    @Override
    public boolean handle(Request request, Response response, Callback callback) throws Exception {
        response.getHeaders().put(NODE_FIELD, identity.name());
        String path = request.getHttpURI().getCanonicalPath();
        if (!internal(path) && !HEALTH.equals(path)) {
            counters.requests.increment();
            if (foreign(request, path)) {
                counters.foreign.increment();
                request.setAttribute(FOREIGN, true);
            }
        }
        return super.handle(request, response, callback);
    }

    static boolean internal(@Nullable String path) {
        return path != null && path.startsWith(INTERNAL);
    }

    private boolean foreign(Request request, @Nullable String path) {
        if (path == null || path.startsWith(SESSIONS + "/")) {
            return false;
        }
        Identity.Named byQuery = identity.byQuery(request);
        if (byQuery != Identity.Named.NOBODY) {
            return byQuery == Identity.Named.ANOTHER_NODE;
        }
        boolean beginning = path.equals(SESSIONS) || path.equals(CHATS) || path.equals(HANDSHAKE);
        return !beginning && identity.byCookie(request) == Identity.Named.ANOTHER_NODE;
    }
}
