package io.cobrowse.sticky.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import io.cobrowse.sticky.proxy.config.Limits;
import io.cobrowse.sticky.proxy.config.ProxyConfig.Listener;
import io.cobrowse.sticky.proxy.listener.ListenerCounters;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A listener that redirects to HTTPS, and one behind a balancer that speaks the PROXY protocol. */
class ListenerOptionsTest {
    private final List<RawClient> clients = new ArrayList<>();
    private RawNode node;
    private StickyProxyServer proxy;

    @BeforeEach
    void startNode() throws IOException {
        node = new RawNode();
    }

    @AfterEach
    void stop() throws IOException {
        for (RawClient client : clients) {
            client.close();
        }
        proxy.close();
        node.close();
    }

    private void start(Listener listener) throws IOException {
        proxy = SmallProxy.start(node.url(), listener);
    }

    private static Listener listener(int redirectToHttps, boolean proxyProtocol, String trustedPeer) {
        return SmallProxy.listener(List.of(), List.of(trustedPeer), redirectToHttps, proxyProtocol, Limits.DEFAULTS);
    }

    private RawClient client() throws IOException {
        RawClient client = new RawClient(proxy.uri("public"));
        clients.add(client);
        return client;
    }

    @Test
    void shouldRedirectToHttps() throws Exception {
        start(listener(8443, false, "127.0.0.1"));
        RawClient.Answer answer = client().send(
                        "POST /a%2fb?c=d HTTP/1.1\r\nHost: example.com:80\r\nContent-Length: 0\r\n\r\n")
                .answer();
        assertThat(answer.status()).isEqualTo(308);
        assertThat(answer.values("Location")).containsExactly("https://example.com:8443/a%2fb?c=d");
        proxy.reload(proxy.config().withListeners(List.of(listener(443, false, "127.0.0.1"))));
        assertThat(client().get("/").values("Location")).containsExactly("https://proxy/");
        assertThat(node.received()).isZero();
    }

    @Test
    void shouldTakeTheAddressOfAClientFromTheProxyProtocol() throws Exception {
        start(listener(0, true, "127.0.0.1"));
        String request = "GET / HTTP/1.1\r\nHost: p\r\nX-Forwarded-For: 6.6.6.6\r\n\r\n";
        RawClient version1 = client().send("PROXY TCP4 192.0.2.7 127.0.0.1 5000 80\r\n" + request);
        assertThat(version1.answer().status()).isEqualTo(200);
        assertThat(node.next().values("X-Forwarded-For")).containsExactly("192.0.2.7");
        String version2 =
                "\r\n\r\n\u0000\r\nQUIT\n\u0021\u0011\u0000\u000c\u00c0\u0000\u0002\u0008\u007f\u0000\u0000\u0001\u0013\u0088\u0000P";
        assertThat(client().send(version2 + request).answer().status()).isEqualTo(200);
        assertThat(node.next().values("X-Forwarded-For")).containsExactly("192.0.2.8");
        assertThat(client().send(request).rest()).isEmpty();
        assertThat(node.received()).isZero();
    }

    @Test
    void shouldTakeTheProxyProtocolFromNobodyElse() throws Exception {
        start(listener(0, true, "192.0.2.1"));
        assertThat(client().send("PROXY TCP4 192.0.2.7 127.0.0.1 5000 80\r\nGET / HTTP/1.1\r\nHost: p\r\n\r\n")
                        .rest())
                .isEmpty();
        assertThat(proxy.listeners().get(0).counters().count(ListenerCounters.PROXY_PROTOCOL))
                .isEqualTo(1);
    }
}
