package io.cobrowse.sticky.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;
import static org.awaitility.Awaitility.await;

import io.cobrowse.sticky.proxy.config.FieldRules;
import io.cobrowse.sticky.proxy.config.Limits;
import io.cobrowse.sticky.proxy.config.ProxyConfig.Address;
import io.cobrowse.sticky.proxy.config.ProxyConfig.Listener;
import io.cobrowse.sticky.proxy.config.Tls;
import io.cobrowse.sticky.proxy.config.Tls.Certificate;
import io.cobrowse.sticky.proxy.config.Tls.MinVersion;
import io.cobrowse.sticky.proxy.listener.ListenerCounters;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSession;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509TrustManager;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Certificates, versions, client certificates and reloads of TLS listeners, tested with handshakes. */
class TlsListenerTest {
    @TempDir
    static Path directory;

    private static TestIdentity first;
    private static TestIdentity wild;
    private static TestIdentity wildRsa;

    private RawNode node;
    private StickyProxyServer proxy;

    @BeforeAll
    static void createIdentities() throws Exception {
        first = identity("first", "EC", "san=dns:first.example,dns:localhost");
        wild = identity("wild", "EC", "san=dns:*.second.example");
        wildRsa = identity("wild-rsa", "RSA", "san=dns:*.second.example");
    }

    private static TestIdentity identity(String name, String keyAlgorithm, String names) throws Exception {
        return TestIdentity.create(Files.createDirectory(directory.resolve(name)), keyAlgorithm, "-ext", names);
    }

    private static Certificate certificate(TestIdentity identity) {
        return new Certificate(
                identity.certificate().toString(), identity.privateKey().toString(), null);
    }

    private static Listener listener(String name, Tls tls, Limits limits) {
        return new Listener(
                name,
                new Address("127.0.0.1", 0),
                tls,
                List.of(),
                List.of(),
                List.of(),
                FieldRules.NONE,
                FieldRules.NONE,
                0,
                false,
                limits);
    }

    private void start(Tls tls) throws Exception {
        start(listener("public", tls, Limits.DEFAULTS));
    }

    private void start(Listener listener) throws Exception {
        node = new RawNode();
        proxy = StickyProxyServer.builder()
                .listen(listener)
                .admin("127.0.0.1", 0)
                .node("1", "node-1", node.url())
                .build()
                .start();
    }

    @AfterEach
    void stop() throws Exception {
        proxy.close();
        node.close();
    }

    /** Trusts everybody, and presents a certificate if it has one. */
    private static SSLContext client(TestIdentity shown) throws Exception {
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(shown == null ? null : shown.keyManagers(), new TrustManager[] {new TrustsAll()}, null);
        return context;
    }

    private record TrustsAll() implements X509TrustManager {
        @Override
        public void checkClientTrusted(X509Certificate[] chain, String authType) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String authType) {}

        @Override
        public X509Certificate[] getAcceptedIssuers() {
            return new X509Certificate[0];
        }
    }

    private SSLSocket socket(SSLContext context, String name) throws Exception {
        URI uri = proxy.uri("public");
        SSLSocket socket = (SSLSocket) context.getSocketFactory().createSocket(uri.getHost(), uri.getPort());
        socket.setSoTimeout(15_000);
        SSLParameters parameters = socket.getSSLParameters();
        if (name != null) {
            parameters.setServerNames(List.of(new SNIHostName(name)));
        }
        socket.setSSLParameters(parameters);
        return socket;
    }

    /**
     * Sends a request over TLS with these settings; throws if the handshake fails, which TLS 1.3 may report only now.
     */
    private static SSLSession ask(SSLSocket socket) throws IOException {
        socket.getOutputStream()
                .write("GET / HTTP/1.1\r\nHost: p\r\nConnection: close\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
        assertThat(new String(socket.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1))
                .startsWith("HTTP/1.1 200 ");
        return socket.getSession();
    }

    private SSLSession ask(SSLContext context, String name, String... protocols) throws Exception {
        try (SSLSocket socket = socket(context, name)) {
            if (protocols.length > 0) {
                socket.setEnabledProtocols(protocols);
            }
            return ask(socket);
        }
    }

    private X509Certificate shown(String name, String... protocols) throws Exception {
        return (X509Certificate) ask(client(null), name, protocols).getPeerCertificates()[0];
    }

    @Test
    void shouldShowTheCertificateOfTheNameElseTheFirst() throws Exception {
        start(new Tls(List.of(certificate(first), certificate(wild)), MinVersion.TLS_1_2, null, false));
        for (String protocol : List.of("TLSv1.3", "TLSv1.2")) {
            assertThat(shown("first.example", protocol)).isEqualTo(first.x509());
            assertThat(shown("a.second.example", protocol)).isEqualTo(wild.x509());
            assertThat(shown("A.SECOND.example", protocol)).isEqualTo(wild.x509());
            assertThat(shown("a.b.second.example", protocol)).isEqualTo(first.x509());
            assertThat(shown("other.example", protocol)).isEqualTo(first.x509());
            assertThat(shown(null, protocol)).isEqualTo(first.x509());
        }
    }

    @Test
    void shouldShowTheKindOfKeyThatTheClientTakes() throws Exception {
        start(new Tls(
                List.of(certificate(first), certificate(wild), certificate(wildRsa)), MinVersion.TLS_1_2, null, false));
        for (TestIdentity identity : List.of(wild, wildRsa)) {
            String kind = identity.x509().getPublicKey().getAlgorithm().equals("EC") ? "_ECDSA_" : "_RSA_";
            try (SSLSocket socket = socket(client(null), "a.second.example")) {
                socket.setEnabledProtocols(new String[] {"TLSv1.2"});
                socket.setEnabledCipherSuites(Arrays.stream(socket.getSupportedCipherSuites())
                        .filter(suite -> suite.startsWith("TLS_ECDHE") && suite.contains(kind))
                        .toArray(String[]::new));
                assertThat(ask(socket).getPeerCertificates()[0]).isEqualTo(identity.x509());
            }
        }
    }

    @Test
    void shouldSpeakNoOlderVersionThanAllowedAndNoCbc() throws Exception {
        start(new Tls(List.of(certificate(wildRsa)), MinVersion.TLS_1_2, null, false));
        assertThat(ask(client(null), null, "TLSv1.2").getCipherSuite()).contains("_GCM_");
        try (SSLSocket socket = socket(client(null), null)) {
            socket.setEnabledProtocols(new String[] {"TLSv1.2"});
            socket.setEnabledCipherSuites(Arrays.stream(socket.getSupportedCipherSuites())
                    .filter(suite -> suite.contains("_CBC_"))
                    .toArray(String[]::new));
            assertThatThrownBy(() -> ask(socket)).isInstanceOf(SSLException.class);
        }
        proxy.reload(proxy.config()
                .withListeners(List.of(listener(
                        "public",
                        new Tls(List.of(certificate(wildRsa)), MinVersion.TLS_1_3, null, false),
                        Limits.DEFAULTS))));
        assertThat(ask(client(null), null).getProtocol()).isEqualTo("TLSv1.3");
        assertThatThrownBy(() -> ask(client(null), null, "TLSv1.2")).isInstanceOf(SSLException.class);
    }

    @Test
    void shouldResumeSessions() throws Exception {
        start(new Tls(List.of(certificate(first)), MinVersion.TLS_1_2, null, false));
        SSLContext client = client(null);
        for (String protocol : List.of("TLSv1.3", "TLSv1.2")) {
            long created = ask(client, null, protocol).getCreationTime();
            // A resumed session is as old as the first one; a new one would be a millisecond younger at least.
            await().pollDelay(Duration.ofMillis(20))
                    .until(() -> ask(client, null, protocol).getCreationTime() == created);
        }
    }

    @Test
    void shouldAskForCertificatesOfClients() throws Exception {
        String authority = first.certificate().toString();
        start(new Tls(List.of(certificate(first)), MinVersion.TLS_1_2, authority, true));
        ask(client(first), null);
        assertThatThrownBy(() -> ask(client(null), null)).isInstanceOf(IOException.class);
        assertThatThrownBy(() -> ask(client(wild), null)).isInstanceOf(IOException.class);
        proxy.reload(proxy.config()
                .withListeners(List.of(listener(
                        "public",
                        new Tls(List.of(certificate(first)), MinVersion.TLS_1_2, authority, false),
                        Limits.DEFAULTS))));
        ask(client(first), null);
        ask(client(null), null);
    }

    @Test
    void shouldDecryptTheKey() throws Exception {
        Path openssl = Path.of("/usr/bin/openssl");
        assumeThat(openssl).isExecutable();
        Path encrypted = directory.resolve("encrypted.pem");
        Process process = new ProcessBuilder(
                        openssl.toString(),
                        "pkcs8",
                        "-topk8",
                        "-v2",
                        "aes-256-cbc",
                        "-passout",
                        "pass:s3cret",
                        "-in",
                        first.privateKey().toString(),
                        "-out",
                        encrypted.toString())
                .start();
        assertThat(process.waitFor()).isZero();
        Certificate wrong = new Certificate(first.certificate().toString(), encrypted.toString(), "wrong");
        Certificate right = new Certificate(first.certificate().toString(), encrypted.toString(), "s3cret");
        start(new Tls(List.of(right), MinVersion.TLS_1_2, null, false));
        ask(client(null), null);
        assertThat(right.toString()).doesNotContain("s3cret");
        assertThatThrownBy(() -> proxy.reload(proxy.config()
                        .withListeners(List.of(listener(
                                "public", new Tls(List.of(wrong), MinVersion.TLS_1_2, null, false), Limits.DEFAULTS)))))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(encrypted.toString())
                .hasMessageNotContaining("wrong");
    }

    @Test
    void shouldAnswerClearText() throws Exception {
        start(new Tls(List.of(certificate(first)), MinVersion.TLS_1_2, null, false));
        try (RawClient client = new RawClient(proxy.uri("public"))) {
            RawClient.Answer answer = client.get("/");
            assertThat(answer.status()).isEqualTo(400);
            assertThat(answer.values("Content-Type")).containsExactly("application/problem+json");
            assertThat(client.rest()).isEmpty();
        }
        assertThat(node.received()).isZero();
    }

    @Test
    void shouldEndHandshakesThatTrickle() throws Exception {
        Limits defaults = Limits.DEFAULTS;
        Limits quick = new Limits(
                defaults.connections(),
                defaults.connectionsPerClient(),
                0,
                Duration.ofMillis(500),
                0,
                defaults.headerBytes(),
                defaults.targetBytes(),
                defaults.bodyBytes(),
                defaults.headerCount(),
                defaults.http2Streams(),
                defaults.http2Events());
        start(listener("public", new Tls(List.of(certificate(first)), MinVersion.TLS_1_2, null, false), quick));
        try (SSLSocket open = socket(client(null), null);
                RawClient hello = new RawClient(proxy.uri("public"));
                RawClient silent = new RawClient(proxy.uri("public"))) {
            open.startHandshake();
            hello.send("\u0016\u0003\u0001\u0002\u0000\u0001\u0000\u0001\u00fc\u0003\u0003");
            assertThat(hello.rest()).isEmpty();
            assertThat(silent.rest()).isEmpty();
            assertThat(proxy.listeners().get(0).counters().count(ListenerCounters.HEAD_TIMEOUT))
                    .isEqualTo(2);
            ask(open);
        }
    }

    @Test
    void shouldAddRemoveAndChangeListenersAndLeaveConnectionsAlone() throws Exception {
        start(listener("public", null, Limits.DEFAULTS));
        Listener stays = proxy.config().listeners().get(0);
        try (RawClient kept = new RawClient(proxy.uri("public"))) {
            assertThat(kept.get("/").status()).isEqualTo(200);
            Listener added = listener("added", null, Limits.DEFAULTS);
            proxy.reload(proxy.config().withListeners(List.of(stays, added)));
            URI there = proxy.uri("added");
            try (RawClient other = new RawClient(there)) {
                assertThat(other.get("/").status()).isEqualTo(200);
                assertThat(kept.get("/").status()).isEqualTo(200);

                Listener narrow = new Listener(
                        "public",
                        stays.address(),
                        null,
                        List.of("/a"),
                        List.of(),
                        List.of(),
                        FieldRules.NONE,
                        FieldRules.NONE,
                        0,
                        false,
                        Limits.DEFAULTS);
                proxy.reload(proxy.config().withListeners(List.of(narrow)));
                assertThat(kept.get("/").status()).isEqualTo(404);
                assertThat(kept.get("/a").status()).isEqualTo(200);
                await().until(() -> {
                    try (RawClient late = new RawClient(there)) {
                        return false;
                    } catch (java.net.ConnectException refused) {
                        return true;
                    }
                });
            }
            assertThatThrownBy(() -> proxy.uri("added")).isInstanceOf(java.util.NoSuchElementException.class);

            // The same name and address with TLS is another listener.
            URI before = proxy.uri("public");
            Listener fixed =
                    new Listener("fixed", new Address("127.0.0.1", before.getPort()), null, List.of(), List.of());
            proxy.reload(proxy.config().withListeners(List.of(fixed)));
            assertThat(proxy.uri("fixed").getPort()).isEqualTo(before.getPort());
            try (RawClient client = new RawClient(proxy.uri("fixed"))) {
                assertThat(client.get("/").status()).isEqualTo(200);
            }
        }
    }

    @Test
    void shouldKeepWhatIsOpenWhenAnAddressCannotBeHad() throws Exception {
        start(listener("public", null, Limits.DEFAULTS));
        int taken = node.port();
        Listener stays = proxy.config().listeners().get(0);
        assertThatThrownBy(() -> proxy.reload(proxy.config()
                        .withListeners(List.of(
                                stays,
                                new Listener("taken", new Address("127.0.0.1", taken), null, List.of(), List.of())))))
                .isInstanceOf(java.io.UncheckedIOException.class)
                .hasMessageContaining("127.0.0.1:" + taken);
        try (RawClient client = new RawClient(proxy.uri("public"))) {
            assertThat(client.get("/").status()).isEqualTo(200);
        }
        assertThat(proxy.config().listeners()).containsExactly(stays);
    }
}
