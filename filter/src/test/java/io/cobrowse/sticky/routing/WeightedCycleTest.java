package io.cobrowse.sticky.routing;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class WeightedCycleTest {

    @ParameterizedTest
    @CsvSource({
        "5 1 1, aabacaa",
        "1 1 1, abc",
        "4 4 4, abc",
        "256 256, ab",
        "2 4, bab",
        "3 2 1, abacba",
        "1 5 1, bbabcbb",
        "4 2 2 4, adbcad",
        "7, a"
    })
    void shouldPickInTheOrderOfNginx(String weights, String picks) {
        int[] parsed =
                Arrays.stream(weights.split(" ")).mapToInt(Integer::parseInt).toArray();
        assertThat(letters(WeightedCycle.of(parsed))).isEqualTo(picks);
    }

    @Test
    void shouldAgreeWithThePlainAlgorithmForAnyWeights() {
        Random random = new Random(1);
        for (int i = 0; i < 500; i++) {
            int[] weights = random.ints(1 + random.nextInt(12), 1, 1 + 1 + random.nextInt(16))
                    .toArray();
            assertThat(WeightedCycle.of(weights)).as(Arrays.toString(weights)).isEqualTo(nginx(weights));
        }
    }

    @Test
    void shouldPickEachOfManyNodesAsOftenAsItsWeight() {
        Random random = new Random(2);
        List<Node> nodes = IntStream.range(0, 1_000)
                .mapToObj(i -> Nodes.node("" + i, 1 + random.nextInt(256)))
                .toList();
        int[] picks = new int[nodes.size()];
        for (int index : WeightedCycle.of(nodes.stream().mapToInt(Node::weight).toArray())) {
            picks[index]++;
        }
        assertThat(picks).isEqualTo(nodes.stream().mapToInt(Node::weight).toArray());
    }

    @Test
    void shouldBeEmptyWithoutNodes() {
        assertThat(WeightedCycle.of(new int[0])).isEmpty();
    }

    /** Transcribed from nginx's ngx_http_upstream_get_peer, without failures; one cycle of it. */
    private static int[] nginx(int[] weights) {
        int total = Arrays.stream(weights).sum();
        int divisor = Arrays.stream(weights).reduce(0, WeightedCycleTest::gcd);
        int[] current = new int[weights.length];
        List<Integer> picks = new ArrayList<>();
        while (picks.size() < total / divisor) {
            int best = -1;
            for (int i = 0; i < weights.length; i++) {
                current[i] += weights[i];
                if (best < 0 || current[i] > current[best]) {
                    best = i;
                }
            }
            current[best] -= total;
            picks.add(best);
        }
        return picks.stream().mapToInt(Integer::intValue).toArray();
    }

    private static int gcd(int a, int b) {
        return b == 0 ? a : gcd(b, a % b);
    }

    private static String letters(int[] picks) {
        return Arrays.stream(picks)
                .mapToObj(i -> String.valueOf((char) ('a' + i)))
                .collect(Collectors.joining());
    }
}
