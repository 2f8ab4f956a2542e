package io.cobrowse.sticky.routing;

import static io.cobrowse.sticky.routing.NodeState.DOWN;
import static io.cobrowse.sticky.routing.NodeState.DRAIN;
import static io.cobrowse.sticky.routing.NodeState.MAINT;
import static io.cobrowse.sticky.routing.NodeState.READY;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.net.URI;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class NodeTableTest {

    @Test
    void shouldStartReady() {
        NodeTable table = NodeTable.of(Nodes.cluster(3));
        assertThat(table.nodes()).extracting(table::state).containsExactly(READY, READY, READY);
    }

    @Test
    void shouldReportEveryDuplicate() {
        URI url = URI.create("http://h:1");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> NodeTable.of(List.of(
                        new Node("1", List.of("a", "b"), url, 1, false),
                        new Node("1", List.of("c"), url, 1, false),
                        new Node("3", List.of("b", "c"), url, 1, false))))
                .withMessage("""
                        id "1": stands twice, each node needs its own
                        cookie "b": stands for node 1 and node 3, each node needs its own
                        cookie "c": stands for node 1 and node 3, each node needs its own""");
    }

    @Test
    void shouldRefuseToBeEmpty() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> NodeTable.of(List.of()))
                .withMessageContaining("at least one");
    }

    @Test
    void shouldFindEachOfManyNodesByIdAndCookie() {
        NodeTable table = NodeTable.of(Nodes.cluster(10_000));
        for (Node node : table.nodes()) {
            String cookie = "node-" + node.id();
            assertThat(table.node(node.id())).isSameAs(node);
            assertThat(table.node(table.indexByCookie(cookie, 0, cookie.length())))
                    .isSameAs(node);
        }
        assertThat(table.node("10001")).isNull();
        assertThat(table.node("")).isNull();
        assertThat(table.indexByCookie("node-0", 0, 6)).isEqualTo(NodeTable.ABSENT);
    }

    @Test
    void shouldNotTakeATextForANameThatItBeginsWith() {
        NodeTable table = NodeTable.of(Nodes.cluster(3));
        for (int i = 0; i < 1_000; i++) {
            String id = "1x" + i;
            String cookie = "node-1x" + i;
            assertThat(table.indexByEncodedId(id, 0, id.length())).isEqualTo(NodeTable.ABSENT);
            assertThat(table.indexByCookie(cookie, 0, cookie.length())).isEqualTo(NodeTable.ABSENT);
        }
    }

    @Test
    void shouldChangeTheStateOfOneNodeInANewTable() {
        NodeTable table = NodeTable.of(Nodes.cluster(2));
        NodeTable changed = table.withState("2", MAINT);
        assertThat(changed.state(changed.node("2"))).isEqualTo(MAINT);
        assertThat(changed.state(changed.node("1"))).isEqualTo(READY);
        assertThat(table.state(table.node("2"))).isEqualTo(READY);
        assertThat(changed.withState("2", MAINT)).isSameAs(changed);
    }

    @Test
    void shouldRefuseAStateOfNobody() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> NodeTable.of(Nodes.cluster(2)).withState("3", DOWN))
                .withMessage("node \"3\": there is none; allowed is one of [1, 2]");
    }

    @Test
    void shouldKeepStateAndCountersOfTheSameIdAndUrl() {
        NodeTable table = NodeTable.of(Nodes.cluster(3)).withState("1", DRAIN).withState("2", MAINT);
        table.nodes().forEach(Node::begin);
        Node elsewhere = new Node("2", List.of("node-2"), URI.create("http://elsewhere:1"), 1, false);

        NodeTable changed = table.withNodes(List.of(Nodes.node("4"), elsewhere, Nodes.node("1", 7), Nodes.node("3")));

        assertThat(changed.nodes()).extracting(Node::id).containsExactly("4", "2", "1", "3");
        assertThat(changed.nodes()).extracting(changed::state).containsExactly(READY, READY, DRAIN, READY);
        assertThat(changed.nodes()).extracting(Node::active).containsExactly(0, 0, 1, 1);
        assertThat(changed.node("1").weight()).isEqualTo(7);
        assertThat(changed.node("3")).isSameAs(table.node("3"));
    }

    @Test
    void shouldGiveANodeAShareOfItsWeight() {
        NodeTable table = NodeTable.of(List.of(Nodes.node("1", 4), Nodes.node("2", 2)));
        NodeTable slow = table.withShare("2", 1);
        assertThat(slow.candidates().cycleLength()).isEqualTo(21); // 40 to 2
        assertThat(slow.share(slow.node("2"))).isEqualTo(1);
        NodeTable kept = slow.withNodes(List.of(Nodes.node("2", 2), Nodes.node("3", 2)));
        assertThat(kept.candidates().cycleLength()).isEqualTo(11); // 2 to 20
        assertThat(slow.withState("1", DOWN).withState("1", READY).share(slow.node("2")))
                .isEqualTo(1);
        assertThat(slow.withShare("2", NodeTable.FULL_SHARE).candidates().cycleLength())
                .isEqualTo(3);
        assertThat(table.withShare("2", 10)).isSameAs(table);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> table.withShare("2", 0))
                .withMessage("share \"0\": allowed is 1 to 10 tenths");
    }

    @Test
    void shouldGiveNewSessionsToReadyPrimaries() {
        NodeTable table = NodeTable.of(List.of(Nodes.node("1"), Nodes.backup("2"), Nodes.node("3"), Nodes.backup("4")));
        assertThat(ids(table.candidates())).containsExactly("1", "3");
        assertThat(ids(table.spares())).containsExactly("2", "4");
        NodeTable one = table.withState("1", DRAIN).withState("4", DOWN);
        assertThat(ids(one.candidates())).containsExactly("3");
        assertThat(ids(one.spares())).containsExactly("2");
    }

    @Test
    void shouldGiveNewSessionsToReadyBackupsWhereNoPrimaryIs() {
        NodeTable table = NodeTable.of(List.of(Nodes.node("1"), Nodes.backup("2"), Nodes.backup("3")))
                .withState("1", DOWN)
                .withState("3", MAINT);
        assertThat(ids(table.candidates())).containsExactly("2");
        assertThat(ids(table.spares())).isEmpty();
    }

    @Test
    void shouldReplaceANodeAlikeInWhateverOrderTheOthersAreListed() {
        List<Node> nodes = new ArrayList<>(Nodes.cluster(50));
        NodeTable table = NodeTable.of(nodes);
        Collections.reverse(nodes);
        NodeTable reversed = NodeTable.of(nodes);
        for (Node node : nodes) {
            assertThat(table.replacement(node)).isNotSameAs(node).isSameAs(reversed.replacement(node));
        }
    }

    @Test
    void shouldMoveNoMoreThanTheShareOfANodeThatGoes() {
        NodeTable table = NodeTable.of(Nodes.cluster(50));
        NodeTable without7 = table.withState("7", DOWN);
        for (Node node : table.nodes()) {
            Node before = table.replacement(node);
            if (!before.id().equals("7")) {
                assertThat(without7.replacement(node)).isSameAs(before);
            }
        }
    }

    @Test
    void shouldSpreadReplacementsEvenly() {
        NodeTable table = NodeTable.of(Nodes.cluster(10));
        Map<Node, Integer> counts = new HashMap<>();
        for (int i = 0; i < 10_000; i++) {
            counts.merge(table.replacement(Nodes.node("gone-" + i)), 1, Integer::sum);
        }
        assertThat(counts)
                .hasSize(10)
                .allSatisfy((node, count) -> assertThat(count).isBetween(850, 1_150));
    }

    @Test
    void shouldReplaceByReadyNodesOnlyAndByBackupsLast() {
        NodeTable table = NodeTable.of(List.of(Nodes.node("1"), Nodes.node("2"), Nodes.backup("3")));
        assertThat(table.withState("2", DRAIN).replacement(table.node("1"))).isSameAs(table.node("3"));
        assertThat(table.replacement(table.node("1"))).isSameAs(table.node("2"));
        NodeTable nobody = table.withState("2", MAINT).withState("3", DOWN);
        assertThat(nobody.replacement(table.node("1"))).isNull();
    }

    private static List<String> ids(Candidates candidates) {
        return candidates.nodes().stream().map(Node::id).toList();
    }
}
