package io.cobrowse.sticky.proxy.admin;

import io.cobrowse.sticky.proxy.health.NodeStatus;
import io.cobrowse.sticky.routing.Node;
import io.cobrowse.sticky.routing.NodeState;
import java.util.List;

/**
 * A node as {@code GET /api/nodes} shows it.
 *
 * @param state what routing goes by; follows from {@code admin} and {@code checked}
 * @param cookie the first cookie value
 * @param cookies all cookie values
 * @param activeRequests requests open now, parked polls included, tunnels not
 * @param activeTunnels tunnels open now
 * @param admin set by people: ready, drain or maint
 * @param checked found by checks: up, drain or down
 * @param lastCheck how the last check went, in words
 * @param lastChange when {@code admin} or {@code checked} changed, as of RFC 3339
 * @param changes how often they changed
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
        boolean backup,
        String admin,
        String checked,
        String lastCheck,
        String lastChange,
        long changes) {

    static NodeView of(Node node, NodeState state, NodeStatus status) {
        return new NodeView(
                node.id(),
                node.cookies().get(0),
                node.cookies(),
                node.url().toString(),
                state.text(),
                node.activeRequests(),
                node.activeTunnels(),
                node.weight(),
                node.backup(),
                status.admin().text(),
                status.checked().text(),
                status.lastCheck(),
                status.lastChange().toString(),
                status.changes());
    }
}
