package io.cobrowse.load.run;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Stands in front of a proxy of two nodes, over HTTP, and mishandles every n-th sticky request. */
final class FaultyFront implements AutoCloseable {
    private static final List<String> PASSED_ON = List.of("Content-Type", "Cookie", "Origin");
    private static final Pattern COOKIE = Pattern.compile("(gcbSessionServer=node-)([12])");
    private static final Pattern QUERY = Pattern.compile("(co-browse-node-id=)([12])");

    private final HttpServer server;
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final HttpClient client =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private final URI proxy;
    private final int every;
    private final boolean misroute;
    private final long delayMillis;
    private final AtomicInteger sticky = new AtomicInteger();

    private FaultyFront(URI proxy, int every, boolean misroute, long delayMillis) throws IOException {
        this.proxy = proxy;
        this.every = every;
        this.misroute = misroute;
        this.delayMillis = delayMillis;
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 1000);
        server.setExecutor(threads);
        server.createContext("/", this::handle);
        server.start();
    }

    /** Sends every n-th request to the other node. */
    static FaultyFront misrouting(URI proxy, int every) throws IOException {
        return new FaultyFront(proxy, every, true, 0);
    }

    static FaultyFront delaying(URI proxy, int every, long millis) throws IOException {
        return new FaultyFront(proxy, every, false, millis);
    }

    URI uri() {
        return URI.create("http://localhost:" + server.getAddress().getPort());
    }

    private void handle(HttpExchange exchange) throws IOException {
        String target = exchange.getRequestURI().toString();
        String cookie = String.join("; ", exchange.getRequestHeaders().getOrDefault("Cookie", List.of()));
        boolean begins = target.startsWith("/cobrowse/rest/live/sessions") || target.startsWith("/cobrowse/demo");
        boolean hit = !begins
                && (COOKIE.matcher(cookie).find() || QUERY.matcher(target).find())
                && sticky.incrementAndGet() % every == every / 2;
        if (hit && misroute) {
            target = swap(QUERY, target);
            cookie = swap(COOKIE, cookie);
        } else if (hit) {
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(delayMillis));
        }
        try (exchange) {
            HttpResponse<byte[]> response = client.send(request(exchange, target, cookie), BodyHandlers.ofByteArray());
            response.headers().map().forEach((name, values) -> {
                if (!name.equalsIgnoreCase("content-length") && !name.equalsIgnoreCase("transfer-encoding")) {
                    exchange.getResponseHeaders().put(name, values);
                }
            });
            byte[] body = response.body();
            exchange.sendResponseHeaders(response.statusCode(), body.length == 0 ? -1 : body.length);
            exchange.getResponseBody().write(body);
        } catch (InterruptedException closing) {
            Thread.currentThread().interrupt();
        }
    }

    private HttpRequest request(HttpExchange exchange, String target, String cookie) throws IOException {
        HttpRequest.Builder request = HttpRequest.newBuilder(proxy.resolve(target))
                .method(
                        exchange.getRequestMethod(),
                        BodyPublishers.ofByteArray(exchange.getRequestBody().readAllBytes()));
        for (String name : PASSED_ON) {
            String value = name.equals("Cookie")
                    ? cookie
                    : exchange.getRequestHeaders().getFirst(name);
            if (value != null && !value.isEmpty()) {
                request.header(name, value);
            }
        }
        return request.build();
    }

    private static String swap(Pattern pattern, String text) {
        Matcher matcher = pattern.matcher(text);
        return matcher.replaceAll(found -> found.group(1) + (found.group(2).equals("1") ? "2" : "1"));
    }

    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
    }
}
