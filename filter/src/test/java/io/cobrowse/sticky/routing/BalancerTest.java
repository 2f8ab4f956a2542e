package io.cobrowse.sticky.routing;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class BalancerTest {

    @Test
    void shouldRepeatTheWeightedCycle() {
        Candidates candidates = new Candidates(Nodes.weighted(5, 1, 1));
        assertThat(picks(new Balancer(Balance.ROUND_ROBIN), candidates, 16)).isEqualTo("aabacaaaabacaaaa");
    }

    @Test
    void shouldGoOnWhereItWasWhenTheCandidatesChange() {
        Balancer balancer = new Balancer(Balance.ROUND_ROBIN);
        List<Node> nodes = Nodes.weighted(1, 1, 1);
        assertThat(picks(balancer, new Candidates(nodes), 4)).isEqualTo("abca");
        assertThat(picks(balancer, new Candidates(List.copyOf(nodes)), 2)).isEqualTo("bc");
    }

    @ParameterizedTest
    @ValueSource(longs = {Long.MAX_VALUE - 2, -3, Long.MIN_VALUE, Integer.MAX_VALUE - 2L, 0xFFFFFFFEL})
    void shouldKeepTurningBeyondAnOverflow(long cursor) {
        Candidates candidates = new Candidates(Nodes.weighted(1, 1, 1));
        for (Balance balance : List.of(Balance.ROUND_ROBIN, Balance.LEAST_ACTIVE)) {
            String picks = picks(new Balancer(balance, cursor), candidates, 12);
            assertThat(picks).hasSize(12).contains("abca").matches("[abc]+");
        }
    }

    @Test
    void shouldPickTheLeastActiveByWeight() {
        List<Node> nodes = Nodes.weighted(1, 2, 4);
        Nodes.load(nodes.get(0), 1); // 2/1
        Nodes.load(nodes.get(1), 2); // 3/2
        Nodes.load(nodes.get(2), 4); // 5/4
        Balancer balancer = new Balancer(Balance.LEAST_ACTIVE);
        assertThat(picks(balancer, new Candidates(nodes), 3)).isEqualTo("ccc");
        Nodes.load(nodes.get(2), 2); // 7/4
        assertThat(picks(balancer, new Candidates(nodes), 3)).isEqualTo("bbb");
    }

    @Test
    void shouldCountTunnelsAsActive() {
        List<Node> nodes = Nodes.weighted(1, 1);
        nodes.get(0).beginTunnel();
        assertThat(picks(new Balancer(Balance.LEAST_ACTIVE), new Candidates(nodes), 3))
                .isEqualTo("bbb");
    }

    @Test
    void shouldPickEquallyActiveOnesInTurn() {
        List<Node> nodes = Nodes.weighted(1, 1, 1, 1);
        Balancer balancer = new Balancer(Balance.LEAST_ACTIVE);
        assertThat(picks(balancer, new Candidates(nodes), 5)).isEqualTo("abcda");
        Nodes.load(nodes.get(1), 1);
        Nodes.load(nodes.get(2), 1);
        assertThat(picks(balancer, new Candidates(nodes), 5)).isEqualTo("dadad");
    }

    @Test
    void shouldNotOverflowComparingGreatLoads() {
        List<Node> nodes = Nodes.weighted(256, 255);
        Nodes.load(nodes.get(1), 10_000_000);
        assertThat(picks(new Balancer(Balance.LEAST_ACTIVE), new Candidates(nodes), 2))
                .isEqualTo("aa");
    }

    @Test
    void shouldPickTheLighterOfTwoDifferentNodes() {
        List<Node> nodes = Nodes.weighted(1, 1, 1);
        Nodes.load(nodes.get(2), 1);
        Map<Node, Integer> counts = counts(new Balancer(Balance.RANDOM_TWO), new Candidates(nodes), 30_000);
        // The loaded one loses every draw it is in; the draws of the other two are even. Bounds beyond 8 deviations.
        assertThat(counts).containsOnlyKeys(nodes.get(0), nodes.get(1));
        assertThat(counts.get(nodes.get(0))).isBetween(14_200, 15_800);
    }

    @Test
    void shouldDrawEveryNodeAlike() {
        List<Node> nodes = Nodes.weighted(1, 1, 1, 1, 1);
        Map<Node, Integer> counts = counts(new Balancer(Balance.RANDOM_TWO), new Candidates(nodes), 50_000);
        assertThat(counts)
                .hasSize(5)
                .allSatisfy((node, count) -> assertThat(count).isBetween(9_200, 10_800));
    }

    @Test
    void shouldRespectWeightsBetweenTwo() {
        List<Node> nodes = Nodes.weighted(1, 3);
        assertThat(picks(new Balancer(Balance.RANDOM_TWO), new Candidates(nodes), 20))
                .matches("b+");
        Nodes.load(nodes.get(1), 5);
        assertThat(picks(new Balancer(Balance.RANDOM_TWO), new Candidates(nodes), 20))
                .matches("a+");
    }

    @ParameterizedTest
    @EnumSource(Balance.class)
    void shouldPickTheOnlyOne(Balance balance) {
        assertThat(picks(new Balancer(balance), new Candidates(Nodes.weighted(3)), 3))
                .isEqualTo("aaa");
    }

    @ParameterizedTest
    @EnumSource(Balance.class)
    void shouldPickNobodyOfNobody(Balance balance) {
        assertThat(new Balancer(balance).pick(new Candidates(List.of()), Set.of()))
                .isNull();
    }

    @ParameterizedTest
    @EnumSource(Balance.class)
    void shouldPassOverTheTriedOnesUntilNobodyIsLeft(Balance balance) {
        List<Node> nodes = Nodes.weighted(5, 1, 1, 2);
        Candidates candidates = new Candidates(nodes);
        Balancer balancer = new Balancer(balance);
        for (int round = 0; round < 50; round++) {
            Collection<Node> tried = new ArrayList<>();
            while (tried.size() < nodes.size()) {
                Node node = balancer.pick(candidates, tried);
                assertThat(node).isIn(nodes).isNotIn(tried);
                tried.add(node);
            }
            assertThat(balancer.pick(candidates, tried)).isNull();
        }
    }

    @ParameterizedTest
    @EnumSource(Balance.class)
    void shouldPassOverTheFullOnesUnlessAllAre(Balance balance) {
        List<Node> nodes = List.of(limited("a", 1), limited("b", 2), Nodes.node("c"));
        Candidates candidates = new Candidates(nodes);
        Balancer balancer = new Balancer(balance);
        Nodes.load(nodes.get(0), 1);
        Nodes.load(nodes.get(1), 2);
        assertThat(picks(balancer, candidates, 10)).isEqualTo("c".repeat(10));
        assertThat(balancer.pick(candidates, List.of(nodes.get(2)))).isIn(nodes.get(0), nodes.get(1));
        nodes.get(0).end();
        assertThat(counts(balancer, candidates, 100)).containsOnlyKeys(nodes.get(0), nodes.get(2));
    }

    @Test
    void shouldGoByTheWeightsOfTheCandidates() {
        List<Node> nodes = Nodes.weighted(2, 2);
        Candidates slow = new Candidates(nodes, new int[] {20, 2});
        assertThat(picks(new Balancer(Balance.ROUND_ROBIN), slow, 11)).isEqualTo("aaaaabaaaaa");
        Nodes.load(nodes.get(0), 8);
        assertThat(picks(new Balancer(Balance.LEAST_ACTIVE), slow, 2)).isEqualTo("aa");
        assertThat(picks(new Balancer(Balance.RANDOM_TWO), slow, 10)).matches("a+");
        Nodes.load(nodes.get(0), 2);
        assertThat(picks(new Balancer(Balance.LEAST_ACTIVE), slow, 2)).isEqualTo("bb");
    }

    private static Node limited(String id, int maxActive) {
        return new Node(id, List.of("node-" + id), URI.create("http://" + id + ".example:8700"), 1, false, maxActive);
    }

    private static String picks(Balancer balancer, Candidates candidates, int count) {
        StringBuilder picks = new StringBuilder();
        for (int i = 0; i < count; i++) {
            picks.append(balancer.pick(candidates, List.of()).id());
        }
        return picks.toString();
    }

    private static Map<Node, Integer> counts(Balancer balancer, Candidates candidates, int picks) {
        Map<Node, Integer> counts = new HashMap<>();
        for (int i = 0; i < picks; i++) {
            counts.merge(balancer.pick(candidates, List.of()), 1, Integer::sum);
        }
        return counts;
    }
}
