package io.cobrowse.sticky.routing;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import io.cobrowse.sticky.scan.CookieScanner;
import io.cobrowse.sticky.scan.QueryScanner;
import java.lang.management.ManagementFactory;
import java.net.URI;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Enumeration;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.LongSupplier;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Counts the bytes that scanning and routing allocate, with the JVM's own count for the thread, which is exact. A first
 * batch of calls loads classes. Of the batches after it, the least counts: the JVM itself may allocate in some, but
 * code that allocates does so in all.
 */
class AllocationTest {
    private static final int CALLS = 2_000;
    private static final int BATCHES = 5;
    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    private static final String COOKIE = "gcbSessionServer";
    private static final String PARAMETER = "co-browse-node-id";

    static Stream<Arguments> cookieFields() {
        return inputs(
                "hit", "a=b; gcbSessionServer=node-2; c=d",
                "miss", "a=b; c=d",
                "empty", "",
                "quotes", "gcbSessionServer=\"node-2\"",
                "unknown", "gcbSessionServer=node-9",
                "suffix", "gcbSessionServer=abc.node-2",
                "malformed", "=;;= ;gcbSessionServer;gcbSessionServer=\";\"=",
                "two-byte characters", "a=\u0416; gcbSessionServer=\u0416; gcbSessionServer=node-2",
                "duplicates", "gcbSessionServer=node-9; ".repeat(300) + "gcbSessionServer=node-2",
                "8 KiB of pairs", "a=b; ".repeat(1_600) + "gcbSessionServer=node-2",
                "8 KiB of near misses", "xgcbSessionServer=1;".repeat(400),
                "8 KiB value", "gcbSessionServer=" + "x".repeat(8_192));
    }

    static Stream<Arguments> queries() {
        return inputs(
                "hit", "a=b&co-browse-node-id=2&c=d",
                "miss", "a=b&c=d",
                "empty", "",
                "percent code", "co-browse-node-id=%32",
                "unknown", "co-browse-node-id=9",
                "malformed", "co-browse-node-id=%zz&co-browse-node-id=%&co-browse-node-id=%3",
                "two-byte characters", "co-browse-node-id=\u0416&co-browse-node-id=2",
                "duplicates", "co-browse-node-id=9&".repeat(300) + "co-browse-node-id=2",
                "8 KiB of pairs", "a=b&".repeat(2_000) + "co-browse-node-id=2",
                "8 KiB of near misses", "xco-browse-node-id=1&".repeat(400),
                "8 KiB value", "co-browse-node-id=" + "%31".repeat(2_730));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("cookieFields")
    void shouldAllocateNothingScanningCookies(String name, String field) {
        assertThat(allocated(() -> CookieScanner.find(field, COOKIE, 0))).isZero();
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("queries")
    void shouldAllocateNothingScanningQueries(String name, String query) {
        assertThat(allocated(() -> QueryScanner.find(query, PARAMETER, 0))).isZero();
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("cookieFields")
    void shouldAllocateNothingRoutingByCookie(String name, String field) {
        Router router = router(Map.of("route-suffix", "true"), Balance.ROUND_ROBIN, Nodes.cluster(3));
        Fields fields = new Fields("x=y", field);
        assertThat(allocated(
                        () -> result(router.route("GET", "/", null, null, fields.rewound(), null, RequestKind.PLAIN))))
                .isZero();
        assertThat(allocated(() -> result(router.route("GET", "/", null, field, false))))
                .isZero();
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("queries")
    void shouldAllocateNothingRoutingByUrl(String name, String query) {
        Router router = router(Map.of(), Balance.ROUND_ROBIN, Nodes.cluster(3));
        assertThat(allocated(() -> result(router.route("GET", "/", query, "gcbSessionServer=node-1", false))))
                .isZero();
    }

    @Test
    void shouldAllocateNothingRoutingByHeader() {
        Router router = router(Map.of("header", "h"), Balance.ROUND_ROBIN, Nodes.cluster(3));
        Fields fields = new Fields("", "unknown", "node-2");
        assertThat(allocated(
                        () -> result(router.route("GET", "/", null, null, null, fields.rewound(), RequestKind.PLAIN))))
                .isZero();
    }

    @Test
    void shouldAllocateNothingForNodesThatAreGone() {
        Router notifying = router(Map.of(), Balance.ROUND_ROBIN, Nodes.cluster(3));
        Router rebalancing = router(Map.of("on-node-down", "rebalance"), Balance.ROUND_ROBIN, Nodes.cluster(3));
        for (Router router : List.of(notifying, rebalancing)) {
            router.update(table -> table.withState("2", NodeState.DOWN));
            Route failed = router.route("GET", "/", "co-browse-node-id=1", null, false);
            Collection<Node> tried = List.of(failed.node());
            assertThat(allocated(() -> result(router.route("GET", "/", null, "gcbSessionServer=node-2", false))))
                    .isZero();
            assertThat(allocated(() -> result(router.route(
                            "POST", "/cobrowse/cometd/handshake", null, "gcbSessionServer=node-2", false))))
                    .isZero();
            assertThat(allocated(() -> result(router.unavailable(failed, "GET", "/", RequestKind.PLAIN))))
                    .isZero();
            assertThat(allocated(() -> result(router.another(failed, tried)))).isZero();
        }
    }

    @Test
    void shouldAllocateNothingForRequestsThatAnyNodeCanServe() {
        Router router = router(Map.of("referer", "true"), Balance.ROUND_ROBIN, Nodes.cluster(3));
        Route failed = router.route("GET", "/", null, "gcbSessionServer=node-1", false);
        router.update(table -> table.withState("2", NodeState.DOWN));
        for (String path : List.of("/cobrowse/js/a/b.js", "/cobrowse/rest/live/sessions/1", "/cobrowse/js", "/", "")) {
            assertThat(allocated(() -> result(router.route("GET", path, null, "gcbSessionServer=node-2", false))))
                    .isZero();
            assertThat(allocated(() -> result(router.unavailable(failed, "GET", path, RequestKind.PLAIN))))
                    .isZero();
            assertThat(allocated(() -> result(router.route(
                            "OPTIONS", path, "co-browse-node-id=2", null, null, null, RequestKind.PREFLIGHT))))
                    .isZero();
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("queries")
    void shouldAllocateNothingRoutingByReferer(String name, String query) {
        Router router = router(Map.of("referer", "true"), Balance.ROUND_ROBIN, Nodes.cluster(3));
        String referer = "https://agent.example/a/b?" + query + "#fragment";
        assertThat(allocated(() -> result(router.route("GET", "/", null, referer, null, null, RequestKind.PLAIN))))
                .isZero();
    }

    @Test
    void shouldAllocateNothingForCookiesThatDisagree() {
        Router router = router(Map.of(), Balance.ROUND_ROBIN, Nodes.cluster(3));
        router.update(table -> table.withState("2", NodeState.DOWN));
        String field = "gcbSessionServer=node-2; gcbSessionServer=node-9; gcbSessionServer=node-1";
        Fields fields = new Fields(field, field);
        assertThat(allocated(() -> result(router.route("GET", "/", null, field, false))))
                .isZero();
        assertThat(allocated(() -> result(router.route(
                        "GET", "/", "co-browse-node-id=2", null, fields.rewound(), null, RequestKind.PLAIN))))
                .isZero();
    }

    @ParameterizedTest
    @CsvSource({
        "ROUND_ROBIN, 3", "ROUND_ROBIN, 100", "ROUND_ROBIN, 10000",
        "LEAST_ACTIVE, 3", "LEAST_ACTIVE, 100", "LEAST_ACTIVE, 10000",
        "RANDOM_TWO, 3", "RANDOM_TWO, 100", "RANDOM_TWO, 10000"
    })
    void shouldAllocateNothingBalancing(Balance balance, int size) {
        Random random = new Random(size);
        List<Node> nodes = IntStream.rangeClosed(1, size)
                .mapToObj(i -> Nodes.node("" + i, 1 + random.nextInt(8)))
                .toList();
        nodes.forEach(node -> Nodes.load(node, random.nextInt(20)));
        Router router = router(Map.of(), balance, nodes);
        assertThat(allocated(() -> result(router.route("GET", "/", null, null, false))))
                .isZero();
    }

    @ParameterizedTest
    @EnumSource(Balance.class)
    void shouldAllocateNothingBalancingAmongFullNodes(Balance balance) {
        List<Node> nodes = IntStream.rangeClosed(1, 3)
                .mapToObj(i -> new Node("" + i, List.of("node-" + i), URI.create("http://n:" + i), 1, false, 1))
                .toList();
        Router router = router(Map.of(), balance, nodes);
        for (Node node : nodes) {
            assertThat(allocated(() -> result(router.route("GET", "/", null, null, false))))
                    .isZero();
            node.begin();
        }
        assertThat(allocated(() -> result(router.route("GET", "/", null, null, false))))
                .isZero();
    }

    @Test
    void shouldSeeASingleSmallObjectACall() {
        List<Object> kept = new ArrayList<>(List.of(""));
        long bytes = allocated(() -> {
            kept.set(0, new Object());
            return kept.hashCode();
        });
        assertThat(bytes).isGreaterThanOrEqualTo(CALLS * 8L);
    }

    /** Returns the bytes that the thread allocates in {@link #CALLS} calls. */
    private static long allocated(LongSupplier call) {
        long least = Long.MAX_VALUE;
        for (int batch = 0; batch <= BATCHES && least > 0; batch++) {
            long before = THREADS.getCurrentThreadAllocatedBytes();
            long results = 0;
            for (int i = 0; i < CALLS; i++) {
                results += call.getAsLong();
            }
            long bytes = THREADS.getCurrentThreadAllocatedBytes() - before;
            assertThat(results).isNotEqualTo(Long.MIN_VALUE); // Keeps the calls from being optimised away.
            if (batch > 0) {
                least = Math.min(least, bytes);
            }
        }
        return least;
    }

    private static long result(Route route) {
        return route.affinity().text().length();
    }

    private static Router router(Map<String, String> options, Balance balance, List<Node> nodes) {
        Stickiness stickiness = new RoutingCase.Setup("", options, List.of(), Map.of()).stickiness();
        return new Router(stickiness, balance, NodeTable.of(nodes));
    }

    private static Stream<Arguments> inputs(String... namesAndInputs) {
        return IntStream.range(0, namesAndInputs.length / 2)
                .mapToObj(i -> Arguments.of(namesAndInputs[2 * i], namesAndInputs[2 * i + 1]));
    }

    /** Field values that can be enumerated again and again without a new object. */
    @SuppressWarnings("JdkObsolete") // As servlet containers provide them.
    private static final class Fields implements Enumeration<String> {
        private final String[] values;
        private int next;

        Fields(String... values) {
            this.values = values;
        }

        Fields rewound() {
            next = 0;
            return this;
        }

        @Override
        public boolean hasMoreElements() {
            return next < values.length;
        }

        @Override
        public String nextElement() {
            return values[next++];
        }
    }
}
