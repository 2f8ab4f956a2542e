package io.cobrowse.sticky.proxy.cluster;

import io.cobrowse.sticky.routing.NodeState;
import java.net.URI;
import java.time.Instant;

/**
 * The state of a node, and what led to it. Immutable.
 *
 * @param url the node's URL; a node with another URL is another node
 * @param admin the state that people have set: ready, drain or maint
 * @param leaving whether the source that found the node says that it is about to stop
 * @param checked the state that checks have found
 * @param lastCheck the result of the last check, or of the last request that counts as one, in words
 * @param lastChange the time of the last change of {@code admin}, {@code leaving} or {@code checked}; before the first
 *     change, the time when the node was added
 * @param counts what has happened so far
 */
public record NodeStatus(
        URI url,
        NodeState admin,
        boolean leaving,
        Checked checked,
        String lastCheck,
        Instant lastChange,
        Counts counts) {

    /**
     * What has happened to a node since it was added.
     *
     * @param changes how often {@code admin}, {@code leaving} or {@code checked} changed
     * @param downs how often checks found it down
     * @param passedChecks the number of passed checks
     * @param failedChecks the number of failed checks
     * @param failedRequests the number of requests that counted as failed checks
     */
    public record Counts(long changes, long downs, long passedChecks, long failedChecks, long failedRequests) {
        static final Counts ZERO = new Counts(0, 0, 0, 0, 0);

        private Counts withChange(boolean down) {
            return new Counts(changes + 1, downs + (down ? 1 : 0), passedChecks, failedChecks, failedRequests);
        }

        private Counts withCheck(boolean passed) {
            return new Counts(
                    changes, downs, passedChecks + (passed ? 1 : 0), failedChecks + (passed ? 0 : 1), failedRequests);
        }

        private Counts withFailedRequest() {
            return new Counts(changes, downs, passedChecks, failedChecks, failedRequests + 1);
        }
    }

    static NodeStatus initial(URI url) {
        return new NodeStatus(url, NodeState.READY, false, Checked.UP, "none yet", Instant.now(), Counts.ZERO);
    }

    /** Returns the state that routing uses: maint, else down, else drain, else ready. */
    public NodeState effective() {
        if (admin == NodeState.MAINT) {
            return NodeState.MAINT;
        }
        return switch (checked) {
            case DOWN -> NodeState.DOWN;
            case DRAIN -> NodeState.DRAIN;
            case UP -> leaving ? NodeState.DRAIN : admin;
        };
    }

    NodeStatus withAdmin(NodeState state) {
        return state == admin
                ? this
                : new NodeStatus(url, state, leaving, checked, lastCheck, Instant.now(), counts.withChange(false));
    }

    NodeStatus withLeaving(boolean now) {
        return now == leaving
                ? this
                : new NodeStatus(url, admin, now, checked, lastCheck, Instant.now(), counts.withChange(false));
    }

    NodeStatus withChecked(Checked found) {
        return found == checked
                ? this
                : new NodeStatus(
                        url, admin, leaving, found, lastCheck, Instant.now(), counts.withChange(found == Checked.DOWN));
    }

    NodeStatus withCheck(boolean passed, String text) {
        return new NodeStatus(url, admin, leaving, checked, text, lastChange, counts.withCheck(passed));
    }

    NodeStatus withFailedRequest(String text) {
        return new NodeStatus(url, admin, leaving, checked, text, lastChange, counts.withFailedRequest());
    }
}
