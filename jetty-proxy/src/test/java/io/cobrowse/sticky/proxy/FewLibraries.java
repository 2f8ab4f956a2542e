package io.cobrowse.sticky.proxy;

import com.sun.net.httpserver.HttpServer;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;

/**
 * The program that {@link FewLibrariesTest} runs in a separate JVM: a proxy from the builder, and one request through
 * it.
 */
final class FewLibraries {
    private FewLibraries() {}

    public static void main(String[] args) {
        try {
            run();
            System.exit(0);
        } catch (Exception | Error failure) {
            failure.printStackTrace();
            System.exit(1); // Otherwise the node's thread would keep running.
        }
    }

    private static void run() throws Exception {
        HttpServer node = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        node.createContext("/", exchange -> {
            exchange.sendResponseHeaders(200, 2);
            exchange.getResponseBody().write("ok".getBytes(StandardCharsets.US_ASCII));
            exchange.close();
        });
        node.start();
        StickyProxyServerBuilder builder = StickyProxyServer.builder()
                .listen("127.0.0.1", 0)
                .node("1", "node-1", "http://127.0.0.1:" + node.getAddress().getPort());
        try (StickyProxyServer proxy = builder.build().start();
                InputStream answer =
                        URI.create(proxy.uri("public") + "/cobrowse/x").toURL().openStream()) {
            System.out.println("answered: " + new String(answer.readAllBytes(), StandardCharsets.US_ASCII));
        }
        try {
            StickyProxyServer unexpected = builder.admin("127.0.0.1", 0).build();
            System.out.println("not refused: " + unexpected);
        } catch (IllegalStateException refused) {
            System.out.println("refused: " + refused.getMessage());
        }
        node.stop(0);
    }
}
