package io.cobrowse.node;

import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import org.cometd.bayeux.server.BayeuxServer;
import org.cometd.bayeux.server.ServerMessage;
import org.cometd.server.BayeuxServerImpl;
import org.cometd.server.http.JSONHttpTransport;
import org.cometd.server.http.jakarta.CometDServlet;
import org.cometd.server.websocket.jetty.JettyWebSocketTransport;
import org.eclipse.jetty.server.Context;

/** CometD over long-polling and WebSocket, with the session service on its channels. */
final class CometServlet extends CometDServlet {
    /**
     * Times are in milliseconds. Clients are identified by their id alone, and any number of them may share a browser:
     * agents that stick by URL need no cookie at all, and over HTTP/2 a browser has connections for more than one
     * parked request. Clients are told when they are considered gone: only then do they give up a transport that no
     * longer works, and try another.
     */
    static final Map<String, String> OPTIONS = Map.of(
            "maxMessageSize", "1048576",
            "trustClientSession", "true",
            "maxSessionsPerBrowser", "-1",
            "handshakeReconnect", "true",
            "transports", JettyWebSocketTransport.class.getName() + "," + JSONHttpTransport.class.getName(),
            "ws.cometdURLMapping", "/cometd/*",
            "ws.idleTimeout", "60000");

    /** The longest time that a {@code /meta/connect} is parked. */
    static final Duration TIMEOUT = Duration.ofSeconds(30);

    /** A client that does not return within this time is considered gone. */
    static final Duration MAX_INTERVAL = Duration.ofSeconds(15);

    private final transient Context context;
    private final transient SessionService service;
    private final transient Counters counters;

    CometServlet(Context context, SessionService service, Counters counters) {
        this.context = context;
        this.service = service;
        this.counters = counters;
    }

    @Override
    protected BayeuxServer newBayeuxServer() {
        BayeuxServerImpl bayeux = new BayeuxServerImpl() {
            @Override
            protected void unknownSession(ServerMessage.Mutable reply) {
                counters.unknownClients.increment();
                super.unknownSession(reply);
            }
        };
        bayeux.setOption(Context.class.getName(), context);
        return bayeux;
    }

    @Override
    public void init() throws ServletException {
        super.init();
        service.register(getBayeuxServer());
    }

    @Override
    protected void service(HttpServletRequest request, HttpServletResponse response)
            throws ServletException, IOException {
        request.setAttribute(SessionService.RESPONSE, response);
        super.service(request, response);
    }

    /** Tells all clients to disconnect, which answers the parked requests. */
    void disconnectAll() {
        getBayeuxServer().getSessions().forEach(session -> session.disconnect());
    }
}
