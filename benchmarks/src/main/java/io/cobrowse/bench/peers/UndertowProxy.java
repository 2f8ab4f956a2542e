package io.cobrowse.bench.peers;

import io.undertow.Undertow;
import io.undertow.UndertowOptions;
import io.undertow.server.HttpServerExchange;
import io.undertow.server.handlers.Cookie;
import io.undertow.server.handlers.proxy.LoadBalancingProxyClient;
import io.undertow.server.handlers.proxy.ProxyHandler;
import java.io.File;
import java.io.IOException;
import java.net.URI;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.Collections;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import org.xnio.Options;

/**
 * Undertow's {@link ProxyHandler} with its {@link LoadBalancingProxyClient}; unchanged except for the choice of the
 * node.
 */
final class UndertowProxy {
    private static final int IDLE_MILLIS = 600_000;

    private UndertowProxy() {}

    public static void main(String[] args) throws IOException, GeneralSecurityException {
        JavaPlace place = JavaPlace.of(args);
        LoadBalancingProxyClient client = new ByParameter()
                .addSessionCookieName(Sticky.COOKIE)
                .setConnectionsPerThread(place.connections())
                .setMaxQueueSize(place.connections());
        for (int i = 0; i < place.nodePorts().size(); i++) {
            client.addHost(URI.create("http://127.0.0.1:" + place.nodePorts().get(i)), "node-" + (i + 1));
        }
        Undertow.Builder server = Undertow.builder()
                .setHandler(ProxyHandler.builder().setProxyClient(client).build())
                .setSocketOption(Options.BACKLOG, 4096)
                // It rests while the others are warmed up.
                .setServerOption(UndertowOptions.NO_REQUEST_TIMEOUT, IDLE_MILLIS)
                .setServerOption(UndertowOptions.IDLE_TIMEOUT, IDLE_MILLIS)
                .setServerOption(UndertowOptions.ENABLE_HTTP2, place.front() == Front.HTTP2);
        if (place.front() == Front.TLS) {
            server.addHttpsListener(place.port(), "127.0.0.1", tls(place.keyStore()));
        } else {
            server.addHttpListener(place.port(), "127.0.0.1");
        }
        server.build().start();
    }

    private static SSLContext tls(String keyStore) throws IOException, GeneralSecurityException {
        char[] password = Identity.PASSWORD.toCharArray();
        KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        keys.init(KeyStore.getInstance(new File(keyStore), password), password);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(keys.getKeyManagers(), null, null);
        return context;
    }

    /** Routes by the parameter, and then by the whole cookie; Undertow would use only the part after a dot. */
    private static final class ByParameter extends LoadBalancingProxyClient {
        @Override
        protected Iterator<CharSequence> parseRoutes(HttpServerExchange exchange) {
            Deque<String> values = exchange.getQueryParameters().get(Sticky.PARAMETER);
            if (values != null) {
                CharSequence route = "node-" + values.getFirst();
                return List.of(route).iterator();
            }
            Cookie cookie = exchange.getRequestCookie(Sticky.COOKIE);
            return cookie == null
                    ? Collections.emptyIterator()
                    : List.<CharSequence>of(cookie.getValue()).iterator();
        }
    }
}
