package io.cobrowse.load.cluster;

/**
 * The processes to start, a proxy and the nodes behind it, and their processors; an empty text allows all processors.
 * Immutable.
 *
 * @param nodes the number of nodes, at least 1
 * @param ports the ports that they listen on
 */
public record Layout(int nodes, Ports ports, String proxyProcessors, String nodeProcessors) {
    /**
     * Ports on loopback; 0 takes a free port.
     *
     * @param node the port of the first node; the others follow it
     */
    public record Ports(int proxy, int admin, int node) {
        /** Free ports for all. */
        public static final Ports FREE = new Ports(0, 0, 0);

        /** @throws IllegalArgumentException if one is not a port */
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

    /** Returns a layout with all processors. */
    public static Layout of(int nodes) {
        return of(nodes, Ports.FREE);
    }

    /** Returns a layout with all processors. */
    public static Layout of(int nodes, Ports ports) {
        return new Layout(nodes, ports, "", "");
    }
}
