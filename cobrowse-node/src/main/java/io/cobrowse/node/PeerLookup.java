package io.cobrowse.node;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Asks all peers at the same time which of them owns a session. The first owner's answer ends the look-up; a peer that
 * is down or hangs delays it only up to the time limit. Peers are asked on an internal path, on which they do not ask
 * their own peers. Thread-safe.
 */
final class PeerLookup {
    /** The internal path of a session, without its token; the answer is 404 if the node does not own the session. */
    static final String PATH = NodeHandler.INTERNAL + "sessions/";

    private static final Logger LOG = LoggerFactory.getLogger(PeerLookup.class);

    private final Duration limit;
    private final HttpClient client;
    private volatile List<URI> peers = List.of();

    /** @param limit the longest time that a look-up may take */
    PeerLookup(Duration limit) {
        this.limit = limit;
        client = HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .proxy(HttpClient.Builder.NO_PROXY)
                .build();
    }

    /** @throws IllegalArgumentException if one is not an HTTP URL with a host */
    void peers(List<URI> urls) {
        urls.forEach(url -> ServerUrl.check("peers", url));
        peers = List.copyOf(urls);
    }

    /** Returns the owner's answer as JSON, or nothing if no peer has answered as the owner in time. Never fails. */
    CompletableFuture<Optional<String>> find(String token) {
        CompletableFuture<Optional<String>> found = new CompletableFuture<>();
        List<CompletableFuture<HttpResponse<String>>> calls = new ArrayList<>();
        List<CompletableFuture<Boolean>> answers = new ArrayList<>();
        for (URI peer : peers) {
            CompletableFuture<HttpResponse<String>> call = ask(peer, token);
            calls.add(call);
            answers.add(call.handle((answer, failure) -> {
                if (failure != null && !found.isDone()) {
                    LOG.info("Peer {} did not answer the look-up of session {}: {}", peer, token, failure.toString());
                }
                return failure == null && answer.statusCode() == 200 && found.complete(Optional.of(answer.body()));
            }));
        }
        CompletableFuture<Optional<String>> none = CompletableFuture.allOf(answers.toArray(CompletableFuture[]::new))
                .thenApply(all -> Optional.empty());
        return found.completeOnTimeout(Optional.empty(), limit.toMillis(), TimeUnit.MILLISECONDS)
                .applyToEither(none, first -> first)
                .whenComplete((answer, failure) -> calls.forEach(call -> call.cancel(true)));
    }

    private CompletableFuture<HttpResponse<String>> ask(URI peer, String token) {
        HttpRequest request = HttpRequest.newBuilder(peer.resolve(PATH + token))
                .timeout(limit)
                .build();
        return client.sendAsync(request, BodyHandlers.ofString());
    }
}
