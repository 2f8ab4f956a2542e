package io.cobrowse.node.demo;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.eclipse.jetty.util.ajax.JSON;

/** The nodes' states as the proxy sees them, read from its admin listener. Thread-safe. */
final class ProxyView {
    private static final Duration LIMIT = Duration.ofSeconds(2);

    private final HttpClient client = HttpClient.newBuilder()
            .proxy(HttpClient.Builder.NO_PROXY)
            .connectTimeout(LIMIT)
            .build();
    private final HttpRequest request;

    ProxyView(URI admin) {
        request = HttpRequest.newBuilder(admin.resolve("/api/nodes"))
                .timeout(LIMIT)
                .build();
    }

    /** Returns the states by the nodes' ids; empty if the proxy does not answer. */
    Map<String, String> states() throws InterruptedException {
        Map<String, String> states = new HashMap<>();
        try {
            HttpResponse<String> answer = client.send(request, BodyHandlers.ofString());
            if (answer.statusCode() == 200 && new JSON().fromJSON(answer.body()) instanceof Object[] nodes) {
                for (Object each : nodes) {
                    if (each instanceof Map<?, ?> node) {
                        states.put(String.valueOf(node.get("id")), String.valueOf(node.get("state")));
                    }
                }
            }
        } catch (IOException | IllegalStateException unreadable) {
            return Map.of();
        }
        return states;
    }
}
