package io.cobrowse.node.demo;

import jakarta.websocket.ClientEndpointConfig;
import jakarta.websocket.DeploymentException;
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
import org.cometd.client.transport.HttpClientTransport;
import org.cometd.client.websocket.jakarta.WebSocketTransport;
import org.eclipse.jetty.client.HttpClient;
import org.eclipse.jetty.ee11.websocket.jakarta.client.JakartaWebSocketClientContainerProvider;
import org.eclipse.jetty.http.HttpCookieStore;
import org.eclipse.jetty.util.thread.QueuedThreadPool;

/** The connections, threads and timers that all simulated browsers share. Thread-safe. */
final class TrafficClients implements AutoCloseable {
    private static final int MAX_CONNECTIONS = 1024;
    private static final int MAX_THREADS = 16;
    private static final int TIMER_THREADS = 2;

    private final HttpClient http = new HttpClient();
    private final BayeuxClient.Scheduler timers = new BayeuxClient.Scheduler(TIMER_THREADS);
    private final WebSocketContainer webSockets;

    TrafficClients() throws IOException {
        QueuedThreadPool threads = new QueuedThreadPool(MAX_THREADS);
        threads.setName("traffic");
        threads.setDaemon(true);
        http.setExecutor(threads);
        http.setMaxConnectionsPerDestination(MAX_CONNECTIONS);
        http.setHttpCookieStore(new HttpCookieStore.Empty()); // Each browser has its own.
        try {
            http.start();
        } catch (Exception failure) {
            throw new IOException("The traffic's clients do not start", failure);
        }
        webSockets = JakartaWebSocketClientContainerProvider.getContainer(http);
        startWebSockets();
    }

    /**
     * Tries to open a first WebSocket, which makes the container start its components; connections requested meanwhile would
     * fail.
     */
    private void startWebSockets() {
        Endpoint unused = new Endpoint() {
            @Override
            public void onOpen(Session session, EndpointConfig config) {}
        };
        try {
            webSockets.connectToServer(
                    unused, ClientEndpointConfig.Builder.create().build(), URI.create("ws://127.0.0.1:1/"));
        } catch (IOException | DeploymentException nobodyThere) {
            // Expected.
        }
    }

    HttpClient http() {
        return http;
    }

    /** Creates a CometD client that uses WebSocket or long-polling. */
    BayeuxClient comet(URI url, HttpCookieStore cookies, boolean webSocket) {
        Map<String, Object> options = new HashMap<>();
        HttpClientTransport transport = webSocket
                ? new WebSocketTransport(options, null, webSockets)
                : new JettyHttpClientTransport(options, http);
        BayeuxClient client = new BayeuxClient(url.toString(), timers, transport);
        transport.setHttpCookieStore(cookies); // Set after the client is created, which sets a store of its own.
        return client;
    }

    @Override
    public void close() {
        try {
            JakartaWebSocketClientContainerProvider.stop(webSockets);
            http.stop();
        } catch (Exception failure) {
            throw new IllegalStateException("The traffic's clients do not stop", failure);
        }
        timers.shutdownNow();
    }
}
