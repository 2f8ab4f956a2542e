package io.cobrowse.sticky.proxy.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.HttpTimeoutException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** A client of the admin interface of a running proxy. The message of each failure is one line for the operator. */
final class AdminClient {
    private static final Duration TIMEOUT = Duration.ofSeconds(10);

    private final HttpClient http =
            HttpClient.newBuilder().connectTimeout(TIMEOUT).build();
    private final ObjectMapper json = new ObjectMapper();
    private final URI admin;
    private final @Nullable String token;

    AdminClient(URI admin, @Nullable Path tokenFile) throws CommandFailedException {
        this.admin = admin;
        this.token = tokenFile == null ? null : token(tokenFile);
    }

    /** Returns the array of nodes. */
    JsonNode nodes() throws CommandFailedException, InterruptedException {
        URI uri = admin.resolve("/api/nodes");
        HttpResponse<String> response = send(request(uri).GET().build());
        if (response.statusCode() == 404) {
            throw new CommandFailedException("no admin interface at " + admin + ": " + uri + " answered 404");
        }
        checkStatus(response);
        JsonNode nodes = parse(response.body());
        if (nodes == null || !nodes.isArray()) {
            throw new CommandFailedException(uri + " did not answer with a list of nodes");
        }
        return nodes;
    }

    /** Sets the state of a node; returns the node afterwards. */
    JsonNode setState(String id, String state) throws CommandFailedException, InterruptedException {
        URI uri = admin.resolve("/api/nodes/" + id + "/state");
        String body = json.createObjectNode().put("state", state).toString();
        HttpResponse<String> response = send(request(uri)
                .header("Content-Type", "application/json")
                .PUT(BodyPublishers.ofString(body))
                .build());
        if (response.statusCode() == 404) {
            throw new CommandFailedException(
                    "the proxy at " + admin + " has no node " + id + detail(response.body()) + " (404)");
        }
        checkStatus(response);
        JsonNode node = parse(response.body());
        return node == null ? json.createObjectNode() : node;
    }

    /** Returns the percentiles of all requests and of each node. */
    JsonNode stats() throws CommandFailedException, InterruptedException {
        HttpResponse<String> response =
                send(request(admin.resolve("/api/stats")).GET().build());
        checkStatus(response);
        JsonNode stats = parse(response.body());
        return stats == null ? json.createObjectNode() : stats;
    }

    /** Sends a POST of JSON; returns the proxy's JSON answer. */
    JsonNode post(String path, JsonNode body) throws CommandFailedException, InterruptedException {
        HttpResponse<String> response = send(request(admin.resolve(path))
                .header("Content-Type", "application/json")
                .POST(BodyPublishers.ofString(body.toString()))
                .build());
        checkStatus(response);
        JsonNode answer = parse(response.body());
        if (answer == null || !answer.isObject()) {
            throw new CommandFailedException(admin.resolve(path) + " did not answer with an object");
        }
        return answer;
    }

    private HttpRequest.Builder request(URI uri) {
        HttpRequest.Builder request = HttpRequest.newBuilder(uri).timeout(TIMEOUT);
        return token == null ? request : request.header("Authorization", "Bearer " + token);
    }

    private HttpResponse<String> send(HttpRequest request) throws CommandFailedException, InterruptedException {
        try {
            return http.send(request, BodyHandlers.ofString());
        } catch (ConnectException e) {
            throw new CommandFailedException("cannot connect to " + admin + ": is the proxy running there?", e);
        } catch (HttpTimeoutException e) {
            throw new CommandFailedException("no answer from " + admin + " within " + TIMEOUT.toSeconds() + " s", e);
        } catch (IOException e) {
            throw new CommandFailedException("talking to " + admin + " failed: " + e, e);
        }
    }

    private void checkStatus(HttpResponse<String> response) throws CommandFailedException {
        int status = response.statusCode();
        if (status >= 200 && status < 300) {
            return;
        }
        String what = switch (status) {
            case 401, 403 ->
                token == null ? " wants a token: give it with --token-file FILE" : " refuses the token of --token-file";
            case 405, 501 ->
                " does not support " + response.request().method() + " "
                        + response.request().uri().getPath();
            default -> " failed" + detail(response.body());
        };
        throw new CommandFailedException("the proxy at " + admin + what + " (" + status + ")");
    }

    /** Returns the detail of a problem document in one line; empty if there is none. */
    private String detail(String body) {
        JsonNode problem = parse(body);
        String text = problem == null
                ? ""
                : problem.path("detail").asText(problem.path("title").asText(""));
        return text.isEmpty() ? "" : ": " + text.replaceAll("\\p{Cntrl}+", " ");
    }

    private @Nullable JsonNode parse(String body) {
        try {
            return json.readTree(body);
        } catch (JsonProcessingException e) {
            return null; // Not from a proxy's admin interface; the caller reports this.
        }
    }

    private static String token(Path file) throws CommandFailedException {
        try {
            String token = Files.readString(file).strip();
            if (!token.matches("[!-~]+")) {
                throw new CommandFailedException(file + " holds no token: one line of visible ASCII");
            }
            return token;
        } catch (NoSuchFileException e) {
            throw new CommandFailedException(file + ": no such file", e);
        } catch (IOException e) {
            throw new CommandFailedException(file + " cannot be read: " + e, e);
        }
    }
}
