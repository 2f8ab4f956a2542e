package io.cobrowse.load.cluster;

/**
 * What is started, a proxy and the nodes behind it, and on which processors; empty for any. Immutable.
 *
 * @param nodes how many, from 1
 * @param ports where they listen
 */
public record Layout(int nodes, Ports ports, String proxyProcessors, String nodeProcessors) {
    /**
     * Ports of loopback, 0 for any that is free.
     *
     * @param node of the first node; the others have those that follow
     */
    public record Ports(int proxy, int admin, int node) {
        /** Any that are free. */
        public static final Ports FREE = new Ports(0, 0, 0);

        /** @throws IllegalArgumentException if one is no port */
        public Ports {
            for (int port : new int[] {proxy, admin, node}) {
                if (port < 0 || port > 65_535) {
                    throw new IllegalArgumentException(
                            port + " is no port: allowed is 1 to 65535, or 0 for any free one");
                }
            }
        }
    }

    /** @throws IllegalArgumentException if there is no node */
    public Layout {
        if (nodes < 1) {
            throw new IllegalArgumentException(nodes + " nodes: allowed is 1 or more");
        }
    }

    /** On all processors. */
    public static Layout of(int nodes) {
        return of(nodes, Ports.FREE);
    }

    /** On all processors. */
    public static Layout of(int nodes, Ports ports) {
        return new Layout(nodes, ports, "", "");
    }
}
