package io.cobrowse.sticky.proxy.cluster.discovery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.fabric8.kubernetes.api.model.discovery.v1.Endpoint;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointBuilder;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointSlice;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointSliceBuilder;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.server.mock.KubernetesMixedDispatcher;
import io.fabric8.kubernetes.client.server.mock.KubernetesMockServer;
import io.fabric8.mockwebserver.Context;
import io.fabric8.mockwebserver.MockWebServer;
import io.fabric8.mockwebserver.ServerRequest;
import io.fabric8.mockwebserver.ServerResponse;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeoutException;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class KubernetesNodesTest {
    private static final String NAMESPACE = "shop";
    private static final String SERVICE = "cobrowse";
    private static final InetAddress LOOPBACK = InetAddress.getLoopbackAddress();
    /** Logs each request. */
    private static final Logger SERVER_LOG = Logger.getLogger(MockWebServer.class.getName());

    private final List<List<FoundNode>> found = new CopyOnWriteArrayList<>();
    private final KubernetesMockServer server = newServer();
    private KubernetesClient api;
    private KubernetesNodes nodes;

    private static KubernetesMockServer newServer() {
        Map<ServerRequest, Queue<ServerResponse>> responses = new HashMap<>();
        return new KubernetesMockServer(
                new Context(), new MockWebServer(), responses, new KubernetesMixedDispatcher(responses), false);
    }

    @BeforeAll
    static void quiet() {
        SERVER_LOG.setLevel(Level.OFF);
    }

    @BeforeEach
    void startApiServer() {
        server.init();
        api = server.createClient();
    }

    @AfterEach
    void stop() {
        if (nodes != null) {
            nodes.close();
        }
        api.close();
        try {
            server.destroy();
        } catch (IllegalStateException late) {
            // It waits a second for its own threads, and they are no business of these tests.
            assertThat(late).hasCauseInstanceOf(TimeoutException.class);
        }
    }

    @Test
    void shouldFindThePodsOfAServiceAndNoOthers() {
        put(slice("a", endpoint("cobrowse-0", "10.0.0.10")));
        put(slice("b", endpoint("cobrowse-1", "10.0.0.11")));
        put(new EndpointSliceBuilder(slice("c", endpoint("other-0", "10.0.0.99")))
                .editMetadata()
                .addToLabels("kubernetes.io/service-name", "other")
                .endMetadata()
                .build());
        start(0);
        awaitNodes(
                node("cobrowse-0", "http://10.0.0.10:8700", false), node("cobrowse-1", "http://10.0.0.11:8700", false));
        assertThat(found).hasSize(1); // Not one slice first.
    }

    @Test
    void shouldDrainAPodThatIsTerminatingOrNotReadyAndForgetItWhenItIsGone() {
        put(slice("a", endpoint("cobrowse-0", "10.0.0.10"), endpoint("cobrowse-1", "10.0.0.11")));
        start(8701);
        awaitNodes(
                node("cobrowse-0", "http://10.0.0.10:8701", false), node("cobrowse-1", "http://10.0.0.11:8701", false));
        put(slice("a", endpoint("cobrowse-0", "10.0.0.10"), terminating("cobrowse-1", "10.0.0.11", true)));
        awaitNodes(
                node("cobrowse-0", "http://10.0.0.10:8701", false), node("cobrowse-1", "http://10.0.0.11:8701", true));
        put(slice("a", endpoint("cobrowse-0", "10.0.0.10"), notReady("cobrowse-2", "10.0.0.12")));
        awaitNodes(
                node("cobrowse-0", "http://10.0.0.10:8701", false), node("cobrowse-2", "http://10.0.0.12:8701", true));
    }

    @Test
    void shouldSendNewSessionsToTerminatingPodsThatServeWhenThereAreNoOthers() {
        put(slice("a", terminating("cobrowse-0", "10.0.0.10", true), terminating("cobrowse-1", "10.0.0.11", false)));
        start(0);
        awaitNodes(
                node("cobrowse-0", "http://10.0.0.10:8700", false), node("cobrowse-1", "http://10.0.0.11:8700", true));
    }

    @Test
    void shouldTakeIpv4OfAServiceWithBothAndIpv6OfOneWithThatAlone() {
        EndpointSlice six = new EndpointSliceBuilder(
                        slice("six", endpoint("cobrowse-0", "fd00::10"), endpoint("cobrowse-1", "fd00::11")))
                .withAddressType("IPv6")
                .build();
        put(six);
        put(slice("four", endpoint("cobrowse-0", "10.0.0.10")));
        start(0);
        awaitNodes(
                node("cobrowse-0", "http://10.0.0.10:8700", false),
                node("cobrowse-1", "http://[fd00::11]:8700", false));
    }

    @Test
    void shouldKeepTheLastKnownNodesWhenAllAreGone() {
        put(slice("a", endpoint("cobrowse-0", "10.0.0.10")));
        start(0);
        awaitNodes(node("cobrowse-0", "http://10.0.0.10:8700", false));
        api.discovery()
                .v1()
                .endpointSlices()
                .inNamespace(NAMESPACE)
                .withName("a")
                .delete();
        put(slice("b", endpoint("cobrowse-1", "10.0.0.11")));
        awaitNodes(node("cobrowse-1", "http://10.0.0.11:8700", false));
        assertThat(found).hasSize(2);
    }

    @Test
    void shouldWaitForAServerThatIsNotThereAtTheStart() throws Exception {
        int port;
        try (ServerSocket free = new ServerSocket(0, 1, LOOPBACK)) {
            port = free.getLocalPort();
        }
        Config config = new ConfigBuilder(Config.empty())
                .withMasterUrl("http://" + LOOPBACK.getHostAddress() + ":" + port)
                .withRequestRetryBackoffLimit(2)
                .build();
        nodes = new KubernetesNodes(
                new KubernetesClientBuilder().withConfig(config).build(), NAMESPACE, SERVICE, 0);
        nodes.start(found::add);
        KubernetesMockServer late = newServer();
        late.init(LOOPBACK, port);
        try (KubernetesClient client = late.createClient()) {
            client.resource(slice("a", endpoint("cobrowse-0", "10.0.0.10"))).create();
            awaitNodes(node("cobrowse-0", "http://10.0.0.10:8700", false));
        } finally {
            late.destroy();
        }
    }

    private void start(int port) {
        nodes = new KubernetesNodes(server.createClient(), NAMESPACE, SERVICE, port);
        nodes.start(found::add);
    }

    private void put(EndpointSlice slice) {
        var slices = api.discovery().v1().endpointSlices().inNamespace(NAMESPACE);
        if (slices.withName(slice.getMetadata().getName()).get() == null) {
            slices.resource(slice).create();
        } else {
            slices.resource(slice).update();
        }
    }

    private static EndpointSlice slice(String name, Endpoint... endpoints) {
        return new EndpointSliceBuilder()
                .withNewMetadata()
                .withName(name)
                .withNamespace(NAMESPACE)
                .addToLabels("kubernetes.io/service-name", SERVICE)
                .endMetadata()
                .withAddressType("IPv4")
                .addNewPort()
                .withPort(8700)
                .endPort()
                .withEndpoints(endpoints)
                .build();
    }

    private static Endpoint endpoint(String pod, String address) {
        return new EndpointBuilder()
                .withAddresses(address)
                .withNewTargetRef()
                .withKind("Pod")
                .withName(pod)
                .endTargetRef()
                .withNewConditions()
                .withReady(true)
                .withServing(true)
                .endConditions()
                .build();
    }

    private static Endpoint terminating(String pod, String address, boolean serving) {
        return new EndpointBuilder(endpoint(pod, address))
                .editConditions()
                .withReady(false)
                .withServing(serving)
                .withTerminating(true)
                .endConditions()
                .build();
    }

    private static Endpoint notReady(String pod, String address) {
        return new EndpointBuilder(endpoint(pod, address))
                .editConditions()
                .withReady(false)
                .withServing(false)
                .endConditions()
                .build();
    }

    private static FoundNode node(String id, String url, boolean draining) {
        return new FoundNode(id, URI.create(url), 1, false, draining);
    }

    private void awaitNodes(FoundNode... expected) {
        await().atMost(Duration.ofSeconds(60))
                .untilAsserted(() -> assertThat(found)
                        .isNotEmpty()
                        .last()
                        .asInstanceOf(InstanceOfAssertFactories.LIST)
                        .containsExactly((Object[]) expected));
    }
}
