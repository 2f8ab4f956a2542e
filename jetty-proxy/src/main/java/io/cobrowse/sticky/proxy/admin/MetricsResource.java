package io.cobrowse.sticky.proxy.admin;

import io.cobrowse.sticky.proxy.observe.Telemetry;
import java.nio.charset.StandardCharsets;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;

/** Serves {@code GET /metrics}. Thread-safe. */
final class MetricsResource implements Request.Handler {
    private final Telemetry telemetry;

    MetricsResource(Telemetry telemetry) {
        this.telemetry = telemetry;
    }

    @Override
    public boolean handle(Request request, Response response, Callback callback) {
        if (!Request.getPathInContext(request).equals("/metrics")) {
            return false;
        }
        if (Json.isGet(request, response, callback)) {
            String text = telemetry.prometheus();
            if (text == null) {
                AdminHandler.problem(404, "not-found", "Metrics are off (metrics.enabled).", response, callback);
            } else {
                byte[] body = text.getBytes(StandardCharsets.UTF_8);
                Json.send("text/plain; version=0.0.4; charset=utf-8", body, response, callback);
            }
        }
        return true;
    }
}
