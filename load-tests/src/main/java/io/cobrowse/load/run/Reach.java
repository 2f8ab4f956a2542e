package io.cobrowse.load.run;

import io.cobrowse.measuring.Cause;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;

/** Checks that a target is there before a load starts. Stateless. */
final class Reach {
    private static final Duration CONNECT_PATIENCE = Duration.ofSeconds(5);

    /** A target that has just started on a busy machine, beside several injectors that start too, takes seconds for an answer. */
    private static final Duration ANSWER_PATIENCE = Duration.ofSeconds(30);

    private Reach() {}

    /**
     * Requests a page once. Any answer is accepted; the load checks whether it is correct.
     *
     * @throws UnreachableException if there is no answer in time, with the cause
     */
    static void check(URI target, String page) throws UnreachableException, InterruptedException {
        URI url = target.resolve(page);
        HttpClient client = HttpClient.newBuilder()
                .connectTimeout(CONNECT_PATIENCE)
                .version(HttpClient.Version.HTTP_1_1)
                .build();
        try {
            client.send(HttpRequest.newBuilder(url).timeout(ANSWER_PATIENCE).build(), BodyHandlers.discarding());
        } catch (IOException failure) {
            throw new UnreachableException("The target " + url + " cannot be reached: " + Cause.of(failure), failure);
        }
    }
}
