package io.cobrowse.sticky.proxy.cluster;

import io.cobrowse.sticky.routing.Balance;
import io.cobrowse.sticky.routing.Node;
import io.cobrowse.sticky.routing.NodeState;
import io.cobrowse.sticky.routing.NodeTable;
import io.cobrowse.sticky.routing.Router;
import io.cobrowse.sticky.routing.Stickiness;
import java.net.URI;
import java.util.List;
import org.jetbrains.lincheck.datastructures.Operation;
import org.jetbrains.lincheck.datastructures.StressOptions;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Checks, operators and reloads change the snapshot that requests read. No change is lost, and no request sees half of
 * one.
 */
@Tag("interleavings")
public class SnapshotInterleavingsTest {
    private static final Node ONE = node("1");
    private static final Node TWO = node("2");
    private static final Node THREE = node("3");

    private final Router router = new Router(Stickiness.DEFAULTS, Balance.ROUND_ROBIN, NodeTable.of(List.of(ONE, TWO)));

    private static Node node(String id) {
        return new Node(id, List.of("node-" + id), URI.create("http://10.0.0." + id), 1, false);
    }

    @Operation
    public void drainOne() {
        router.update(table -> table.withState("1", NodeState.DRAIN));
    }

    @Operation
    public void readyOne() {
        router.update(table -> table.withState("1", NodeState.READY));
    }

    @Operation
    public void twoDown() {
        router.update(table -> table.withState("2", NodeState.DOWN));
    }

    @Operation
    public void addThree() {
        router.update(table -> table.withNodes(List.of(ONE, TWO, THREE)));
    }

    @Operation
    public String read() {
        NodeTable table = router.table();
        StringBuilder states = new StringBuilder();
        for (Node node : table.nodes()) {
            states.append(node.id()).append('=').append(table.state(node)).append(' ');
        }
        return states.toString();
    }

    @Test
    void shouldLoseNoChangeAndShowNoneHalf() { // Under stress: the model checker does not know the table's look-up.
        new StressOptions()
                .iterations(6)
                .invocationsPerIteration(300)
                .threads(2)
                .actorsPerThread(3)
                .check(SnapshotInterleavingsTest.class);
    }
}
