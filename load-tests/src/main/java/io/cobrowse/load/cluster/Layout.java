package io.cobrowse.load.cluster;

import org.jspecify.annotations.Nullable;

/**
 * What is started, and on which processors; empty for any. Immutable.
 *
 * @param nodes how many, from 1
 * @param proxied whether a proxy stands in front; a single node may do without
 * @param proxyConfig lines that the proxy's configuration has in addition; null for none
 */
public record Layout(
        int nodes,
        boolean proxied,
        String proxyProcessors,
        String nodeProcessors,
        @Nullable String proxyConfig) {
    /** @throws IllegalArgumentException if several nodes have no proxy in front */
    public Layout {
        if (nodes < 1 || (nodes > 1 && !proxied)) {
            throw new IllegalArgumentException(nodes + " nodes " + (proxied ? "" : "without a proxy"));
        }
    }

    /** Nodes behind a proxy, on all processors. */
    public static Layout of(int nodes) {
        return new Layout(nodes, true, "", "", null);
    }
}
