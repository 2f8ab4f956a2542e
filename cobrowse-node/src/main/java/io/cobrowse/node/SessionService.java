package io.cobrowse.node;

import jakarta.servlet.http.HttpServletResponse;
import java.util.Map;
import org.cometd.bayeux.Promise;
import org.cometd.bayeux.server.BayeuxServer;
import org.cometd.bayeux.server.ConfigurableServerChannel;
import org.cometd.bayeux.server.ServerChannel;
import org.cometd.bayeux.server.ServerMessage;
import org.cometd.bayeux.server.ServerSession;
import org.jspecify.annotations.Nullable;

/**
 * The CometD service channels of the sessions. Answers come on the channel of the request. A request that breaks a rule is
 * answered with {@code {"error","message"}}, where the error is one of {@code bad-request}, {@code unknown-session},
 * {@code session-ended}, {@code role-taken}, {@code already-joined}, {@code unknown-user}, {@code not-controller},
 * {@code not-joined}, {@code wrong-role}, {@code not-active}. Thread-safe.
 */
final class SessionService {
    static final String CREATE = "/service/session/create";
    static final String EXIT = "/service/session/exit";
    static final String STOP = "/service/session/stop";
    /** DOM changes of the customer, passed on to the agent on the same channel with the same data. */
    static final String DOM = "/service/session/dom";
    /** Pointer and input events of the agent, passed on to the customer in the same way. */
    static final String POINTER = "/service/session/pointer";

    /** The request attribute with the HTTP response in which a cookie can be set; absent over WebSocket. */
    static final String RESPONSE = SessionService.class.getName() + ".response";

    /** The attribute of a CometD session with the user that it has joined as. */
    private static final String USER = "user";

    private final Identity identity;
    private final Sessions sessions;
    private final Counters counters;

    SessionService(Identity identity, Sessions sessions, Counters counters) {
        this.identity = identity;
        this.sessions = sessions;
        this.counters = counters;
    }

    /** Listens on the channels. A CometD client that goes away exits its session. */
    void register(BayeuxServer bayeux) {
        listen(bayeux, CREATE, this::create);
        listen(bayeux, CobrowseSession.JOIN, this::join);
        listen(bayeux, EXIT, this::exit);
        listen(bayeux, STOP, this::stop);
        listen(bayeux, DOM, (from, message) -> relay(from, message, Role.CUSTOMER, Role.AGENT));
        listen(bayeux, POINTER, (from, message) -> relay(from, message, Role.AGENT, Role.CUSTOMER));
        bayeux.addListener(new BayeuxServer.SessionListener() {
            @Override
            public void sessionRemoved(ServerSession session, @Nullable ServerMessage message, boolean timeout) {
                if (session.getAttribute(USER) instanceof Participant user) {
                    sessions.exit(user);
                }
            }
        });
    }

    private interface Request {
        void handle(ServerSession from, ServerMessage message) throws Refusal;
    }

    private static void listen(BayeuxServer bayeux, String name, Request request) {
        ServerChannel.MessageListener listener = new ServerChannel.MessageListener() {
            @Override
            public boolean onMessage(ServerSession from, ServerChannel channel, ServerMessage.Mutable message) {
                try {
                    request.handle(from, message);
                } catch (Refusal refusal) {
                    deliver(from, name, refusal.answer());
                }
                return true;
            }
        };
        ConfigurableServerChannel.Initializer.Persistent persistent =
                new ConfigurableServerChannel.Initializer.Persistent();
        bayeux.createChannelIfAbsent(name, persistent, channel -> channel.addListener(listener));
    }

    private void create(ServerSession from, ServerMessage message) {
        CobrowseSession session = sessions.create("over CometD");
        setCookie(message);
        deliver(from, CREATE, Map.of("sessionToken", session.token()));
    }

    private void join(ServerSession from, ServerMessage message) throws Refusal {
        Map<String, Object> data = data(message);
        String token = text(data, "sessionToken");
        Role role = Role.of(data.get("role"));
        if (role == null) {
            throw new Refusal("bad-request", "role: must be 1 (customer), 2 (agent) or 3 (controller).");
        }
        CobrowseSession session = sessions.find(token);
        if (session == null) {
            countForeign(message);
            throw new Refusal("unknown-session", identity.name() + " knows no session with this token.");
        }
        if (from.getAttribute(USER) instanceof Participant user
                && user.session().has(user)) {
            throw new Refusal(
                    "already-joined",
                    "This client is in session " + user.session().token() + " already.");
        }
        String name = data.get("name") instanceof String given ? given : "";
        Client client = (channel, event) -> deliver(from, channel, event);
        from.setAttribute(USER, sessions.join(session, role, name, client));
        if (role == Role.AGENT) {
            setCookie(message);
        }
    }

    private void exit(ServerSession from, ServerMessage message) throws Refusal {
        sessions.exit(user(message));
        deliver(from, EXIT, Map.of());
    }

    private void stop(ServerSession from, ServerMessage message) throws Refusal {
        Participant user = user(message);
        if (user.role() != Role.CONTROLLER) {
            throw new Refusal("not-controller", "Only a controller stops a session.");
        }
        sessions.stop(user.session(), user.toString());
        deliver(from, STOP, Map.of());
    }

    private void relay(ServerSession from, ServerMessage message, Role sender, Role receiver) throws Refusal {
        if (!(from.getAttribute(USER) instanceof Participant user)) {
            throw new Refusal("not-joined", "This client has joined no session.");
        }
        if (user.role() != sender) {
            throw new Refusal("wrong-role", "Only the " + sender + " sends on this channel.");
        }
        Participant partner = user.session().partner(receiver);
        if (partner == null) {
            throw new Refusal("not-active", "The session has no " + receiver + ".");
        }
        partner.client().deliver(message.getChannel(), message.getData());
        counters.relayed.increment();
    }

    /** Finds the user whose token is in a message. */
    private Participant user(ServerMessage message) throws Refusal {
        String userToken = text(data(message), "userToken");
        CobrowseSession session = sessions.ofUser(userToken);
        if (session == null) {
            countForeign(message);
        } else if (session.ended()) {
            throw new Refusal("session-ended", "Session " + session.token() + " has ended.");
        }
        Participant user = session == null ? null : session.user(userToken);
        if (user == null) {
            throw new Refusal("unknown-user", identity.name() + " knows no user with this token.");
        }
        return user;
    }

    private void countForeign(ServerMessage message) {
        if (message.getBayeuxContext().getRequestAttribute(NodeHandler.FOREIGN) == null) {
            counters.foreign.increment();
        }
    }

    private void setCookie(ServerMessage message) {
        if (message.getBayeuxContext().getRequestAttribute(RESPONSE) instanceof HttpServletResponse response) {
            response.addHeader("Set-Cookie", identity.setCookie());
        }
    }

    private static void deliver(ServerSession to, String channel, @Nullable Object data) {
        to.deliver(null, channel, data, Promise.noop());
    }

    private static Map<String, Object> data(ServerMessage message) throws Refusal {
        if (!(message.getData() instanceof Map<?, ?>)) {
            throw new Refusal("bad-request", "data: must be an object.");
        }
        return message.getDataAsMap();
    }

    private static String text(Map<String, Object> data, String key) throws Refusal {
        if (data.get(key) instanceof String text && !text.isEmpty()) {
            return text;
        }
        throw new Refusal("bad-request", key + ": must be a text.");
    }
}
