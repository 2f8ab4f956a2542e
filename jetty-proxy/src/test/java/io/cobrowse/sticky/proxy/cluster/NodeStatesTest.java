package io.cobrowse.sticky.proxy.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cobrowse.sticky.routing.Balance;
import io.cobrowse.sticky.routing.Node;
import io.cobrowse.sticky.routing.NodeState;
import io.cobrowse.sticky.routing.NodeTable;
import io.cobrowse.sticky.routing.Router;
import io.cobrowse.sticky.routing.Stickiness;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.NoSuchElementException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NodeStatesTest {
    private final Node one = node("1", "http://a");
    private final Node two = node("2", "http://b");
    private final Router router = new Router(Stickiness.DEFAULTS, Balance.ROUND_ROBIN, NodeTable.of(List.of(one, two)));
    private final NodeStates states = new NodeStates(router);

    private static Node node(String id, String url) {
        return new Node(id, List.of("node-" + id), URI.create(url), 1, false);
    }

    private NodeState state(Node node) {
        return router.table().state(node);
    }

    @ParameterizedTest
    @CsvSource({
        "READY, UP, READY",
        "READY, DRAIN, DRAIN",
        "READY, DOWN, DOWN",
        "DRAIN, UP, DRAIN",
        "DRAIN, DRAIN, DRAIN",
        "DRAIN, DOWN, DOWN",
        "MAINT, UP, MAINT",
        "MAINT, DRAIN, MAINT",
        "MAINT, DOWN, MAINT"
    })
    void shouldBeMaintElseDownElseDrainElseReady(NodeState admin, Checked checked, NodeState effective) {
        states.setAdmin("1", admin);
        states.setChecked(one, checked, "test");
        assertThat(state(one)).isEqualTo(effective);
        assertThat(states.status(one).effective()).isEqualTo(effective);
        assertThat(state(two)).isEqualTo(NodeState.READY);
    }

    @Test
    void shouldCountAndTellEachChangeOnce() {
        List<Node> told = new ArrayList<>();
        states.onChange(told::add);
        states.setAdmin("1", NodeState.DRAIN);
        states.setAdmin("1", NodeState.DRAIN);
        states.setChecked(one, Checked.DOWN, "test");
        states.setChecked(one, Checked.DOWN, "test");
        assertThat(states.status(one).counts().changes()).isEqualTo(2);
        assertThat(told).containsExactly(one, one);
    }

    @Test
    void shouldRefuseAnUnknownNodeAndDownByHand() {
        assertThatThrownBy(() -> states.setAdmin("3", NodeState.DRAIN)).isInstanceOf(NoSuchElementException.class);
        assertThatThrownBy(() -> states.setAdmin("1", NodeState.DOWN))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("state \"down\": allowed is ready, drain or maint");
    }

    @Test
    void shouldKeepTheStatesOfNodesThatStay() {
        states.setAdmin("1", NodeState.MAINT);
        states.setChecked(two, Checked.DOWN, "test");
        one.begin();
        Node heavier = new Node("1", List.of("node-1"), URI.create("http://a"), 5, false);
        Node moved = node("2", "http://c");
        states.replace(Stickiness.DEFAULTS, Balance.ROUND_ROBIN, List.of(heavier, moved, node("3", "http://d")));
        NodeTable table = router.table();
        assertThat(table.nodes().stream().map(table::state))
                .containsExactly(NodeState.MAINT, NodeState.READY, NodeState.READY);
        assertThat(table.nodes().get(0).weight()).isEqualTo(5);
        assertThat(table.nodes().get(0).activeRequests()).isEqualTo(1);
        assertThat(states.status(moved).checked()).isEqualTo(Checked.UP);
        states.setChecked(two, Checked.DOWN, "a check of the old address ended late");
        assertThat(state(moved)).isEqualTo(NodeState.READY);
    }

    @Test
    void shouldChangeNothingWhenTheNodesAreRefused() {
        NodeTable before = router.table();
        assertThatThrownBy(() -> states.replace(Stickiness.DEFAULTS, Balance.ROUND_ROBIN, List.of(one, one)))
                .isInstanceOf(IllegalArgumentException.class);
        assertThat(router.table()).isSameAs(before);
    }
}
