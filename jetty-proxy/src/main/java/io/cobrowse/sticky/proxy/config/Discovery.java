package io.cobrowse.sticky.proxy.config;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Where nodes are found, instead of being configured one by one. Immutable. */
public sealed interface Discovery {
    /**
     * SRV records.
     *
     * @param name as {@code _cobrowse._tcp.example.com}
     * @param interval how often it is looked up
     */
    record Dns(String name, Duration interval) implements Discovery {
        public static final Duration DEFAULT_INTERVAL = Duration.ofSeconds(10);
    }

    /**
     * The EndpointSlices of a Kubernetes Service.
     *
     * @param namespace null for the proxy's own
     * @param port of every node; 0 for the first port of the Service
     */
    record Kubernetes(String service, @Nullable String namespace, int port) implements Discovery {}
}
