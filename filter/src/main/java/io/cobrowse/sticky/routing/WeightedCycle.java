package io.cobrowse.sticky.routing;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * One cycle of smooth weighted round robin, precomputed: nginx's order, in which 5, 1, 1 gives a a b a c a a.
 *
 * <p>The rule: with every pick, each node's current weight grows by its weight; the node with the largest current
 * weight is picked (of several, the first listed), and its current weight drops by the total. After as many picks as
 * the total, all are zero again; dividing the weights by their greatest common divisor shortens the cycle and changes
 * no pick.
 *
 * <p>Nodes of equal weight differ only in how often they were picked, so among them picks simply rotate in list order,
 * and one current weight, that of the next in turn, stands for the group. A cycle thus costs its length times the number
 * of <em>distinct</em> weights.
 */
final class WeightedCycle {

    private WeightedCycle() {}

    /** Returns the indexes of the weights in the order of the picks; empty if there are none. */
    static int[] of(int[] weights) {
        int divisor = 0;
        int sum = 0;
        for (int weight : weights) {
            divisor = gcd(weight, divisor);
            sum += weight;
        }
        if (sum == 0) {
            return new int[0];
        }
        int total = sum / divisor;
        Group[] groups = groups(weights, divisor);
        int[] cycle = new int[total];
        for (int i = 0; i < total; i++) {
            cycle[i] = pick(groups, total);
        }
        return cycle;
    }

    private static Group[] groups(int[] weights, int divisor) {
        Map<Integer, List<Integer>> byWeight = new TreeMap<>();
        for (int i = 0; i < weights.length; i++) {
            byWeight.computeIfAbsent(weights[i] / divisor, weight -> new ArrayList<>())
                    .add(i);
        }
        return byWeight.entrySet().stream()
                .map(entry -> new Group(entry.getKey(), entry.getValue()))
                .toArray(Group[]::new);
    }

    private static int pick(Group[] groups, int total) {
        Group best = groups[0];
        for (Group group : groups) {
            group.current += group.weight;
            if (group.current > best.current || (group.current == best.current && group.head() < best.head())) {
                best = group;
            }
        }
        return best.take(total);
    }

    private static int gcd(int a, int b) {
        return b == 0 ? a : gcd(b, a % b);
    }

    /** The nodes of one weight. */
    private static final class Group {
        final int weight;
        final int[] members;
        int next;
        /**
         * The current weight of the next member; members that were already picked in this round have {@code total}
         * less.
         */
        long current;

        Group(int weight, List<Integer> members) {
            this.weight = weight;
            this.members = members.stream().mapToInt(Integer::intValue).toArray();
        }

        int head() {
            return members[next];
        }

        int take(int total) {
            int taken = members[next++];
            if (next == members.length) {
                next = 0;
                current -= total;
            }
            return taken;
        }
    }
}
