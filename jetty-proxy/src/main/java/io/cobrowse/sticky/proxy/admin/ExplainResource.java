package io.cobrowse.sticky.proxy.admin;

import com.fasterxml.jackson.core.JsonProcessingException;
import io.cobrowse.sticky.routing.Router;
import java.io.IOException;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.jspecify.annotations.Nullable;

/** Serves {@code POST /api/explain}. Thread-safe. */
final class ExplainResource implements Request.Handler {
    private static final int MAX_BODY_BYTES = 64 * 1024;
    private static final String ALLOWED =
            "Allowed is {\"method\":\"GET\",\"target\":\"/path?query\",\"headers\":[{\"name\":\"Cookie\",\"value\":\"a=b\"}]}.";

    private final Router router;

    ExplainResource(Router router) {
        this.router = router;
    }

    @Override
    public boolean handle(Request request, Response response, Callback callback) {
        if (!Request.getPathInContext(request).equals("/api/explain")) {
            return false;
        }
        Json.post(MAX_BODY_BYTES, request, response, callback, body -> answer(body, response, callback));
        return true;
    }

    private void answer(byte[] body, Response response, Callback callback) throws JsonProcessingException {
        ExplainedRequest asked = read(body);
        if (asked == null) {
            AdminHandler.problem(400, "bad-request", ALLOWED, response, callback);
        } else {
            Json.send(asked.explain(router), response, callback);
        }
    }

    private static @Nullable ExplainedRequest read(byte[] body) {
        try {
            return ExplainedRequest.of(Json.MAPPER.readTree(body));
        } catch (IOException notJson) {
            return null;
        }
    }
}
