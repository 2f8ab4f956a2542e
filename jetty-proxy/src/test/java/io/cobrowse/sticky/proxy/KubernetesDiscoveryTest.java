package io.cobrowse.sticky.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.cobrowse.sticky.proxy.config.ConfigReader;
import io.cobrowse.sticky.routing.Node;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointSlice;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointSliceBuilder;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointSliceList;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.NonNamespaceOperation;
import io.fabric8.kubernetes.client.dsl.Resource;
import io.fabric8.kubernetes.client.server.mock.KubernetesMixedDispatcher;
import io.fabric8.kubernetes.client.server.mock.KubernetesMockServer;
import io.fabric8.mockwebserver.Context;
import io.fabric8.mockwebserver.MockWebServer;
import io.fabric8.mockwebserver.ServerRequest;
import io.fabric8.mockwebserver.ServerResponse;
import java.io.IOException;
import java.net.ConnectException;
import java.net.Socket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.TimeoutException;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * {@code discovery.kubernetes}, from the configuration file to the requests that nodes get, with the client's mock API
 * server.
 */
class KubernetesDiscoveryTest {
    private static final Duration SOON = Duration.ofSeconds(60);
    private static final String NAMESPACE = "shop";
    /** Logs each request. */
    private static final Logger SERVER_LOG = Logger.getLogger(MockWebServer.class.getName());

    private static final Map<String, String> CLIENT_SETTINGS =
            Map.of("kubernetes.auth.tryKubeConfig", "false", "kubernetes.auth.tryServiceAccount", "false");

    @TempDir
    Path directory;

    private final KubernetesMockServer server = newServer();
    private KubernetesClient api;
    private RawNode first;
    private RawNode second;
    private StickyProxyServer proxy;

    private static KubernetesMockServer newServer() {
        SERVER_LOG.setLevel(Level.OFF);
        Map<ServerRequest, Queue<ServerResponse>> responses = new HashMap<>();
        return new KubernetesMockServer(
                new Context(), new MockWebServer(), responses, new KubernetesMixedDispatcher(responses), false);
    }

    @BeforeEach
    void start() throws Exception {
        first = new RawNode(exchange -> exchange.send("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nfirst"));
        second = new RawNode(exchange -> exchange.send("HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nsecond"));
        server.init();
        api = server.createClient();
        System.setProperty("kubernetes.master", api.getMasterUrl().toString());
        CLIENT_SETTINGS.forEach(System::setProperty);
        Path file = Files.writeString(directory.resolve("proxy.yaml"), """
                listeners: [{ name: public, address: "127.0.0.1:0" }]
                admin: { address: "127.0.0.1:0" }
                timeouts: { drain: 0s }
                discovery: { kubernetes: { service: cobrowse, namespace: shop } }
                """);
        proxy = StickyProxyServer.builder(ConfigReader.read(file, name -> null).config())
                .build()
                .start();
    }

    @AfterEach
    void stop() throws Exception {
        proxy.close();
        System.clearProperty("kubernetes.master");
        CLIENT_SETTINGS.keySet().forEach(System::clearProperty);
        api.close();
        stopServer();
        first.close();
        second.close();
    }

    private void stopServer() {
        try {
            server.destroy();
        } catch (IllegalStateException late) {
            // It waits a second for its own threads, and they are no business of these tests.
            assertThat(late).hasCauseInstanceOf(TimeoutException.class);
        }
    }

    @Test
    void shouldServeWhateverPodsTheServiceHas() throws Exception {
        assertThat(get("cobrowse-0").status()).isEqualTo(503);
        put(slice("a", "cobrowse-0", first));
        awaitIds("cobrowse-0");
        assertThat(get("cobrowse-0").text()).isEqualTo("first");
        put(slice("b", "cobrowse-1", second));
        awaitIds("cobrowse-0", "cobrowse-1");
        assertThat(get("cobrowse-1").text()).isEqualTo("second");
        await().atMost(SOON).until(() -> second.checks() > 0);
        slices().withName("a").delete();
        awaitIds("cobrowse-1");
        assertThat(get("cobrowse-0").text()).isEqualTo("second");
    }

    @Test
    void shouldServeOnWithTheLastKnownPodsWhenTheApiServerIsGone() throws Exception {
        put(slice("a", "cobrowse-0", first));
        put(slice("b", "cobrowse-1", second));
        awaitIds("cobrowse-0", "cobrowse-1");
        stopServer();
        URI address = api.getMasterUrl().toURI();
        await().atMost(SOON).until(() -> refuses(address));
        int checks = first.checks();
        await().atMost(SOON).until(() -> first.checks() > checks + 1); // While the proxy cannot reach an API server.
        assertThat(ids()).containsExactly("cobrowse-0", "cobrowse-1");
        assertThat(get("cobrowse-0").text()).isEqualTo("first");
        assertThat(get("cobrowse-1").text()).isEqualTo("second");
    }

    private static boolean refuses(URI address) throws IOException {
        try (Socket socket = new Socket(address.getHost(), address.getPort())) {
            return !socket.isConnected();
        } catch (ConnectException refused) {
            return true;
        }
    }

    private void put(EndpointSlice slice) {
        slices().resource(slice).create();
    }

    private NonNamespaceOperation<EndpointSlice, EndpointSliceList, Resource<EndpointSlice>> slices() {
        return api.discovery().v1().endpointSlices().inNamespace(NAMESPACE);
    }

    /** Creates a slice for each pod, since on one machine the pods differ by their ports. */
    private static EndpointSlice slice(String name, String pod, RawNode node) {
        return new EndpointSliceBuilder()
                .withNewMetadata()
                .withName(name)
                .withNamespace(NAMESPACE)
                .addToLabels("kubernetes.io/service-name", "cobrowse")
                .endMetadata()
                .withAddressType("IPv4")
                .addNewPort()
                .withPort(URI.create(node.url()).getPort())
                .endPort()
                .addNewEndpoint()
                .withAddresses("127.0.0.1")
                .withHostname(pod)
                .withNewConditions()
                .withReady(true)
                .withServing(true)
                .endConditions()
                .endEndpoint()
                .build();
    }

    private List<String> ids() {
        return proxy.router().table().nodes().stream().map(Node::id).toList();
    }

    private void awaitIds(String... expected) {
        await().atMost(SOON).until(() -> ids().equals(List.of(expected)));
    }

    private RawClient.Answer get(String cookie) throws Exception {
        try (RawClient client = new RawClient(proxy.uri("public"))) {
            return client.get("/cobrowse/x", "Cookie: gcbSessionServer=" + cookie);
        }
    }
}
