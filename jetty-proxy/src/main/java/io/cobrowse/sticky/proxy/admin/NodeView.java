package io.cobrowse.sticky.proxy.admin;

import io.cobrowse.sticky.proxy.cluster.NodeStatus;
import io.cobrowse.sticky.proxy.observe.Gauges;
import io.cobrowse.sticky.proxy.observe.Statistics;
import io.cobrowse.sticky.routing.Node;
import io.cobrowse.sticky.routing.NodeState;
import io.cobrowse.sticky.routing.NodeTable;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A node as {@code GET /api/nodes} shows it.
 *
 * @param state the state that routing uses; follows from {@code admin} and {@code checked}
 * @param cookie the first cookie value
 * @param cookies all cookie values
 * @param activeRequests the number of open requests, including parked polls and waiting requests, but not tunnels
 * @param activeTunnels the number of open tunnels
 * @param parkedPolls the number of open requests that are polls parked at the node
 * @param sessionsSeen the number of clients that it has served with affinity in the last 40 s
 * @param quietMs the time since it last served a client with affinity, in milliseconds; -1 if it never has
 * @param safeToStop whether stopping it would lose nothing: it is in drain or maintenance, nothing is open, and no
 *     client can be between two polls
 * @param requestsPerSecond the number of requests that ended in the last second
 * @param waitingRequests the number of requests that wait for a place at the node
 * @param maxActive the limit on open requests and tunnels; null if there is none
 * @param sharePercent the share of its weight that counts now; below 100 during a slow start
 * @param admin the state that people have set: ready, drain or maint
 * @param checked the state that health checks have found: up, drain or down
 * @param lastCheck the result of the last check, in words
 * @param lastChange the time of the last change of {@code admin} or {@code checked}, in the format of RFC 3339
 * @param counts what has happened to the node since it was added
 */
record NodeView(
        String id,
        String cookie,
        List<String> cookies,
        String url,
        String state,
        int activeRequests,
        int activeTunnels,
        int parkedPolls,
        int sessionsSeen,
        long quietMs,
        boolean safeToStop,
        long requestsPerSecond,
        int waitingRequests,
        @Nullable Integer maxActive,
        int weight,
        int sharePercent,
        boolean backup,
        String admin,
        String checked,
        String lastCheck,
        String lastChange,
        NodeStatus.Counts counts) {

    static NodeView of(Node node, NodeTable table, NodeStatus status, Statistics statistics, Gauges gauges) {
        int waiting = gauges.waiting(node);
        return new NodeView(
                node.id(),
                node.cookies().get(0),
                node.cookies(),
                node.url().toString(),
                status.effective().text(), // Not the table's, which may be older than the values below.
                node.activeRequests(),
                node.activeTunnels(),
                gauges.parkedPolls(node),
                statistics.sessionsSeen(node),
                statistics.quietMillis(node),
                isSafeToStop(node, status, statistics),
                statistics.perSecond(node),
                waiting,
                node.maxActive() == Node.UNLIMITED ? null : node.maxActive(),
                node.weight(),
                table.share(node) * 100 / NodeTable.FULL_SHARE,
                node.backup(),
                status.admin().text(),
                status.checked().text(),
                status.lastCheck(),
                status.lastChange().toString(),
                status.counts());
    }

    private static boolean isSafeToStop(Node node, NodeStatus status, Statistics statistics) {
        boolean leaving = status.admin() != NodeState.READY || status.effective() == NodeState.DRAIN;
        return leaving && node.active() == 0 && statistics.quiet(node);
    }
}
