package io.cobrowse.sticky.proxy.config;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** How nodes are discovered, instead of being configured one by one. Immutable. */
public sealed interface Discovery {
    /**
     * Discovery by SRV records.
     *
     * @param name such as {@code _cobrowse._tcp.example.com}
     * @param interval the time between look-ups
     */
    record Dns(String name, Duration interval) implements Discovery {
        public static final Duration DEFAULT_INTERVAL = Duration.ofSeconds(10);
    }

    /**
     * Discovery by the EndpointSlices of a Kubernetes Service.
     *
     * @param namespace null for the proxy's own
     * @param port the port of every node; 0 for the first port of the Service
     */
    record Kubernetes(String service, @Nullable String namespace, int port) implements Discovery {}
}
