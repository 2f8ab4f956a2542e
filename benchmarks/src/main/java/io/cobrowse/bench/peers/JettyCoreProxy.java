package io.cobrowse.bench.peers;

import org.eclipse.jetty.client.HttpClient;
import org.eclipse.jetty.http.HttpCookie;
import org.eclipse.jetty.http.HttpURI;
import org.eclipse.jetty.proxy.ProxyHandler;
import org.eclipse.jetty.server.Request;
import org.jspecify.annotations.Nullable;

/** Jetty's {@link ProxyHandler}, without the Servlet API; unchanged except for the target. */
final class JettyCoreProxy extends ProxyHandler {
    private final JavaPlace place;

    private JettyCoreProxy(JavaPlace place) {
        this.place = place;
    }

    public static void main(String[] args) throws Exception {
        JavaPlace place = JavaPlace.of(args);
        JettyFront.serve(place, new JettyCoreProxy(place));
    }

    @Override
    protected void configureHttpClient(HttpClient client) {
        super.configureHttpClient(client);
        client.setMaxConnectionsPerDestination(place.connections());
        client.setIdleTimeout(600_000);
    }

    @Override
    protected HttpURI rewriteHttpURI(Request request) {
        String parameter = Request.extractQueryParameters(request).getValue(Sticky.PARAMETER);
        return HttpURI.from(
                place.node(parameter, cookie(request)) + request.getHttpURI().getPathQuery());
    }

    private static @Nullable String cookie(Request request) {
        for (HttpCookie cookie : Request.getCookies(request)) {
            if (cookie.getName().equals(Sticky.COOKIE)) {
                return cookie.getValue();
            }
        }
        return null;
    }
}
