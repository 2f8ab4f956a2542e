package io.cobrowse.sticky.proxy.admin;

import com.fasterxml.jackson.core.JsonProcessingException;
import io.cobrowse.sticky.filter.ProblemDocument;
import io.cobrowse.sticky.proxy.cluster.NodeStates;
import io.cobrowse.sticky.proxy.config.ProxyConfig;
import io.cobrowse.sticky.proxy.listener.Problems;
import io.cobrowse.sticky.proxy.observe.Gauges;
import io.cobrowse.sticky.proxy.observe.Telemetry;
import io.cobrowse.sticky.routing.NodeState;
import io.cobrowse.sticky.routing.NodeTable;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpMethod;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;

/** Serves the admin interface, behind an {@link AdminGuard}. Thread-safe. */
public final class AdminHandler extends Handler.Abstract.NonBlocking {
    private final NodeStates states;
    private final NodeViews views;
    private final NodeStateRequests stateRequests;
    private final List<Request.Handler> resources;
    private final BooleanSupplier stopping;

    /**
     * Creates the handler.
     *
     * @param telemetry the counters of requests, and the clock of the events, which are sent once a second
     * @param config supplies the current configuration
     * @param stopping whether the proxy is stopping
     */
    public AdminHandler(
            NodeStates states,
            Telemetry telemetry,
            Gauges gauges,
            Supplier<ProxyConfig> config,
            BooleanSupplier stopping) {
        this.states = states;
        this.views = new NodeViews(states, telemetry.statistics(), gauges);
        EventsResource events = new EventsResource(new Snapshots(views, states.router(), telemetry));
        telemetry.everySecond(events::tick);
        this.resources = List.of(
                new PageResource(),
                new MetricsResource(telemetry),
                new StatsResource(telemetry.statistics(), states.router()),
                events,
                new ExplainResource(states.router()),
                new PreviewResource(views, config));
        this.stateRequests = new NodeStateRequests(states, views);
        this.stopping = stopping;
    }

    @Override
    public boolean handle(Request request, Response response, Callback callback) throws Exception {
        for (Request.Handler resource : resources) {
            if (resource.handle(request, response, callback)) {
                return true;
            }
        }
        String path = Request.getPathInContext(request);
        boolean probe = path.equals("/livez") || path.equals("/readyz");
        if (NodeStateRequests.isPath(path)) {
            stateRequests.handle(path, request, response, callback);
        } else if (!probe && !path.equals("/api/nodes")) {
            problem(404, "not-found", "There is nothing at this path.", response, callback);
        } else if (!HttpMethod.GET.is(request.getMethod()) && !HttpMethod.HEAD.is(request.getMethod())) {
            response.getHeaders().put(HttpHeader.ALLOW, "GET, HEAD");
            problem(405, "method-not-allowed", "Allowed are GET and HEAD.", response, callback);
        } else {
            answer(path, response, callback);
        }
        return true;
    }

    private void answer(String path, Response response, Callback callback) throws JsonProcessingException {
        switch (path) {
            case "/livez" -> text(200, "alive", response, callback);
            case "/readyz" -> ready(response, callback);
            default -> json(views.all(), response, callback);
        }
    }

    private void ready(Response response, Callback callback) {
        NodeTable table = states.router().table();
        boolean anyReady = table.nodes().stream().anyMatch(node -> table.state(node) == NodeState.READY);
        if (stopping.getAsBoolean()) {
            text(503, "stopping", response, callback);
        } else if (!anyReady) {
            text(503, "no node is ready", response, callback);
        } else {
            text(200, "ready", response, callback);
        }
    }

    static void json(Object value, Response response, Callback callback) throws JsonProcessingException {
        send(200, "application/json", Json.bytes(value), response, callback);
    }

    private static void text(int status, String text, Response response, Callback callback) {
        send(status, "text/plain;charset=utf-8", bytes(text + "\n"), response, callback);
    }

    private static void send(int status, String type, byte[] body, Response response, Callback callback) {
        response.setStatus(status);
        response.getHeaders().put(HttpHeader.CONTENT_TYPE, type);
        response.getHeaders().put(HttpHeader.CACHE_CONTROL, "no-store");
        response.write(true, ByteBuffer.wrap(body), callback);
    }

    static void problem(int status, String type, String detail, Response response, Callback callback) {
        String title = type.substring(0, 1).toUpperCase(Locale.ROOT)
                + type.substring(1).replace('-', ' ');
        Problems.send(new ProblemDocument(type, title, status, detail, null), response, callback);
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
