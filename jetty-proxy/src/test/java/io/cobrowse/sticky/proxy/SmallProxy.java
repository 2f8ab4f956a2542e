package io.cobrowse.sticky.proxy;

import io.cobrowse.sticky.proxy.config.FieldRules;
import io.cobrowse.sticky.proxy.config.Limits;
import io.cobrowse.sticky.proxy.config.ProxyConfig.Address;
import io.cobrowse.sticky.proxy.config.ProxyConfig.Listener;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;

/** A proxy for one node, in this JVM or in another one, which may have little memory. */
final class SmallProxy {
    private SmallProxy() {}

    static StickyProxyServer start(String node) throws IOException {
        return start(node, listener(List.of(), List.of(), 0, false, Limits.DEFAULTS));
    }

    static StickyProxyServer start(String node, Listener listener) throws IOException {
        return StickyProxyServer.builder()
                .listen(listener)
                .admin("127.0.0.1", 0)
                .node("1", "node-1", node)
                .build()
                .start();
    }

    /** Returns a listener named {@code public}, in clear text, on a free port. */
    static Listener listener(
            List<String> deny, List<String> trustedPeers, int redirectToHttps, boolean proxyProtocol, Limits limits) {
        return new Listener(
                "public",
                new Address("127.0.0.1", 0),
                null,
                List.of(),
                deny,
                trustedPeers,
                FieldRules.NONE,
                FieldRules.NONE,
                redirectToHttps,
                proxyProtocol,
                limits);
    }

    /** Starts a JVM that runs until its standard input is closed. */
    static Process startInAJvm(String memory, String node) throws IOException {
        return new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        memory,
                        "-XX:+ExitOnOutOfMemoryError",
                        "-cp",
                        System.getProperty("java.class.path"),
                        SmallProxy.class.getName(),
                        node)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
    }

    /** Returns the address of the public listener of such a JVM. */
    static URI uri(Process proxy) throws IOException {
        return URI.create(new BufferedReader(new InputStreamReader(proxy.getInputStream(), StandardCharsets.US_ASCII))
                .readLine());
    }

    public static void main(String[] args) throws IOException {
        try (StickyProxyServer proxy = start(args[0])) {
            System.out.println(proxy.uri("public"));
            while (System.in.read() >= 0) {
                // So that it does not outlive the test.
            }
        }
    }
}
