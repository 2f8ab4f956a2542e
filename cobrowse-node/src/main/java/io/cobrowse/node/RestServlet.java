package io.cobrowse.node;

import jakarta.servlet.AsyncContext;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The REST interface: creates, looks up and stops sessions, and creates chat sessions. */
final class RestServlet extends HttpServlet {
    private static final Logger LOG = LoggerFactory.getLogger(RestServlet.class);
    private static final Pattern LOOK_UP = Pattern.compile("/live/sessions/([0-9]{" + Sessions.TOKEN_LENGTH + "})");
    private static final Pattern STOP = Pattern.compile("/live/users/([^/]+)/session/stop");

    private final transient Identity identity;
    private final transient Sessions sessions;
    private final transient PeerLookup peers;
    private final transient Origins origins;
    private final transient Counters counters;

    RestServlet(Identity identity, Sessions sessions, PeerLookup peers, Origins origins, Counters counters) {
        this.identity = identity;
        this.sessions = sessions;
        this.peers = peers;
        this.origins = origins;
        this.counters = counters;
    }

    @Override
    protected void service(HttpServletRequest request, HttpServletResponse response) throws IOException {
        String path = String.valueOf(request.getPathInfo());
        Matcher stop = STOP.matcher(path);
        if (path.equals("/live/sessions")) {
            if (methodIs("POST", request, response)) {
                create(response);
            }
        } else if (path.equals("/chat/sessions")) {
            if (methodIs("POST", request, response)) {
                createChat(response);
            }
        } else if (path.startsWith("/live/sessions/")) {
            if (methodIs("GET", request, response)) {
                lookUp(path, request, response);
            }
        } else if (stop.matches()) {
            if (methodIs("GET", request, response)) {
                stop(stop.group(1), request, response);
            }
        } else {
            Json.sendError(response, 404, "unknown-path", "There is nothing at this path.");
        }
    }

    private static boolean methodIs(String method, HttpServletRequest request, HttpServletResponse response)
            throws IOException {
        boolean allowed = method.equals(request.getMethod());
        if (!allowed) {
            Json.sendNotAllowed(response, method);
        }
        return allowed;
    }

    private void create(HttpServletResponse response) throws IOException {
        CobrowseSession session = sessions.create("over REST");
        response.addHeader("Set-Cookie", identity.setCookie());
        Json.send(response, 200, identity.created(session.token()));
    }

    private void createChat(HttpServletResponse response) throws IOException {
        String chatId = UUID.randomUUID().toString();
        sessions.tell(new SessionEvent(identity.name(), SessionEvent.Kind.CHAT_CREATED, chatId, ""));
        response.addHeader("Set-Cookie", identity.setCookie());
        Json.send(response, 200, Map.of("chatId", chatId));
    }

    private void lookUp(String path, HttpServletRequest request, HttpServletResponse response) throws IOException {
        if (!origins.admit(request)) {
            Json.sendError(response, 403, "origin-not-allowed", "This origin may not look sessions up.");
            return;
        }
        Matcher token = LOOK_UP.matcher(path);
        if (!token.matches()) {
            sendUnknownSession(response);
            return;
        }
        CobrowseSession session = sessions.find(token.group(1));
        if (session == null) {
            AsyncContext async = request.startAsync();
            CompletableFuture<Void> unused = peers.find(token.group(1)).thenAccept(found -> answer(found, async));
        } else if (session.ended()) {
            sendUnknownSession(response);
        } else {
            Json.send(response, 200, identity.owned(session.token()));
        }
    }

    private static void answer(Optional<String> found, AsyncContext async) {
        HttpServletResponse response = (HttpServletResponse) async.getResponse();
        try {
            if (found.isPresent()) {
                Json.send(response, 200, found.get());
            } else {
                sendUnknownSession(response);
            }
        } catch (IOException gone) {
            LOG.debug("The client of a look-up has gone", gone);
        } finally {
            async.complete();
        }
    }

    private void stop(String userToken, HttpServletRequest request, HttpServletResponse response) throws IOException {
        CobrowseSession session = sessions.ofUser(userToken);
        if (session == null && request.getAttribute(NodeHandler.FOREIGN) == null) {
            counters.foreign.increment();
        }
        if (session == null || (!session.ended() && session.user(userToken) == null)) {
            Json.sendError(response, 404, "unknown-user", "This node knows no user with this token.");
            return;
        }
        sessions.stop(session, "over REST");
        Json.send(response, 200, session.times());
    }

    private static void sendUnknownSession(HttpServletResponse response) throws IOException {
        Json.sendError(response, 404, "unknown-session", "No node knows a session with this token.");
    }
}
