package io.cobrowse.sticky.proxy.admin;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;

/**
 * Serves the dashboard and the description of the interface, from the jar. The dashboard reveals nothing about the proxy, so it
 * needs no token; it asks its user for the token. Immutable, thread-safe.
 */
final class PageResource implements Request.Handler {
    /** Allows nothing from other origins, nothing inline, and no framing. */
    private static final String POLICY = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; "
            + "img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

    private record File(String name, String type) {}

    private static final Map<String, File> FILES = Map.of(
            "/", new File("dashboard.html", "text/html;charset=utf-8"),
            "/dashboard.css", new File("dashboard.css", "text/css;charset=utf-8"),
            "/dashboard.js", new File("dashboard.js", "text/javascript;charset=utf-8"),
            "/api/openapi.json", new File("openapi.json", "application/json"));

    private final Map<String, byte[]> contents = new HashMap<>();

    PageResource() {
        FILES.forEach((path, file) -> contents.put(path, read(file.name)));
    }

    /** Returns whether a path is of the page, which cannot show a token before it is there. */
    static boolean isPage(String path) {
        return FILES.containsKey(path) && !path.startsWith("/api/");
    }

    private static byte[] read(String name) {
        try (InputStream in = Objects.requireNonNull(PageResource.class.getResourceAsStream(name), name)) {
            return in.readAllBytes();
        } catch (IOException damaged) {
            throw new UncheckedIOException(damaged);
        }
    }

    @Override
    public boolean handle(Request request, Response response, Callback callback) {
        String path = Request.getPathInContext(request);
        File file = FILES.get(path);
        byte[] content = contents.get(path);
        if (file == null || content == null) {
            return false;
        }
        if (Json.isGet(request, response, callback)) {
            response.getHeaders().put("Content-Security-Policy", POLICY);
            response.getHeaders().put("X-Content-Type-Options", "nosniff");
            response.getHeaders().put("Referrer-Policy", "no-referrer");
            Json.send(file.type, content, response, callback);
        }
        return true;
    }
}
