package io.cobrowse.sticky.routing;

import java.net.URI;
import java.util.List;
import java.util.stream.IntStream;

/** Creates nodes for tests. */
final class Nodes {

    private Nodes() {}

    static Node node(String id) {
        return node(id, 1);
    }

    static Node node(String id, int weight) {
        return new Node(id, List.of("node-" + id), URI.create("http://" + id + ".example:8700"), weight, false);
    }

    static Node backup(String id) {
        return new Node(id, List.of("node-" + id), URI.create("http://" + id + ".example:8700"), 1, true);
    }

    /** Returns nodes with the ids 1 to count. */
    static List<Node> cluster(int count) {
        return IntStream.rangeClosed(1, count).mapToObj(i -> node("" + i)).toList();
    }

    /** Returns nodes with the ids a, b, c... and these weights. */
    static List<Node> weighted(int... weights) {
        return IntStream.range(0, weights.length)
                .mapToObj(i -> node(String.valueOf((char) ('a' + i)), weights[i]))
                .toList();
    }

    /** Counts a number of requests at a node. */
    static void load(Node node, int requests) {
        for (int i = 0; i < requests; i++) {
            node.begin();
        }
    }
}
