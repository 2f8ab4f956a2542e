package io.cobrowse.sticky.proxy.cluster.discovery;

import io.cobrowse.sticky.proxy.cluster.discovery.LastKnown.Finding;
import io.fabric8.kubernetes.api.model.discovery.v1.Endpoint;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointConditions;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointPort;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointSlice;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.informers.ResourceEventHandler;
import io.fabric8.kubernetes.client.informers.SharedIndexInformer;
import java.net.URI;
import java.util.Comparator;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Discovers nodes from the EndpointSlices of a Kubernetes Service, with list and watch. A node's id and cookie are the
 * host name of its endpoint, which in a StatefulSet is the name of the pod, or else the name of its pod.
 *
 * <p>An endpoint that is terminating or not ready keeps its sessions and gets no new ones; health checks find out
 * whether it is up. If all endpoints are terminating or not ready, those that still serve get new sessions as well, as
 * with kube-proxy (KEP-1669). If a Service has addresses of both families, IPv4 is used. Thread-safe.
 */
public final class KubernetesNodes implements NodeSource {
    private static final String SERVICE_LABEL = "kubernetes.io/service-name";

    private final KubernetesClient client;
    private final @Nullable String namespace;
    private final String service;
    private final int port;
    private volatile @Nullable SharedIndexInformer<EndpointSlice> informer;

    /**
     * Creates a source that asks the API server with the credentials of the pod's service account or of the user's
     * {@code kubeconfig}.
     *
     * @param namespace null for the pod's own
     * @param port the port of every node; 0 for the first port of the Service
     */
    public KubernetesNodes(@Nullable String namespace, String service, int port) {
        this(client(), namespace, service, port);
    }

    /** Tries each request only three times, not for minutes, since list and watch start again by themselves. */
    private static KubernetesClient client() {
        Config config = new ConfigBuilder().withRequestRetryBackoffLimit(2).build();
        return new KubernetesClientBuilder().withConfig(config).build();
    }

    /** Takes over the client, and closes it in {@link #close}. */
    KubernetesNodes(KubernetesClient client, @Nullable String namespace, String service, int port) {
        this.client = client;
        this.namespace = namespace;
        this.service = service;
        this.port = port;
    }

    @Override
    public void start(Consumer<List<FoundNode>> listener) {
        String own = namespace == null ? client.getNamespace() : namespace;
        String where = own == null ? "default" : own;
        LastKnown known = new LastKnown("discovery.kubernetes " + where + "/" + service, listener);
        SharedIndexInformer<EndpointSlice> slices = client.discovery()
                .v1()
                .endpointSlices()
                .inNamespace(where)
                .withLabel(SERVICE_LABEL, service)
                .runnableInformer(0);
        informer = slices;
        slices.exceptionHandler((started, failure) -> {
            known.silent("the API server cannot be asked: " + failure.getMessage());
            return true; // Keep trying, at the start as well.
        });
        slices.addEventHandler(new Slices(() -> look(slices, known)));
        slices.start().thenRun(() -> look(slices, known));
    }

    private void look(SharedIndexInformer<EndpointSlice> slices, LastKnown known) {
        if (slices.hasSynced()) { // Otherwise a part of the first list would count as the whole list.
            known.found(finding(slices.getStore().list()));
        }
    }

    private record Slices(Runnable change) implements ResourceEventHandler<EndpointSlice> {
        @Override
        public void onAdd(EndpointSlice added) {
            change.run();
        }

        @Override
        public void onUpdate(EndpointSlice before, EndpointSlice after) {
            change.run();
        }

        @Override
        public void onDelete(EndpointSlice deleted, boolean finalStateUnknown) {
            change.run();
        }
    }

    private Finding finding(List<EndpointSlice> slices) {
        Finding finding = find(slices, false);
        return finding.allDraining() ? find(slices, true) : finding;
    }

    private Finding find(List<EndpointSlice> slices, boolean terminatingServe) {
        Finding finding = new Finding();
        slices.stream()
                .filter(slice -> !"FQDN".equals(slice.getAddressType()))
                .sorted(Comparator.comparing(EndpointSlice::getAddressType))
                .forEach(slice -> slice.getEndpoints().forEach(endpoint -> {
                    FoundNode unused =
                            finding.addIfAbsent(() -> node(slice, endpoint, terminatingServe)); // Of the other family.
                }));
        return finding;
    }

    private FoundNode node(EndpointSlice slice, Endpoint endpoint, boolean terminatingServe) {
        List<String> addresses = endpoint.getAddresses();
        if (addresses.isEmpty()) {
            throw new IllegalArgumentException("an endpoint has no address");
        }
        String address = addresses.get(0);
        String host = address.indexOf(':') >= 0 ? "[" + address + "]" : address;
        int nodePort = port == 0 ? firstPort(slice) : port;
        boolean draining = terminatingServe ? !isServing(endpoint) : !isServing(endpoint) || isTerminating(endpoint);
        return new FoundNode(id(endpoint, address), URI.create("http://" + host + ":" + nodePort), 1, false, draining);
    }

    private static String id(Endpoint endpoint, String address) {
        if (endpoint.getHostname() != null) {
            return endpoint.getHostname();
        }
        return endpoint.getTargetRef() == null
                ? address
                : endpoint.getTargetRef().getName();
    }

    private static int firstPort(EndpointSlice slice) {
        List<EndpointPort> ports = slice.getPorts();
        if (ports.isEmpty() || ports.get(0).getPort() == null) {
            throw new IllegalArgumentException("the Service has no port");
        }
        return ports.get(0).getPort();
    }

    /** Returns whether an endpoint serves. A condition that is not set counts as true, except terminating. */
    private static boolean isServing(Endpoint endpoint) {
        EndpointConditions conditions = endpoint.getConditions();
        if (conditions == null) {
            return true;
        }
        Boolean serving = conditions.getServing() == null ? conditions.getReady() : conditions.getServing();
        return serving == null || serving;
    }

    private static boolean isTerminating(Endpoint endpoint) {
        EndpointConditions conditions = endpoint.getConditions();
        return conditions != null && Boolean.TRUE.equals(conditions.getTerminating());
    }

    @Override
    public void close() {
        SharedIndexInformer<EndpointSlice> started = informer;
        if (started != null) {
            started.stop();
        }
        client.close();
    }
}
