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
 * @param state what routing goes by; follows from {@code admin} and {@code checked}
 * @param cookie the first cookie value
 * @param cookies all cookie values
 * @param activeRequests requests open now, parked polls and waiting ones included, tunnels not
 * @param activeTunnels tunnels open now
 * @param parkedPolls those of the requests that are meant to wait for an answer, and do
 * @param sessionsSeen clients that it has served with affinity in the last 40 s
 * @param quietMs for how long it has served no client with affinity; -1 where it never has
 * @param safeToStop whether stopping it would lose nothing: it is drained or in maintenance, nothing is open, and no client
 *     that polls can still be there
 * @param requestsPerSecond how many requests ended in the last second
 * @param waitingRequests requests that wait for a place at the node
 * @param maxActive how many requests and tunnels may be open; null for no limit
 * @param sharePercent how much of its weight counts now; less than 100 while the node is starting slowly
 * @param admin set by people: ready, drain or maint
 * @param checked found by checks: up, drain or down
 * @param lastCheck how the last check went, in words
 * @param lastChange when {@code admin} or {@code checked} changed, as of RFC 3339
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
                status.effective().text(), // Not the table's, which may be a moment older than what follows.
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
