package io.cobrowse.sticky.proxy.cluster;

import io.cobrowse.sticky.routing.Balance;
import io.cobrowse.sticky.routing.Node;
import io.cobrowse.sticky.routing.NodeState;
import io.cobrowse.sticky.routing.NodeTable;
import io.cobrowse.sticky.routing.Router;
import io.cobrowse.sticky.routing.Stickiness;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The administrative and the checked state of each node, from which the router's state follows. Each change updates the
 * router's table once, is logged once with its reason, and is counted. A node with the same id and URL keeps its state
 * when the nodes are replaced. Thread-safe.
 */
public final class NodeStates {
    private static final Logger LOG = LoggerFactory.getLogger(NodeStates.class);

    private final Router router;
    private final Map<String, NodeStatus> statuses = new HashMap<>();
    /**
     * How many polls and tunnels, together, are closed a second in maintenance, by id of the nodes with a pace of their
     * own.
     */
    private final Map<String, Integer> paces = new ConcurrentHashMap<>();

    private volatile Consumer<Node> listener = node -> {};
    private volatile @Nullable SlowStart slowStart;

    public NodeStates(Router router) {
        this.router = router;
    }

    /** Returns the router whose table follows the states. */
    public Router router() {
        return router;
    }

    /**
     * Sets the listener for nodes whose state has changed. While a node is out of service, the listener is also called
     * after each of its checks: requests that were on their way when the state changed may have reached the node since.
     * Must not block.
     */
    public void onChange(Consumer<Node> listener) {
        this.listener = listener;
    }

    /** Sets the slow start of nodes that come up. */
    void setSlowStart(SlowStart slowStart) {
        this.slowStart = slowStart;
    }

    /**
     * Sets how much of the weight of a node counts during its slow start; returns false when the slow start is over.
     */
    synchronized boolean setShare(Node node, int tenths) {
        if (!isCurrent(node) || !status(node).effective().available()) {
            return false;
        }
        router.update(table -> table.withShare(node.id(), tenths));
        return true;
    }

    /**
     * Sets the administrative state of a node.
     *
     * @throws NoSuchElementException when no node has this id
     * @throws IllegalArgumentException when the state is down, which only checks can find
     */
    public void setAdmin(String id, NodeState state) {
        setAdmin(id, state, 0);
    }

    /**
     * Like the other method, with a pace for this node.
     *
     * @param pace how many polls and tunnels, together, are closed a second in maintenance; 0 for the configured pace
     */
    public void setAdmin(String id, NodeState state, int pace) {
        if (state == NodeState.DOWN) {
            throw new IllegalArgumentException("state \"down\": allowed is ready, drain or maint");
        }
        Node node = router.table().node(id);
        if (node == null) {
            throw new NoSuchElementException("There is no node \"" + id + "\"");
        }
        Integer before = pace > 0 ? paces.put(id, pace) : paces.remove(id);
        boolean changed = change(node, status -> status.withAdmin(state), "set to " + state.text() + " by hand");
        if (!changed && pace != (before == null ? 0 : before)) {
            listener.accept(node); // The node is in maintenance already, and only the pace changes.
        }
    }

    /**
     * Returns how many polls and tunnels, together, are closed a second in maintenance; the fallback if the node has no
     * pace of its own.
     */
    public int pace(Node node, int fallback) {
        return paces.getOrDefault(node.id(), fallback);
    }

    /**
     * Sets whether the source that has found a node says that it is about to stop. Does nothing if the node is gone.
     */
    void setLeaving(Node node, boolean leaving) {
        change(
                node,
                status -> status.withLeaving(leaving),
                leaving ? "found to be about to stop" : "found to be no longer about to stop");
    }

    /** Sets what checks have found. Does nothing if the node is gone. */
    void setChecked(Node node, Checked checked, String reason) {
        boolean unused = change(node, status -> status.withChecked(checked), reason);
    }

    /** Records the result of a check. Does nothing if the node is gone. */
    synchronized void countCheck(Node node, boolean passed, String text) {
        if (isCurrent(node)) {
            statuses.put(node.id(), status(node).withCheck(passed, text));
        }
    }

    /** Records a failed request. Does nothing if the node is gone. */
    synchronized void countFailedRequest(Node node, String text) {
        if (isCurrent(node)) {
            statuses.put(node.id(), status(node).withFailedRequest(text));
        }
    }

    /** Is called after each check. */
    void checkEnded(Node node) {
        if (isCurrent(node) && !status(node).effective().available()) {
            listener.accept(node);
        }
    }

    /** Returns the status of a node. */
    public synchronized NodeStatus status(Node node) {
        NodeStatus status = statuses.get(node.id());
        return status != null && status.url().equals(node.url()) ? status : NodeStatus.initial(node.url());
    }

    /**
     * Replaces the nodes and the settings of the router as one change.
     *
     * @param nodes empty if none is found yet
     * @throws IllegalArgumentException as {@link NodeTable#withNodes}; nothing has changed then
     */
    public synchronized void replace(Stickiness stickiness, Balance balance, List<Node> nodes) {
        NodeTable before = router.table();
        NodeTable after =
                router.update(stickiness, balance, table -> nodes.isEmpty() ? NodeTable.EMPTY : table.withNodes(nodes));
        statuses.entrySet().removeIf(entry -> {
            Node kept = after.node(entry.getKey());
            return kept == null || !kept.url().equals(entry.getValue().url());
        });
        before.nodes().stream().filter(node -> isAbsent(node, after)).forEach(node -> LOG.info("{} removed", node));
        after.nodes().stream().filter(node -> isAbsent(node, before)).forEach(node -> LOG.info("{} added", node));
    }

    private static boolean isAbsent(Node node, NodeTable table) {
        Node same = table.node(node.id());
        return same == null || !same.sameAs(node);
    }

    private boolean isCurrent(Node node) {
        return !isAbsent(node, router.table());
    }

    private boolean change(Node node, UnaryOperator<NodeStatus> change, String reason) {
        synchronized (this) {
            NodeStatus before = status(node);
            NodeStatus after = change.apply(before);
            if (!isCurrent(node) || after.equals(before)) {
                return false;
            }
            statuses.put(node.id(), after);
            boolean cameUp =
                    after.effective().available() && !before.effective().available();
            SlowStart starting = slowStart;
            if (starting == null || !cameUp) {
                router.update(table -> table.withState(node.id(), after.effective()));
            } else {
                router.update(table ->
                        table.withState(node.id(), after.effective()).withShare(node.id(), starting.firstShare()));
                starting.begin(node);
            }
            LOG.info(
                    "{}: {} -> {} ({}; administrative state {}, checked {})",
                    node,
                    before.effective().text(),
                    after.effective().text(),
                    reason,
                    after.admin().text(),
                    after.checked().text());
        }
        listener.accept(node);
        return true;
    }
}
