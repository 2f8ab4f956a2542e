package io.cobrowse.sticky.proxy.admin;

import io.cobrowse.sticky.routing.Node;
import io.cobrowse.sticky.routing.NodeState;
import java.util.List;

/**
 * A node as {@code GET /api/nodes} shows it.
 *
 * @param cookie the first cookie value
 * @param cookies all cookie values
 * @param activeRequests requests open now, parked polls included, tunnels not
 * @param activeTunnels tunnels open now
 */
record NodeView(
        String id,
        String cookie,
        List<String> cookies,
        String url,
        String state,
        int activeRequests,
        int activeTunnels,
        int weight,
        boolean backup) {

    static NodeView of(Node node, NodeState state) {
        return new NodeView(
                node.id(),
                node.cookies().get(0),
                node.cookies(),
                node.url().toString(),
                state.text(),
                node.activeRequests(),
                node.activeTunnels(),
                node.weight(),
                node.backup());
    }
}
