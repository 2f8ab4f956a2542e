package io.cobrowse.node.browser;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.cobrowse.sticky.proxy.StickyProxyServer;
import io.cobrowse.sticky.proxy.StickyProxyServerBuilder;
import io.cobrowse.sticky.proxy.config.ProxyConfig.Address;
import io.cobrowse.sticky.proxy.config.ProxyConfig.Admin;
import io.cobrowse.sticky.proxy.config.ProxyConfig.Health;
import io.cobrowse.sticky.routing.Node;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** A proxy in front of any number of nodes, which are one server with several addresses of this machine. */
final class AdminCluster implements AutoCloseable {
    private static final String POLL = "/cobrowse/cometd/connect";

    private final HttpServer nodes;
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final StickyProxyServer proxy;
    private final HttpClient client = HttpClient.newHttpClient();
    private final List<CompletableFuture<?>> polls = new ArrayList<>();
    private volatile CountDownLatch answerPolls = new CountDownLatch(1);

    /** @param token null for none */
    AdminCluster(int count, @Nullable String token) throws IOException {
        nodes = HttpServer.create(new InetSocketAddress("0.0.0.0", 0), 50);
        nodes.setExecutor(threads);
        nodes.createContext("/", this::answer);
        nodes.start();
        StickyProxyServerBuilder builder = StickyProxyServer.builder()
                .listen("127.0.0.1", 0)
                .admin(new Admin(new Address("127.0.0.1", 0), token))
                .health(new Health("/cobrowse/health", Duration.ofSeconds(5), Duration.ofSeconds(5), 2, 3));
        for (int i = 1; i <= count; i++) {
            builder.node(
                    "" + i,
                    "node-" + i,
                    "http://127.0.0." + i + ":" + nodes.getAddress().getPort());
        }
        proxy = builder.build().start();
    }

    private void answer(HttpExchange exchange) throws IOException {
        try (exchange) {
            if (exchange.getRequestURI().getPath().equals(POLL)) {
                answerPolls.await();
            }
            byte[] page = "<!DOCTYPE html><title>A page</title><p>Of another origin".getBytes(StandardCharsets.UTF_8);
            exchange.getResponseHeaders().set("Content-Type", "text/html");
            exchange.sendResponseHeaders(200, page.length);
            exchange.getResponseBody().write(page);
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        }
    }

    StickyProxyServer proxy() {
        return proxy;
    }

    URI admin() {
        return proxy.adminUri().resolve("/");
    }

    Node node(int id) {
        Node node = proxy.router().table().node("" + id);
        if (node == null) {
            throw new IllegalArgumentException("No node " + id);
        }
        return node;
    }

    String state(int id) {
        return proxy.router().table().state(node(id)).text();
    }

    /** Sends requests to a node, one after another, as one of its clients. */
    void requests(int id, int count) {
        for (int i = 0; i < count; i++) {
            send(id, "/cobrowse/page").join();
        }
    }

    /** Sends a request to a node, as one of its clients, that waits for its answer. */
    void poll(int id) {
        polls.add(send(id, POLL));
    }

    /** Answers all polls. */
    void answerPolls() {
        answerPolls.countDown();
        polls.forEach(CompletableFuture::join);
        polls.clear();
        answerPolls = new CountDownLatch(1);
    }

    private CompletableFuture<HttpResponse<String>> send(int id, String path) {
        HttpRequest request = HttpRequest.newBuilder(proxy.uri("public").resolve(path))
                .header("Cookie", "gcbSessionServer=node-" + id)
                .build();
        return client.sendAsync(request, BodyHandlers.ofString());
    }

    /** Makes every node serve requests and hold polls, as many a second as its number, until the result is closed. */
    AutoCloseable traffic(int count) {
        for (int i = 1; i <= count; i++) {
            for (int poll = 0; poll < 1 + i % 4; poll++) {
                poll(i);
            }
        }
        ScheduledExecutorService clients = Executors.newSingleThreadScheduledExecutor();
        Future<?> unused = clients.scheduleWithFixedDelay(
                () -> {
                    for (int i = 1; i <= count; i++) {
                        requests(i, 1 + i % 3);
                    }
                },
                0,
                5,
                TimeUnit.MILLISECONDS);
        return () -> {
            clients.shutdownNow();
            clients.awaitTermination(10, TimeUnit.SECONDS);
        };
    }

    @Override
    public void close() {
        answerPolls.countDown();
        proxy.close();
        nodes.stop(0);
        threads.shutdownNow();
    }
}
