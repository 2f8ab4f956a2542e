package io.cobrowse.sticky.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsExchange;
import com.sun.net.httpserver.HttpsParameters;
import com.sun.net.httpserver.HttpsServer;
import io.cobrowse.sticky.proxy.config.ConfigReader;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLPeerUnverifiedException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The settings {@code upstream-tls} of the configuration file, in handshakes with a node. */
class UpstreamTlsTest {
    private static final String NO_CHECKS = "health: {interval: 1h, observe: 0}";

    @TempDir
    Path directory;

    private TestIdentity here;
    private TestIdentity elsewhere;
    private HttpsServer node;

    @BeforeEach
    void createIdentities() throws Exception {
        here = TestIdentity.create(Files.createDirectory(directory.resolve("here")));
        elsewhere = TestIdentity.create(
                Files.createDirectory(directory.resolve("elsewhere")), "EC", "-ext", "san=dns:other.example");
    }

    @AfterEach
    void stop() {
        node.stop(0);
    }

    /** Starts a node that answers with the identity of the proxy's certificate, which it requires or not. */
    private void start(TestIdentity identity, boolean asksForCertificate) throws Exception {
        node = HttpsServer.create(new InetSocketAddress("127.0.0.1", 0), 16);
        node.setHttpsConfigurator(new HttpsConfigurator(identity.context()) {
            @Override
            public void configure(HttpsParameters parameters) {
                SSLParameters tls = getSSLContext().getDefaultSSLParameters();
                tls.setNeedClientAuth(asksForCertificate);
                parameters.setSSLParameters(tls);
            }
        });
        node.createContext("/", exchange -> {
            byte[] body = peer((HttpsExchange) exchange).getBytes(StandardCharsets.US_ASCII);
            exchange.sendResponseHeaders(200, body.length);
            exchange.getResponseBody().write(body);
            exchange.close();
        });
        node.start();
    }

    private static String peer(HttpsExchange exchange) {
        try {
            return exchange.getSSLSession().getPeerPrincipal().getName();
        } catch (SSLPeerUnverifiedException nobody) {
            return "nobody";
        }
    }

    /** Returns the node's answer through a proxy with such a section, or the status of the proxy's own answer. */
    private String answer(String upstreamTls) throws Exception {
        Path file = Files.writeString(
                directory.resolve("proxy.yaml"), """
                listeners: [{name: public, address: "127.0.0.1:0"}]
                nodes: [{id: 1, url: "https://127.0.0.1:%d"}]
                %s
                %s
                """.formatted(node.getAddress().getPort(), NO_CHECKS, upstreamTls));
        try (StickyProxyServer proxy = StickyProxyServer.builder(
                                ConfigReader.read(file, name -> null).config())
                        .build()
                        .start();
                RawClient client = new RawClient(proxy.uri("public"))) {
            RawClient.Answer answer = client.get("/x");
            return answer.status() == 200 ? answer.text() : "status " + answer.status();
        }
    }

    @Test
    void shouldTrustTheAuthoritiesOfItsOwnAlone() throws Exception {
        start(here, false);
        assertThat(answer("")).isEqualTo("status 503");
        assertThat(answer("upstream-tls: {ca: elsewhere/cert.pem}")).isEqualTo("status 503");
        assertThat(answer("upstream-tls: {ca: here/cert.pem}")).isEqualTo("nobody");
    }

    @Test
    void shouldTakeACertificateForItsHostAlone() throws Exception {
        start(elsewhere, false);
        assertThat(answer("upstream-tls: {ca: elsewhere/cert.pem}")).isEqualTo("status 503");
        assertThat(answer("upstream-tls: {ca: elsewhere/cert.pem, verify-host: false}"))
                .isEqualTo("nobody");
    }

    @Test
    void shouldShowItsCertificateToNodesThatAsk() throws Exception {
        start(here, true);
        // In TLS 1.3 a client learns that it is refused only behind its handshake.
        assertThat(answer("upstream-tls: {ca: here/cert.pem}")).isIn("status 502", "status 503");
        assertThat(answer("upstream-tls: {ca: here/cert.pem, certificate: here/cert.pem, private-key: here/key.pem}"))
                .isEqualTo("CN=localhost");
    }
}
