package io.cobrowse.sticky.spring;

import io.cobrowse.sticky.proxy.StickyProxy;
import io.cobrowse.sticky.routing.Node;
import io.cobrowse.sticky.routing.NodeState;
import io.cobrowse.sticky.routing.NodeTable;
import org.springframework.boot.health.contributor.AbstractHealthIndicator;
import org.springframework.boot.health.contributor.Health;

/**
 * Reports up while at least one node is ready, as {@code /readyz} of the standalone proxy does; the details contain the
 * state of each node.
 */
final class NodesHealthIndicator extends AbstractHealthIndicator {
    private final StickyProxy proxy;

    NodesHealthIndicator(StickyProxy proxy) {
        super("The states of the nodes cannot be read");
        this.proxy = proxy;
    }

    @Override
    protected void doHealthCheck(Health.Builder builder) {
        NodeTable table = proxy.router().table();
        builder.down();
        for (Node node : table.nodes()) {
            NodeState state = table.state(node);
            builder.withDetail(node.id(), state.text());
            if (state == NodeState.READY) {
                builder.up();
            }
        }
    }
}
