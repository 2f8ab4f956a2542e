package io.cobrowse.node;

import static org.assertj.core.api.Assertions.assertThat;

import jakarta.websocket.ContainerProvider;
import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.cometd.bayeux.client.ClientSessionChannel;
import org.cometd.client.BayeuxClient;
import org.cometd.client.http.jetty.JettyHttpClientTransport;
import org.cometd.client.transport.ClientTransport;
import org.cometd.client.websocket.jakarta.WebSocketTransport;
import org.eclipse.jetty.client.HttpClient;
import org.eclipse.jetty.util.component.LifeCycle;

/** A CometD client of a node, over long-polling or WebSocket; keeps the messages on the session channels. */
final class CometClient implements AutoCloseable {
    enum Transport {
        LONG_POLLING,
        WEB_SOCKET
    }

    private final HttpClient http = new HttpClient();
    private final LinkedBlockingQueue<Map<String, Object>> messages = new LinkedBlockingQueue<>();
    private final List<Object> container = new CopyOnWriteArrayList<>();
    private final BayeuxClient client;

    private CometClient(URI url, Transport transport) throws Exception {
        http.start();
        client = new BayeuxClient(url.toString(), transport(transport));
        for (String channel : List.of("create", "join", "joined", "exit", "stop", "deactivated", "dom", "pointer")) {
            client.getChannel("/service/session/" + channel).addListener((ClientSessionChannel.MessageListener)
                    (sender, message) -> {
                        if (!message.isPublishReply()) {
                            messages.add(Map.of("channel", channel, "data", message.getData()));
                        }
                    });
        }
    }

    private ClientTransport transport(Transport transport) {
        if (transport == Transport.LONG_POLLING) {
            return new JettyHttpClientTransport(null, http);
        }
        var webSocket = ContainerProvider.getWebSocketContainer();
        container.add(webSocket);
        return new WebSocketTransport(null, null, webSocket);
    }

    static CometClient handshake(CobrowseNode node, Transport transport) throws Exception {
        return handshake(node.uri().resolve("/cobrowse/cometd"), transport);
    }

    static CometClient handshake(URI url, Transport transport) throws Exception {
        URI address =
                transport == Transport.WEB_SOCKET ? URI.create(url.toString().replaceFirst("http", "ws")) : url;
        CometClient client = new CometClient(address, transport);
        client.client.handshake();
        assertThat(client.client.waitFor(10_000, BayeuxClient.State.CONNECTED)).isTrue();
        return client;
    }

    void publish(String channel, Object data) {
        client.getChannel("/service/session/" + channel).publish(data);
    }

    /** Publishes all messages in one batch, which keeps their order over any transport. */
    void publishAll(String channel, List<?> data) {
        client.batch(() -> data.forEach(item -> publish(channel, item)));
    }

    /** Returns the data of the next message, which must be on that channel. */
    @SuppressWarnings("unchecked")
    Map<String, Object> next(String channel) throws InterruptedException {
        Map<String, Object> message = messages.poll(10, TimeUnit.SECONDS);
        assertThat(message).as("a message on %s", channel).isNotNull();
        assertThat(message).as("%s", message).containsEntry("channel", channel);
        return (Map<String, Object>) message.get("data");
    }

    /** Publishes and returns the answer on the same channel. */
    Map<String, Object> call(String channel, Object data) throws InterruptedException {
        publish(channel, data);
        return next(channel);
    }

    Map<String, Object> join(String sessionToken, int role, String name) throws InterruptedException {
        return call("join", Map.of("sessionToken", sessionToken, "role", role, "name", name));
    }

    boolean connected() {
        return client.isConnected();
    }

    @Override
    public void close() throws Exception {
        client.disconnect(2_000);
        http.stop();
        container.forEach(LifeCycle::stop);
    }
}
