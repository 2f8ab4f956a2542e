package io.cobrowse.sticky.proxy.cluster.discovery;

import io.cobrowse.sticky.proxy.config.Discovery;
import java.util.List;
import java.util.function.Consumer;

/**
 * Discovers nodes, and continues to do so. A source that gets no answer, fails, or finds no node at all reports
 * nothing: the nodes that it found last stay, and health checks find out which of them are up. Thread-safe.
 */
public interface NodeSource extends AutoCloseable {
    /**
     * Creates a source, which is not started.
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
     * Starts the discovery, and returns at once. To be called once.
     *
     * @param listener gets all nodes whenever they have changed: at least one, ordered by id, without duplicate ids;
     *     called by a thread of the source, one call at a time
     */
    void start(Consumer<List<FoundNode>> listener);

    /** Stops the discovery; a call of the listener that is in progress may still finish. */
    @Override
    void close();
}
