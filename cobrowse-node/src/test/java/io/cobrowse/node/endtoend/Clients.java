package io.cobrowse.node.endtoend;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import jakarta.websocket.ClientEndpointConfig;
import jakarta.websocket.Endpoint;
import jakarta.websocket.EndpointConfig;
import jakarta.websocket.Session;
import jakarta.websocket.WebSocketContainer;
import java.io.IOException;
import java.net.URI;
import java.util.HashMap;
import java.util.Map;
import org.cometd.client.BayeuxClient;
import org.cometd.client.http.jetty.JettyHttpClientTransport;
import org.cometd.client.transport.ClientTransport;
import org.cometd.client.transport.HttpClientTransport;
import org.cometd.client.websocket.jakarta.WebSocketTransport;
import org.cometd.common.JettyJSONContextClient;
import org.eclipse.jetty.client.HttpClient;
import org.eclipse.jetty.ee11.websocket.jakarta.client.JakartaWebSocketClientContainerProvider;
import org.eclipse.jetty.http.HttpCookieStore;
import org.eclipse.jetty.util.thread.QueuedThreadPool;

/**
 * The resources that all browsers of a test share: the connections, threads and timers that CometD would otherwise
 * create for each of them.
 */
public final class Clients implements AutoCloseable {
    /** Two for each browser over long-polling, one over WebSocket. */
    private static final int MAX_CONNECTIONS = 8192;

    private static final int MAX_THREADS = 64;
    /** CometD connects WebSockets, and writes to them, on the threads of its timers. */
    private static final int TIMER_THREADS = 16;
    /** Everything may be late on a busy machine; other tests measure speed. */
    private static final long PATIENCE_MILLIS = 30_000;

    private static final Map<String, Object> OPTIONS = Map.of(
            ClientTransport.MAX_NETWORK_DELAY_OPTION,
            PATIENCE_MILLIS,
            // Stateless once set up, which each transport would do for itself.
            ClientTransport.JSON_CONTEXT_OPTION,
            new JettyJSONContextClient(),
            // A client whose WebSocket has once worked would try nothing else.
            "ws." + WebSocketTransport.STICKY_RECONNECT_OPTION,
            false);

    private final HttpClient http = new HttpClient();
    private final BayeuxClient.Scheduler timers = new BayeuxClient.Scheduler(TIMER_THREADS);
    private final WebSocketContainer webSockets;

    public Clients() throws Exception {
        QueuedThreadPool threads = new QueuedThreadPool(MAX_THREADS);
        threads.setName("clients");
        http.setExecutor(threads);
        http.setConnectTimeout(PATIENCE_MILLIS);
        http.setMaxConnectionsPerDestination(MAX_CONNECTIONS);
        http.setMaxRequestsQueuedPerDestination(MAX_CONNECTIONS);
        http.setHttpCookieStore(new HttpCookieStore.Empty()); // Each browser has its own.
        http.start();
        webSockets = JakartaWebSocketClientContainerProvider.getContainer(http);
        startWebSockets();
    }

    /**
     * Tries to open a first WebSocket, which makes the container start its components; connections requested meanwhile
     * would fail.
     */
    private void startWebSockets() {
        Endpoint unused = new Endpoint() {
            @Override
            public void onOpen(Session session, EndpointConfig config) {
                throw new IllegalStateException("Nobody listens on port 1");
            }
        };
        assertThatThrownBy(() -> webSockets.connectToServer(
                        unused, ClientEndpointConfig.Builder.create().build(), URI.create("ws://127.0.0.1:1/")))
                .isInstanceOf(IOException.class);
    }

    HttpClient http() {
        return http;
    }

    ClientTransport longPolling() {
        return new JettyHttpClientTransport(new HashMap<>(OPTIONS), http);
    }

    WebSocketTransport webSocket() {
        return new WebSocketTransport(new HashMap<>(OPTIONS), null, webSockets);
    }

    /** Creates a client that tries these transports in this order. */
    BayeuxClient comet(URI url, HttpCookieStore cookies, ClientTransport first, ClientTransport... others) {
        BayeuxClient client = new BayeuxClient(url.toString(), timers, first, others);
        for (String name : client.getKnownTransportNames()) {
            ((HttpClientTransport) client.getTransport(name)).setHttpCookieStore(cookies);
        }
        return client;
    }

    @Override
    public void close() throws Exception {
        JakartaWebSocketClientContainerProvider.stop(webSockets);
        http.stop();
        timers.shutdownNow();
    }
}
