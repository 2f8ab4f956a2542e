package io.cobrowse.load.cluster;

/**
 * What is started, a proxy and the nodes behind it, and on which processors; empty for any. Immutable.
 *
 * @param nodes how many, from 1
 */
public record Layout(int nodes, String proxyProcessors, String nodeProcessors) {
    /** @throws IllegalArgumentException if there is no node */
    public Layout {
        if (nodes < 1) {
            throw new IllegalArgumentException(nodes + " nodes: allowed is 1 or more");
        }
    }

    /** On all processors. */
    public static Layout of(int nodes) {
        return new Layout(nodes, "", "");
    }
}
