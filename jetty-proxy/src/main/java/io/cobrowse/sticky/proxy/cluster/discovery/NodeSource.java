package io.cobrowse.sticky.proxy.cluster.discovery;

import io.cobrowse.sticky.proxy.config.Discovery;
import java.util.List;
import java.util.function.Consumer;

/**
 * Discovers nodes, and continues to do so. If a source is silent, fails, or finds no node at all, it reports nothing: the nodes that it
 * found last stay, and the health checks tell which of them live. Thread-safe.
 */
public interface NodeSource extends AutoCloseable {
    /**
     * Makes a source, which is not started.
     *
     * @throws IllegalStateException when the library that it needs is missing
     */
    static NodeSource of(Discovery discovery) {
        String needed = discovery instanceof Discovery.Dns
                ? "dnsjava:dnsjava"
                : "io.fabric8:kubernetes-client and io.fabric8:kubernetes-httpclient-jdk";
        try {
            return discovery instanceof Discovery.Kubernetes kubernetes
                    ? new KubernetesNodes(kubernetes.namespace(), kubernetes.service(), kubernetes.port())
                    : new DnsNodes(((Discovery.Dns) discovery).name(), ((Discovery.Dns) discovery).interval());
        } catch (NoClassDefFoundError absent) {
            throw new IllegalStateException("discovery: " + needed + " is missing on the class path", absent);
        }
    }

    /**
     * Begins to look, and returns at once. To be called once.
     *
     * @param listener gets all nodes, at least one, ordered by id, no id twice, each time that they have changed; called by a
     *     thread of the source's, one call at a time
     */
    void start(Consumer<List<FoundNode>> listener);

    /** Stops looking; a call of the listener that is under way may still end. */
    @Override
    void close();
}
