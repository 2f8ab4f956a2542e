package io.cobrowse.sticky.proxy.observe;

import io.cobrowse.sticky.routing.Balance;
import io.cobrowse.sticky.routing.Node;
import io.cobrowse.sticky.routing.NodeTable;
import io.cobrowse.sticky.routing.Route;
import io.cobrowse.sticky.routing.Router;
import io.cobrowse.sticky.routing.Stickiness;
import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/** A router for some nodes, without the nodes. */
final class Cluster {
    static final Gauges NOTHING_OPEN = new Gauges() {
        @Override
        public int waiting(Node node) {
            return 0;
        }

        @Override
        public int parkedPolls(Node node) {
            return 0;
        }

        @Override
        public int connections(Node node) {
            return 3;
        }

        @Override
        public int idleConnections(Node node) {
            return 1;
        }

        @Override
        public long[] checks(Node node) {
            return new long[] {7, 2};
        }

        @Override
        public Map<String, Map<String, Long>> limited() {
            return Map.of("public", Map.of("connections", 5L));
        }

        @Override
        public Map<String, Integer> clientConnections() {
            return Map.of("public", 4);
        }
    };

    private Cluster() {}

    static Router of(int nodes) {
        List<Node> list = IntStream.rangeClosed(1, nodes)
                .mapToObj(i -> new Node(
                        String.valueOf(i), List.of("node-" + i), URI.create("http://10.0.0." + i + ":8700"), 1, false))
                .toList();
        return new Router(Stickiness.DEFAULTS, Balance.ROUND_ROBIN, NodeTable.of(list));
    }

    static Route byCookie(Router router, int node) {
        return router.route("GET", "/", null, "gcbSessionServer=node-" + node, false);
    }

    static Route byUrl(Router router, int node) {
        return router.route("GET", "/", "co-browse-node-id=" + node, (String) null, false);
    }

    static Route balanced(Router router) {
        return router.route("GET", "/", null, (String) null, false);
    }
}
