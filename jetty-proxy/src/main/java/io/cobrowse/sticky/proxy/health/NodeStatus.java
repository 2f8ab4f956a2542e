package io.cobrowse.sticky.proxy.health;

import io.cobrowse.sticky.routing.NodeState;
import java.net.URI;
import java.time.Instant;

/**
 * What is known of a node's state. Immutable.
 *
 * @param url the node's, since another URL is another node
 * @param admin set by people: ready, drain or maint
 * @param checked found by checks
 * @param lastCheck how the last check went, in words
 * @param lastChange when {@code admin} or {@code checked} changed; before the first change, when the node was added
 * @param changes how often they changed
 */
public record NodeStatus(
        URI url, NodeState admin, Checked checked, String lastCheck, Instant lastChange, long changes) {

    static NodeStatus initial(URI url) {
        return new NodeStatus(url, NodeState.READY, Checked.UP, "none yet", Instant.now(), 0);
    }

    /** Returns what routing goes by: maint, else down, else drain, else ready. */
    public NodeState effective() {
        if (admin == NodeState.MAINT) {
            return NodeState.MAINT;
        }
        return switch (checked) {
            case DOWN -> NodeState.DOWN;
            case DRAIN -> NodeState.DRAIN;
            case UP -> admin;
        };
    }

    NodeStatus withAdmin(NodeState state) {
        return state == admin ? this : new NodeStatus(url, state, checked, lastCheck, Instant.now(), changes + 1);
    }

    NodeStatus withChecked(Checked found) {
        return found == checked ? this : new NodeStatus(url, admin, found, lastCheck, Instant.now(), changes + 1);
    }

    NodeStatus withLastCheck(String text) {
        return new NodeStatus(url, admin, checked, text, lastChange, changes);
    }
}
