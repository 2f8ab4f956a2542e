package io.cobrowse.node;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.eclipse.jetty.util.ajax.JSON;

/** Plain HTTP against a node, without cookies of its own. */
final class Http {
    private static final HttpClient CLIENT = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .proxy(HttpClient.Builder.NO_PROXY)
            .build();

    private Http() {}

    static HttpResponse<String> send(String method, URI uri, String body, String... fields)
            throws IOException, InterruptedException {
        HttpRequest.Builder request = HttpRequest.newBuilder(uri)
                .timeout(Duration.ofSeconds(20))
                .method(method, BodyPublishers.ofString(body));
        if (fields.length > 0) {
            request.headers(fields);
        }
        return CLIENT.send(request.build(), BodyHandlers.ofString());
    }

    static HttpResponse<String> get(CobrowseNode node, String path, String... fields) throws Exception {
        return send("GET", node.uri().resolve(path), "", fields);
    }

    static HttpResponse<String> post(CobrowseNode node, String path, String body, String... fields) throws Exception {
        return send("POST", node.uri().resolve(path), body, fields);
    }

    /** Creates a session and returns its token. */
    static String createSession(CobrowseNode node) throws Exception {
        return (String) json(post(node, "/cobrowse/rest/live/sessions", "")).get("sessionToken");
    }

    @SuppressWarnings("unchecked")
    static Map<String, Object> json(HttpResponse<String> response) {
        return (Map<String, Object>) new JSON().fromJSON(response.body());
    }

    /** Returns the values of the stickiness cookie that an answer sets. */
    static List<String> stickiness(HttpResponse<String> response) {
        return response.headers().allValues("Set-Cookie").stream()
                .filter(cookie -> cookie.startsWith("gcbSessionServer"))
                .toList();
    }
}
