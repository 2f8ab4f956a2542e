package io.cobrowse.node.demo;

import java.io.IOException;
import java.net.URI;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.cometd.bayeux.client.ClientSessionChannel.MessageListener;
import org.cometd.client.BayeuxClient;
import org.eclipse.jetty.client.ContentResponse;
import org.eclipse.jetty.client.Request;
import org.eclipse.jetty.http.HttpCookie;
import org.eclipse.jetty.http.HttpCookieStore;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.SetCookieParser;
import org.eclipse.jetty.util.ajax.JSON;
import org.jspecify.annotations.Nullable;

/** A simulated browser: its cookies, its plain requests and its CometD client. Used by one thread. */
final class SimulatedBrowser {
    private static final String CHANNELS = "/service/session/";
    private static final long PATIENCE_SECONDS = 10;

    private final TrafficClients clients;
    private final HttpCookieStore cookies = new HttpCookieStore.Default();
    /** The callers that wait for a node's next message, by channel. */
    private final Map<String, CompletableFuture<Map<String, Object>>> awaited = new ConcurrentHashMap<>();

    private @Nullable BayeuxClient comet;

    SimulatedBrowser(TrafficClients clients) {
        this.clients = clients;
    }

    /** Sets the stickiness cookie. */
    void stickTo(String node, URI site) {
        cookies.add(site, HttpCookie.build("gcbSessionServer", node).path("/").build());
    }

    /**
     * Sends a request with the cookies, keeps the cookies of the answer, and returns its JSON.
     *
     * @throws IOException if there is no answer, or it is not a success
     */
    @SuppressWarnings("unchecked")
    Map<String, Object> ask(String method, URI uri) throws IOException, InterruptedException {
        String body = get(method, uri).getContentAsString();
        if (new JSON().fromJSON(body) instanceof Map<?, ?> json) {
            return (Map<String, Object>) json;
        }
        throw new IOException(uri + " answered " + body);
    }

    /** Like {@link #ask}, but accepts any answer. */
    ContentResponse get(String method, URI uri) throws IOException, InterruptedException {
        Request request = clients.http().newRequest(uri).method(method).timeout(PATIENCE_SECONDS, TimeUnit.SECONDS);
        cookies.match(uri).forEach(request::cookie);
        try {
            ContentResponse response = request.send();
            for (String cookie : response.getHeaders().getValuesList(HttpHeader.SET_COOKIE)) {
                cookies.add(uri, SetCookieParser.newInstance().parse(cookie));
            }
            if (response.getStatus() != 200) {
                throw new IOException(uri + " answered " + response.getStatus());
            }
            return response;
        } catch (ExecutionException | TimeoutException failure) {
            throw new IOException(uri + " did not answer", failure);
        }
    }

    /** Connects the CometD client, which begins with a handshake. */
    void connect(URI url, boolean webSocket) throws IOException {
        BayeuxClient client = clients.comet(url, cookies, webSocket);
        comet = client;
        client.getChannel(CHANNELS + "*").addListener((MessageListener) (channel, message) -> {
            CompletableFuture<Map<String, Object>> waiting =
                    message.isPublishReply() ? null : awaited.remove(message.getChannel());
            if (waiting != null) {
                waiting.complete(message.getDataAsMap());
            }
        });
        client.handshake();
        if (!client.waitFor(TimeUnit.SECONDS.toMillis(PATIENCE_SECONDS), BayeuxClient.State.CONNECTED)) {
            throw new IOException(url + " shook no hands");
        }
    }

    /** Sends a message, and returns what the node sends on the same channel. */
    Map<String, Object> call(String channel, Map<String, Object> data) throws IOException, InterruptedException {
        CompletableFuture<Map<String, Object>> answer = new CompletableFuture<>();
        awaited.put(CHANNELS + channel, answer);
        publish(channel, data);
        return await(answer);
    }

    /** Sends a message, and waits until the node has it. */
    void publish(String channel, Map<String, Object> data) throws IOException, InterruptedException {
        BayeuxClient client = comet;
        if (client == null || !client.isConnected()) {
            throw new IOException("Not connected");
        }
        CompletableFuture<Map<String, Object>> taken = new CompletableFuture<>();
        client.getChannel(CHANNELS + channel).publish(data, reply -> {
            if (reply.isSuccessful()) {
                taken.complete(Map.of());
            } else {
                taken.completeExceptionally(new IOException("Refused: " + reply));
            }
        });
        await(taken);
    }

    private static Map<String, Object> await(CompletableFuture<Map<String, Object>> answer)
            throws IOException, InterruptedException {
        try {
            return answer.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
        } catch (ExecutionException | TimeoutException failure) {
            throw new IOException("No answer to a message", failure);
        }
    }

    /** Disconnects, if the client is connected. */
    void disconnect() {
        BayeuxClient client = comet;
        comet = null;
        if (client != null) {
            client.disconnect();
            if (!client.waitFor(TimeUnit.SECONDS.toMillis(1), BayeuxClient.State.DISCONNECTED)) {
                client.abort();
            }
        }
    }
}
