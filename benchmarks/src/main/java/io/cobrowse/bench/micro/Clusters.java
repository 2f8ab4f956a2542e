package io.cobrowse.bench.micro;

import io.cobrowse.sticky.routing.Node;
import java.net.URI;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;

/** Clusters of any size, and clients that stick to their nodes. Stateless. */
final class Clusters {
    /**
     * The number of clients that take turns; a power of two. Their requests fit into a core's cache, like a request
     * just read from a socket.
     */
    static final int CLIENTS = 256;

    private static final long SEED = 5;

    private Clusters() {}

    /** Returns the id of a node, counted from 1. All ids have the same length, so that clusters differ only in size. */
    static String id(int node) {
        return String.format(Locale.ROOT, "%05d", node);
    }

    /** Returns the cookie of the node with an id. */
    static String cookie(String id) {
        return "node-" + id;
    }

    /** Returns this many nodes, counted from 1. */
    static List<Node> nodes(int count) {
        return IntStream.rangeClosed(1, count)
                .mapToObj(i -> new Node(
                        id(i),
                        List.of(cookie(id(i))),
                        URI.create("http://10." + i / 65536 + "." + i / 256 % 256 + "." + i % 256 + ":8700"),
                        1,
                        false))
                .toList();
    }

    /** Returns the requests of the clients, given the id of the random node that each of them sticks to. */
    static String[] clients(int nodes, UnaryOperator<String> request) {
        return new Random(SEED)
                .ints(CLIENTS, 1, nodes + 1)
                .mapToObj(node -> request.apply(id(node)))
                .toArray(String[]::new);
    }
}
