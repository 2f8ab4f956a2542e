package io.cobrowse.sticky.proxy.admin;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import io.cobrowse.sticky.proxy.cluster.NodeStates;
import io.cobrowse.sticky.routing.NodeState;
import java.io.IOException;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.concurrent.TimeoutException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpMethod;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.Promise;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Serves {@code PUT /api/nodes/{id}/state}. Thread-safe. */
final class NodeStateRequests {
    private static final Pattern PATH = Pattern.compile("/api/nodes/([^/]+)/state");
    private static final int MAX_BODY_BYTES = 4 * 1024;
    private static final int MAX_PACE = 100_000;
    private static final String ALLOWED =
            "Allowed is {\"state\":\"ready\"}, with ready, drain or maint, and for maint a"
                    + " \"pace\" of 1 to 100000 polls and tunnels a second.";
    private static final Map<String, NodeState> STATES = Map.of(
            "ready", NodeState.READY,
            "drain", NodeState.DRAIN,
            "maint", NodeState.MAINT);

    private static final Logger LOG = LoggerFactory.getLogger(NodeStateRequests.class);

    /** The content of a body; pace 0 stands for the configured pace. */
    private record Asked(NodeState state, int pace) {
        @Override
        public String toString() {
            return state.text() + (pace == 0 ? "" : " at a pace of " + pace + " a second");
        }
    }

    private final NodeStates states;
    private final NodeViews views;

    NodeStateRequests(NodeStates states, NodeViews views) {
        this.states = states;
        this.views = views;
    }

    static boolean isPath(String path) {
        return PATH.matcher(path).matches();
    }

    void handle(String path, Request request, Response response, Callback callback) {
        if (!HttpMethod.PUT.is(request.getMethod())) {
            response.getHeaders().put(HttpHeader.ALLOW, "PUT");
            AdminHandler.problem(405, "method-not-allowed", "Allowed is PUT.", response, callback);
        } else if (request.getLength() > MAX_BODY_BYTES) {
            tooLarge(response, callback);
        } else {
            Content.Source.asByteArrayAsync(
                    request, MAX_BODY_BYTES, new Body(path, Request.getRemoteAddr(request), response, callback));
        }
    }

    private static void tooLarge(Response response, Callback callback) {
        AdminHandler.problem(
                413,
                "content-too-large",
                "The body may have at most " + MAX_BODY_BYTES + " bytes.",
                response,
                callback);
    }

    private final class Body implements Promise.Invocable<byte[]> {
        private final String path;
        private final String client;
        private final Response response;
        private final Callback callback;

        private Body(String path, String client, Response response, Callback callback) {
            this.path = path;
            this.client = client;
            this.response = response;
            this.callback = callback;
        }

        @Override
        public void succeeded(byte[] body) {
            Asked asked = read(body);
            if (asked == null) {
                AdminHandler.problem(400, "bad-request", ALLOWED, response, callback);
                return;
            }
            LOG.info("{} sets {} to {}", client, path, asked);
            try {
                set(path, asked, response, callback);
            } catch (JsonProcessingException failure) {
                callback.failed(failure);
            }
        }

        @Override
        public void failed(Throwable cause) {
            if (cause instanceof IllegalStateException) {
                tooLarge(response, callback);
            } else if (cause instanceof TimeoutException) {
                AdminHandler.problem(408, "request-timeout", "The body did not arrive in time.", response, callback);
            } else {
                AdminHandler.problem(400, "bad-request", "The body is malformed or incomplete.", response, callback);
            }
        }

        @Override
        public InvocationType getInvocationType() {
            return InvocationType.NON_BLOCKING;
        }
    }

    private void set(String path, Asked asked, Response response, Callback callback) throws JsonProcessingException {
        Matcher matcher = PATH.matcher(path);
        String id = matcher.matches() ? matcher.group(1) : path;
        try {
            states.setAdmin(id, asked.state(), asked.pace());
        } catch (NoSuchElementException unknown) {
            AdminHandler.problem(404, "unknown-node", "There is no node with this id.", response, callback);
            return;
        }
        NodeView view = views.find(id);
        if (view == null) {
            AdminHandler.problem(404, "unknown-node", "The node was removed.", response, callback);
        } else {
            AdminHandler.json(view, response, callback);
        }
    }

    private static @Nullable Asked read(byte[] body) {
        try {
            JsonNode json = Json.MAPPER.readTree(body);
            NodeState state = json.isObject() ? STATES.get(json.path("state").asText()) : null;
            JsonNode pace = json.path("pace");
            boolean paced = !pace.isMissingNode();
            if (state == null || (paced && (state != NodeState.MAINT || !pace.isInt() || pace.intValue() < 1))) {
                return null;
            }
            return pace.asInt() <= MAX_PACE ? new Asked(state, pace.asInt()) : null;
        } catch (IOException notJson) {
            return null;
        }
    }
}
