package io.cobrowse.sticky.routing;

import static io.cobrowse.sticky.routing.NodeState.DOWN;
import static io.cobrowse.sticky.routing.NodeState.DRAIN;
import static io.cobrowse.sticky.routing.NodeState.MAINT;
import static io.cobrowse.sticky.routing.NodeState.READY;
import static org.assertj.core.api.Assertions.assertThat;

import io.cobrowse.sticky.routing.Route.Outcome;
import io.cobrowse.sticky.routing.RoutingCase.Setup;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Enumeration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.IntConsumer;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class RouterTest {
    private static final RoutingCounters ZERO = new RoutingCounters(0, 0, 0, 0, 0, 0, 0, 0, 0, 0);

    private final Router router = router(Map.of());
    private final Router rebalancing = router(Map.of("on-node-down", "rebalance"));

    @Test
    void shouldTakeNoFieldsAtAll() {
        Route route = router.route("GET", "/", null, null, null, false);
        assertThat(route.outcome()).isEqualTo(Outcome.FORWARD);
        assertThat(route.affinity()).isEqualTo(Affinity.NONE);
        assertThat(route(router(Map.of("header", "h")), null, null).affinity()).isEqualTo(Affinity.NONE);
    }

    @Test
    void shouldNameNodeAndReasonForStickyRoute() {
        assertThat(route(router, "co-browse-node-id=2", null).stickyRoute()).isEqualTo("node=2; by=url");
        assertThat(route(router, null, "gcbSessionServer=node-2").stickyRoute()).isEqualTo("node=2; by=cookie");
        assertThat(route(router, null, null).stickyRoute()).isEqualTo("node=1; by=none");
        assertThat(route(router, "co-browse-node-id=9", null).stickyRoute()).isNull();
    }

    @Test
    void shouldGoByTheNewTable() {
        router.update(table -> table.withState("2", DOWN));
        assertThat(route(router, "co-browse-node-id=2", null).outcome()).isEqualTo(Outcome.NODE_DOWN);
        router.update(table -> table.withState("2", READY));
        assertThat(route(router, "co-browse-node-id=2", null).outcome()).isEqualTo(Outcome.FORWARD);
        NodeTable table = router.update(now -> now.withNodes(Nodes.cluster(1)));
        assertThat(router.table()).isSameAs(table);
        assertThat(route(router, "co-browse-node-id=2", null).outcome()).isEqualTo(Outcome.UNKNOWN_NODE);
    }

    @Test
    void shouldReplaceSettingsAndTableTogetherAndGoOnWithTheRound() {
        assertThat(route(router, null, null).node().id()).isEqualTo("1");
        Stickiness other = router(Map.of("cookie", "other", "query-parameter", "n", "on-unknown-node", "balance"))
                .stickiness();
        NodeTable table = router.update(other, Balance.ROUND_ROBIN, now -> now.withState("3", DOWN));
        assertThat(router.table()).isSameAs(table);
        assertThat(router.stickiness()).isSameAs(other);
        assertThat(route(router, "n=9", "gcbSessionServer=node-1").stickyRoute())
                .isEqualTo("node=2; by=none");
        assertThat(route(router, null, "other=node-1").stickyRoute()).isEqualTo("node=1; by=cookie");
        table.node("1").begin();
        router.update(other, Balance.LEAST_ACTIVE, now -> now);
        assertThat(route(router, null, null).node().id()).isEqualTo("2");
        assertThat(route(router, null, null).node().id()).isEqualTo("2");
    }

    @Test
    void shouldAnswerForANodeThatRefuses() {
        Route byUrl = route(router, "co-browse-node-id=2", "gcbSessionServer=node-3");
        Route byBoth = route(router, "co-browse-node-id=2", "gcbSessionServer=node-2");
        Route byCookie = route(router, null, "gcbSessionServer=node-2");
        Route byNone = route(router, null, null);
        assertNodeDown(router.unavailable(byUrl), byUrl, false);
        assertNodeDown(router.unavailable(byBoth), byBoth, true);
        assertNodeDown(router.unavailable(byCookie), byCookie, true);
        assertNodeDown(router.unavailable(byNone), byNone, false);
    }

    @Test
    void shouldReplaceANodeThatRefusesWhenRebalancing() {
        Route failed = route(rebalancing, null, "gcbSessionServer=node-2");
        Route replaced = rebalancing.unavailable(failed);
        assertThat(replaced.outcome()).isEqualTo(Outcome.FORWARD);
        assertThat(replaced.affinity()).isEqualTo(Affinity.NONE);
        assertThat(replaced.node()).isNotSameAs(failed.node());

        rebalancing.update(table -> table.withState("2", DOWN));
        assertThat(route(rebalancing, null, "gcbSessionServer=node-2")).isSameAs(replaced);
    }

    @Test
    void shouldReplaceANodeThatHasLeftTheTable() {
        Route failed = route(rebalancing, null, "gcbSessionServer=node-2");
        rebalancing.update(table -> table.withNodes(List.of(Nodes.node("1"))));
        assertThat(rebalancing.unavailable(failed).node().id()).isEqualTo("1");
    }

    @Test
    void shouldFindNoReplacementForTheOnlyNode() {
        Router single = new Router(rebalancing.stickiness(), Balance.ROUND_ROBIN, NodeTable.of(Nodes.cluster(1)));
        assertThat(single.unavailable(route(single, null, null)).outcome()).isEqualTo(Outcome.NO_NODE);
    }

    @Test
    void shouldLeaveAnswersAsTheyAre() {
        Route unknown = route(router, "co-browse-node-id=9", null);
        assertThat(router.unavailable(unknown)).isSameAs(unknown);
        Route down = router.unavailable(route(router, "co-browse-node-id=2", null));
        assertThat(router.unavailable(down)).isSameAs(down);
    }

    @ParameterizedTest
    @EnumSource(Balance.class)
    void shouldTryReadyNodesThenBackupsThenNobody(Balance balance) {
        NodeTable table = NodeTable.of(
                        List.of(Nodes.backup("b"), Nodes.node("1"), Nodes.node("2"), Nodes.node("3"), Nodes.node("4")))
                .withState("3", DRAIN)
                .withState("4", DOWN);
        Router balancing = new Router(Stickiness.DEFAULTS, balance, table);
        List<Node> tried = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            Route route = balancing.another(tried);
            assertThat(route.affinity()).isEqualTo(Affinity.NONE);
            tried.add(route.node());
        }
        assertThat(tried)
                .extracting(Node::id)
                .containsExactlyInAnyOrder("1", "2", "b")
                .endsWith("b");
        assertThat(balancing.another(tried).outcome()).isEqualTo(Outcome.NO_NODE);
    }

    @Test
    void shouldCountADecisionOnceByWhatChoseTheNode() {
        Router counting = router(Map.of("header", "h"));
        route(counting, "co-browse-node-id=2", "gcbSessionServer=node-2");
        route(counting, null, "gcbSessionServer=node-2");
        route(counting, null, "gcbSessionServer=node-2");
        counting.route("GET", "/", null, null, Collections.enumeration(List.of("node-2")), false);
        route(counting, null, null);
        assertThat(counting.counters()).isEqualTo(new RoutingCounters(1, 2, 1, 1, 0, 0, 0, 0, 0, 0));
    }

    @Test
    void shouldCountConflictsOfKnownNodesOnly() {
        route(router, "co-browse-node-id=2", "gcbSessionServer=node-3");
        route(router, "co-browse-node-id=2", "gcbSessionServer=node-9");
        assertThat(router.counters()).isEqualTo(new RoutingCounters(2, 0, 0, 0, 1, 0, 1, 0, 0, 0));
    }

    @Test
    void shouldCountUnknownNamesOnceARequest() {
        Router counting = router(Map.of("header", "h", "on-unknown-node", "balance"));
        counting.route(
                "GET",
                "/",
                "co-browse-node-id=9&co-browse-node-id=%zz",
                Collections.enumeration(List.of("gcbSessionServer=8; gcbSessionServer=9", "gcbSessionServer=7")),
                Collections.enumeration(List.of("8", "9")),
                false);
        assertThat(counting.counters()).isEqualTo(new RoutingCounters(0, 0, 0, 1, 0, 1, 1, 1, 0, 0));
    }

    @Test
    void shouldCountNoNameThatAKnownOneFollows() {
        route(router, "co-browse-node-id=9&co-browse-node-id=2", "gcbSessionServer=9; gcbSessionServer=node-2");
        assertThat(router.counters()).isEqualTo(new RoutingCounters(1, 0, 0, 0, 0, 0, 0, 0, 0, 0));
    }

    @Test
    void shouldCountNoNameWhereThereIsNone() {
        Router counting = router(Map.of("header", "h"));
        Enumeration<String> empty = Collections.enumeration(List.of(""));
        counting.route(
                "GET", "/", "co-browse-node-id=", Collections.enumeration(List.of("gcbSessionServer=")), empty, false);
        assertThat(counting.counters()).isEqualTo(new RoutingCounters(0, 0, 0, 1, 0, 0, 0, 0, 0, 0));
    }

    @Test
    void shouldCountAnswers() {
        assertThat(router.counters()).isEqualTo(ZERO);
        route(router, "co-browse-node-id=9", null);
        router.update(table -> table.withState("1", DOWN).withState("2", DOWN).withState("3", MAINT));
        route(router, "co-browse-node-id=2", null);
        route(router, null, null);
        router.noNode();
        assertThat(router.counters()).isEqualTo(new RoutingCounters(0, 0, 0, 0, 0, 1, 0, 0, 1, 2));
    }

    @Test
    void shouldCountARetriedRequestOnlyForItsAnswer() {
        Route failed = route(rebalancing, null, "gcbSessionServer=node-2");
        rebalancing.unavailable(failed);
        rebalancing.another(List.of(failed.node()));
        assertThat(rebalancing.counters()).isEqualTo(new RoutingCounters(0, 1, 0, 0, 0, 0, 0, 0, 0, 0));
        router.unavailable(failed);
        assertThat(router.counters()).isEqualTo(new RoutingCounters(0, 0, 0, 0, 0, 0, 0, 0, 1, 0));
    }

    @Test
    void shouldLoseNoChangeMadeAtTheSameTime() throws Exception {
        router.update(table -> table.withNodes(Nodes.cluster(100)));
        inParallel(4, worker -> {
            for (int id = 1 + worker; id <= 100; id += 4) {
                String changed = "" + id;
                router.update(table -> table.withState(changed, DRAIN));
            }
        });
        NodeTable table = router.table();
        assertThat(table.nodes()).extracting(table::state).containsOnly(DRAIN);
    }

    /** Every table of this test has a ready node and knows node 2, so no decision may say otherwise. */
    @Test
    void shouldDecideWholeTablesWhileTheyChange() throws Exception {
        inParallel(4, worker -> {
            for (int i = 0; i < 20_000; i++) {
                if (worker == 0) {
                    int size = 2 + i % 5;
                    router.update(table -> table.withNodes(Nodes.cluster(size)).withState("2", otherState(table)));
                } else {
                    assertThat(route(router, null, null).outcome()).isEqualTo(Outcome.FORWARD);
                    assertThat(route(router, "co-browse-node-id=2", null).node().id())
                            .isEqualTo("2");
                }
            }
        });
    }

    private static NodeState otherState(NodeTable table) {
        return table.state(table.node("2")) == READY ? DOWN : READY;
    }

    private static void inParallel(int workers, IntConsumer work) throws Exception {
        ExecutorService executor = Executors.newFixedThreadPool(workers);
        try {
            CountDownLatch start = new CountDownLatch(1);
            List<Future<?>> results = new ArrayList<>();
            for (int worker : IntStream.range(0, workers).toArray()) {
                results.add(executor.submit(() -> {
                    start.await();
                    work.accept(worker);
                    return null;
                }));
            }
            start.countDown();
            for (Future<?> result : results) {
                result.get();
            }
        } finally {
            executor.shutdownNow();
        }
    }

    private static void assertNodeDown(Route route, Route failed, boolean expireCookie) {
        assertThat(route.outcome()).isEqualTo(Outcome.NODE_DOWN);
        assertThat(route.node()).isSameAs(failed.node());
        assertThat(route.affinity()).isEqualTo(failed.affinity());
        assertThat(route.expireCookie()).isEqualTo(expireCookie);
        assertThat(route.stickyRoute()).isEqualTo(failed.stickyRoute());
    }

    private static Route route(Router router, String query, String cookieField) {
        return router.route("GET", "/", query, cookieField, false);
    }

    private static Router router(Map<String, String> options) {
        Stickiness stickiness = new Setup("", options, List.of(), Map.of()).stickiness();
        return new Router(stickiness, Balance.ROUND_ROBIN, NodeTable.of(Nodes.cluster(3)));
    }
}
