package io.cobrowse.sticky.proxy.cluster.discovery;

import io.cobrowse.sticky.routing.Node;
import java.net.URI;
import java.util.List;

/**
 * A node that a source has found. Immutable.
 *
 * @param id its id, and the value of its cookie
 * @param weight 1 to 256
 * @param backup whether it gets new sessions only while no other node can take them
 * @param draining whether it keeps its sessions and gets no new ones
 */
public record FoundNode(String id, URI url, int weight, boolean backup, boolean draining) {
    /**
     * Checks the values as {@link Node} does.
     *
     * @throws IllegalArgumentException with a line for each error
     */
    public FoundNode {
        new Node(id, List.of(id), url, weight, backup);
    }
}
