package io.cobrowse.node.demo;

import io.cobrowse.node.CobrowseNode;
import io.cobrowse.node.NodeStats;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.eclipse.jetty.http.HttpField;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.ajax.JSON;
import org.jspecify.annotations.Nullable;

/**
 * Answers the control page: the page itself, {@code GET /nodes}, and {@code PUT /nodes/{i}/killed} or {@code running}.
 *
 * <p>Any page that is open in a browser on this machine can send requests to loopback. So a request must name this
 * machine as its host; a page that reached it under a name of its own (DNS rebinding) does not. The {@code Origin} of
 * a request from a page must be this page's. And browsers send a preflight before {@code PUT}, which is refused.
 */
final class ControlHandler extends Handler.Abstract {
    private static final Pattern HOST = Pattern.compile("(127\\.0\\.0\\.1|localhost)(:[0-9]{1,5})?");
    private static final Pattern CHANGE = Pattern.compile("/nodes/([0-9]{1,2})/(killed|running)");
    private static final String POLICY = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; "
            + "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
    private static final Map<String, StaticFile> FILES = Map.of(
            "/", new StaticFile("demo/web/control.html", "text/html;charset=utf-8"),
            "/control.js", new StaticFile("demo/web/control.js", "text/javascript;charset=utf-8"),
            "/control.css", new StaticFile("demo/web/control.css", "text/css;charset=utf-8"),
            "/cobrowse.css", new StaticFile("web/cobrowse.css", "text/css;charset=utf-8"),
            "/icon.svg", new StaticFile("web/icon.svg", "image/svg+xml"));

    private final DemoOptions options;
    private final DemoNodes nodes;
    private final ProxyView proxy;

    /** @param name the name of the resource, in the node's package */
    private record StaticFile(String name, String type) {}

    ControlHandler(DemoOptions options, DemoNodes nodes, ProxyView proxy) {
        this.options = options;
        this.nodes = nodes;
        this.proxy = proxy;
    }

    @Override
    public boolean handle(Request request, Response response, Callback callback) throws Exception {
        HttpFields.Mutable fields = response.getHeaders();
        fields.put("Content-Security-Policy", POLICY);
        fields.put("X-Content-Type-Options", "nosniff");
        fields.put(HttpHeader.CACHE_CONTROL, "no-store");
        String path = Request.getPathInContext(request);
        Matcher change = CHANGE.matcher(path);
        boolean put = "PUT".equals(request.getMethod());
        if (!fromHere(request)) {
            answer(response, callback, 403, "Only this machine's own page may do this.");
        } else if (!put && !"GET".equals(request.getMethod())) {
            answer(response, callback, 405, "GET and PUT are allowed.");
        } else if (put && change.matches() && options.hasNode(Integer.parseInt(change.group(1)))) {
            change(Integer.parseInt(change.group(1)), change.group(2));
            show(response, callback);
        } else if (!put && path.equals("/nodes")) {
            show(response, callback);
        } else if (!put && FILES.containsKey(path)) {
            send(Objects.requireNonNull(FILES.get(path)), response, callback);
        } else {
            answer(response, callback, 404, "There is nothing at this path.");
        }
        return true;
    }

    /** Returns whether the request names this machine, and comes from this page or from no page at all. */
    private static boolean fromHere(Request request) {
        String host = only(request, HttpHeader.HOST);
        String origin = only(request, HttpHeader.ORIGIN);
        return host != null && HOST.matcher(host).matches() && (origin == null || origin.equals("http://" + host));
    }

    /** Returns the value of a field that no legitimate request has more than once. */
    private static @Nullable String only(Request request, HttpHeader name) {
        List<HttpField> fields = request.getHeaders().getFields(name);
        return fields.isEmpty()
                ? null
                : String.join(",", fields.stream().map(HttpField::getValue).toList());
    }

    private void change(int node, String state) throws IOException {
        if (state.equals("killed")) {
            nodes.kill(node);
        } else {
            nodes.restart(node);
        }
    }

    private void show(Response response, Callback callback) throws InterruptedException {
        Map<String, String> states = proxy.states();
        List<Map<String, Object>> list = new ArrayList<>();
        for (int i = 1; i <= options.nodes(); i++) {
            CobrowseNode node = nodes.running(i);
            Map<String, Object> each = new LinkedHashMap<>();
            each.put("id", i);
            each.put("name", options.name(i));
            each.put("running", node != null);
            each.put("proxy", states.get(String.valueOf(i)));
            if (node != null) {
                NodeStats stats = node.stats();
                each.put("sessions", stats.sessions());
                each.put("customers", stats.customers());
                each.put("agents", stats.agents());
            }
            list.add(each);
        }
        Map<String, Object> answer = new LinkedHashMap<>();
        answer.put("customer", options.page("customer.html").toString());
        answer.put("nodes", list);
        response.getHeaders().put(HttpHeader.CONTENT_TYPE, "application/json");
        write(response, callback, new JSON().toJSON(answer).getBytes(StandardCharsets.UTF_8));
    }

    private static void send(StaticFile file, Response response, Callback callback) throws IOException {
        try (InputStream content = CobrowseNode.class.getResourceAsStream(file.name())) {
            response.getHeaders().put(HttpHeader.CONTENT_TYPE, file.type());
            write(response, callback, Objects.requireNonNull(content).readAllBytes());
        }
    }

    private static void answer(Response response, Callback callback, int status, String text) {
        response.setStatus(status);
        response.getHeaders().put(HttpHeader.CONTENT_TYPE, "text/plain;charset=utf-8");
        write(response, callback, (text + "\n").getBytes(StandardCharsets.UTF_8));
    }

    private static void write(Response response, Callback callback, byte[] content) {
        response.write(true, ByteBuffer.wrap(content), callback);
    }
}
