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

/** What all browsers of a test share: the connections, threads and timers that CometD would else make for each of them. */
public final class Clients implements AutoCloseable {
    /** Two a browser over long-polling, one over WebSocket. */
    private static final int MAX_CONNECTIONS = 8192;

    private static final int MAX_THREADS = 64;
    /** CometD connects a WebSocket, and writes to it, while it occupies a timer's thread. */
    private static final int TIMER_THREADS = 16;
    /** All may be late on a busy machine; how fast it is, is for other tests. */
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

    /** The first WebSocket has the container start what it works with, and fails those that are asked for meanwhile. */
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

    /** Makes a client that tries these transports in this order. */
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
