package io.cobrowse.node.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.cometd.bayeux.Message;
import org.cometd.bayeux.client.ClientSessionChannel.MessageListener;
import org.cometd.client.BayeuxClient;
import org.cometd.client.transport.ClientTransport;
import org.cometd.client.transport.TransportListener;
import org.eclipse.jetty.client.ContentResponse;
import org.eclipse.jetty.client.Request;
import org.eclipse.jetty.http.HttpCookie;
import org.eclipse.jetty.http.HttpCookieStore;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.SetCookieParser;
import org.eclipse.jetty.util.ajax.JSON;

/**
 * The browser of a customer or an agent: its cookies, its plain requests, and its CometD client with all messages on
 * the session channels, in the order of arrival.
 */
public final class Browser {
    public static final String COOKIE = "gcbSessionServer";

    private static final String CHANNELS = "/service/session/";
    private static final long PATIENCE_SECONDS = 30;

    private final Clients clients;
    private final HttpCookieStore cookies = new HttpCookieStore.Default();
    private final BlockingQueue<Map<String, Object>> inbox = new LinkedBlockingQueue<>();
    private final Queue<Throwable> failures = new ConcurrentLinkedQueue<>();
    private BayeuxClient comet;

    public Browser(Clients clients) {
        this.clients = clients;
    }

    /** Sets the stickiness cookie for the whole of a site. */
    void stickTo(String node, URI site) {
        cookies.add(site, HttpCookie.build(COOKIE, node).path("/").build());
    }

    /** Returns the value of the stickiness cookie; null for none. */
    public String stickiness(URI site) {
        return cookies.match(site).stream()
                .filter(cookie -> cookie.getName().equals(COOKIE))
                .map(HttpCookie::getValue)
                .findFirst()
                .orElse(null);
    }

    /** Sends a request with the cookies and keeps those of the answer. */
    public ContentResponse send(String method, URI uri) throws Exception {
        Request request = clients.http().newRequest(uri).method(method).timeout(PATIENCE_SECONDS, TimeUnit.SECONDS);
        cookies.match(uri).forEach(request::cookie);
        ContentResponse response = request.send();
        for (String cookie : response.getHeaders().getValuesList(HttpHeader.SET_COOKIE)) {
            cookies.add(uri, SetCookieParser.newInstance().parse(cookie));
        }
        return response;
    }

    /** Returns the JSON of an answer that must have status 200. */
    @SuppressWarnings("unchecked")
    public static Map<String, Object> json(ContentResponse response) {
        assertThat(response.getStatus()).as(response.getContentAsString()).isEqualTo(200);
        return (Map<String, Object>) new JSON().fromJSON(response.getContentAsString());
    }

    /** Connects over the first of the transports that works, which begins with a handshake. */
    void connect(URI url, ClientTransport first, ClientTransport... others) {
        use(clients.comet(url, cookies, first, others));
        comet.handshake();
        assertThat(comet.waitFor(TimeUnit.SECONDS.toMillis(PATIENCE_SECONDS), BayeuxClient.State.CONNECTED))
                .as("%s connected to %s, failures %s", comet, url, failures)
                .isTrue();
    }

    private void use(BayeuxClient client) {
        comet = client;
        client.addTransportListener(new TransportListener() {
            @Override
            public void onFailure(Throwable failure, List<? extends Message> messages) {
                failures.add(failure);
            }
        });
        client.getChannel(CHANNELS + "*").addListener((MessageListener) (channel, message) -> {
            if (!message.isPublishReply()) {
                inbox.add(Map.of(
                        "channel", message.getChannel().substring(CHANNELS.length()), "data", message.getData()));
            }
        });
    }

    /** Returns the CometD client. */
    public BayeuxClient comet() {
        return comet;
    }

    /** Returns the name of the transport in use. */
    String transport() {
        return comet.getTransport().getName();
    }

    @Override
    public String toString() {
        return comet + " over " + (comet == null ? "nothing" : transport()) + ", failures " + failures;
    }

    /**
     * Sends messages in one batch, which keeps their order over any transport.
     *
     * @return completes when the node has acknowledged all, or exceptionally if one failed
     */
    CompletableFuture<Void> publish(String channel, List<?> messages) {
        CompletableFuture<?>[] replies =
                messages.stream().map(message -> new CompletableFuture<Void>()).toArray(CompletableFuture<?>[]::new);
        comet.batch(() -> {
            for (int i = 0; i < replies.length; i++) {
                CompletableFuture<?> reply = replies[i];
                comet.getChannel(CHANNELS + channel).publish(messages.get(i), answer -> complete(reply, answer));
            }
        });
        return CompletableFuture.allOf(replies).orTimeout(PATIENCE_SECONDS, TimeUnit.SECONDS);
    }

    private static void complete(CompletableFuture<?> reply, Message answer) {
        if (answer.isSuccessful()) {
            reply.complete(null);
        } else {
            reply.completeExceptionally(new AssertionError(answer.toString()));
        }
    }

    /** Returns the data of the next message, which must be on this channel. */
    @SuppressWarnings("unchecked")
    Map<String, Object> next(String channel) throws InterruptedException {
        Map<String, Object> message = inbox.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
        assertThat(message).as("a message on %s", channel).isNotNull();
        assertThat(message).as("%s", message).containsEntry("channel", channel);
        return (Map<String, Object>) message.get("data");
    }

    /** Sends a message and returns the answer on the same channel. */
    Map<String, Object> call(String channel, Map<String, Object> data) throws InterruptedException {
        publish(channel, List.of(data)).join();
        return next(channel);
    }

    /** Disconnects; checks that no unexpected message has arrived. */
    void disconnect() {
        comet.disconnect();
        assertThat(comet.waitFor(TimeUnit.SECONDS.toMillis(PATIENCE_SECONDS), BayeuxClient.State.DISCONNECTED))
                .as("disconnected")
                .isTrue();
        assertThat(inbox).isEmpty();
    }
}
