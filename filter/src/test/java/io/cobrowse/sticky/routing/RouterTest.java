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
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class RouterTest {
    private static final RoutingCounters ZERO = new RoutingCounters(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0);

    private final Router router = router(Map.of());
    private final Router rebalancing = router(Map.of("on-node-down", "rebalance"));

    @Test
    void shouldTakeNoFieldsAtAll() {
        Route route = router.route("GET", "/", null, null, null, null, RequestKind.PLAIN);
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

    /** Node 2 of 3 is down; {@code -} stands for an absent value. */
    @ParameterizedTest
    @CsvSource({
        "notify,    GET,     /,                               -,  -,             new,       false",
        "notify,    GET,     /,                               1,  -,             kept,      false",
        "notify,    GET,     /,                               1,  node-1,        kept,      false",
        "notify,    GET,     /,                               1,  node-3,        kept,      true",
        "notify,    GET,     /,                               1,  node-1 node-3, kept,      false",
        "notify,    GET,     /,                               1,  node-9,        kept,      false",
        "notify,    GET,     /,                               -,  node-1,        kept,      false",
        "notify,    GET,     /,                               -,  node-1 node-1, kept,      false",
        "notify,    GET,     /,                               -,  node-1 node-9, kept,      false",
        "notify,    GET,     /,                               -,  node-1 node-3, kept,      false",
        "notify,    GET,     /,                               -,  node-2 node-3, kept,      true",
        "notify,    GET,     /,                               -,  node-9,        unknown,   false",
        "notify,    GET,     /,                               9,  node-1,        unknown,   false",
        "balancing, GET,     /,                               9,  -,             unknown,   false",
        "balancing, GET,     /,                               9,  node-1,        kept,      false",
        "notify,    GET,     /,                               2,  -,             node-down, false",
        "notify,    GET,     /,                               2,  node-1,        node-down, true",
        "notify,    GET,     /,                               -,  node-2,        node-down, false",
        "rebalance, GET,     /,                               -,  node-2,        moved,     false",
        "rebalance, GET,     /,                               2,  node-1,        moved,     true",
        "notify,    POST,    /cobrowse/rest/live/sessions,    -,  node-2,        moved,     false",
        "notify,    GET,     /cobrowse/rest/live/sessions/1,  -,  node-2,        any,       false",
        "notify,    GET,     /cobrowse/js/a.js,               2,  node-1,        any,       true",
        "notify,    GET,     /cobrowse/js/a.js,               1,  -,             kept,      false",
        "notify,    GET,     /cobrowse/js/a.js,               -,  -,             new,       false",
    })
    void shouldTellWhatBecameOfTheTie(
            String policy, String method, String path, String id, String cookies, String sticky, boolean conflict) {
        Router deciding = router(
                switch (policy) {
                    case "rebalance" -> Map.of("on-node-down", "rebalance");
                    case "balancing" -> Map.of("on-unknown-node", "balance");
                    default -> Map.of();
                });
        deciding.update(table -> table.withState("2", DOWN));
        String query = id.equals("-") ? null : "co-browse-node-id=" + id;
        String field = cookies.equals("-") ? null : "gcbSessionServer=" + cookies.replace(" ", "; gcbSessionServer=");
        Route route = deciding.route(method, path, query, field, false);
        assertThat(route.sticky().text()).isEqualTo(sticky);
        assertThat(route.conflict()).isEqualTo(conflict);
        assertThat(deciding.counters().conflicts()).isEqualTo(conflict ? 1 : 0);
    }

    @Test
    void shouldTellWhatBecameOfARequestThatNobodyServes() {
        router.update(table -> table.withState("1", DOWN).withState("2", DOWN).withState("3", DOWN));
        assertThat(route(router, null, null).sticky()).isEqualTo(Sticky.NEW);
        assertThat(route(router, null, "gcbSessionServer=9").sticky()).isEqualTo(Sticky.UNKNOWN);
        Route any = router.route("GET", "/cobrowse/js/a.js", null, "gcbSessionServer=node-2", false);
        assertThat(any.outcome()).isEqualTo(Outcome.NO_NODE);
        assertThat(any.sticky()).isEqualTo(Sticky.ANY);
    }

    @Test
    void shouldRemainWhatItWasAtTheNextNode() {
        Route unknown = route(router, null, "gcbSessionServer=9");
        Route next = router.another(unknown, List.of(unknown.node()));
        assertThat(next.node()).isNotSameAs(unknown.node());
        assertThat(next.sticky()).isEqualTo(Sticky.UNKNOWN);
        assertThat(router.noNode(next).sticky()).isEqualTo(Sticky.UNKNOWN);
    }

    @Test
    void shouldStartASessionElsewhereWhereItsNodeRefuses() {
        Route byCookie = route(router, null, "gcbSessionServer=node-2");
        Route byUrl = route(router, "co-browse-node-id=2", "gcbSessionServer=node-2");
        for (SessionStart start : SessionStart.DEFAULTS) {
            Route next = router.unavailable(byCookie, start.method(), start.path(), RequestKind.PLAIN);
            assertThat(next.node()).isNotNull().isNotSameAs(byCookie.node());
            assertThat(next.sticky()).isEqualTo(Sticky.MOVED);
            assertThat(router.unavailable(byUrl, start.method(), start.path(), RequestKind.PLAIN)
                            .outcome())
                    .isEqualTo(Outcome.NODE_DOWN);
            assertThat(router.unavailable(byCookie, start.method(), start.path(), RequestKind.UPGRADE)
                            .outcome())
                    .isEqualTo(Outcome.NODE_DOWN);
        }
    }

    @Test
    void shouldTakeAnyOtherNodeForOneThatRefuses() {
        Route byCookie = route(router, null, "gcbSessionServer=node-2");
        Route byUrl = route(router, "co-browse-node-id=2", "gcbSessionServer=node-1");
        for (int i = 0; i < 5; i++) {
            Route script = router.unavailable(byCookie, "GET", "/cobrowse/js/a.js", RequestKind.PLAIN);
            assertThat(script.node()).isNotNull().isNotSameAs(byCookie.node());
            assertThat(script.sticky()).isEqualTo(Sticky.ANY);
            Route preflight = router.unavailable(byUrl, "OPTIONS", "/", RequestKind.PREFLIGHT);
            assertThat(preflight.node()).isNotNull().isNotSameAs(byUrl.node());
            assertThat(preflight.conflict()).isTrue();
        }
        assertThat(router.unavailable(byCookie, "OPTIONS", "/", RequestKind.PREFLIGHT)
                        .outcome())
                .isEqualTo(Outcome.NODE_DOWN);
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
        assertNodeDown(unavailable(router, byUrl), byUrl, false);
        assertNodeDown(unavailable(router, byBoth), byBoth, true);
        assertNodeDown(unavailable(router, byCookie), byCookie, true);
        assertNodeDown(unavailable(router, byNone), byNone, false);
    }

    @Test
    void shouldReplaceANodeThatRefusesWhenRebalancing() {
        Route failed = route(rebalancing, null, "gcbSessionServer=node-2");
        Route replaced = unavailable(rebalancing, failed);
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
        assertThat(unavailable(rebalancing, failed).node().id()).isEqualTo("1");
    }

    @Test
    void shouldFindNoReplacementForTheOnlyNode() {
        Router single = new Router(rebalancing.stickiness(), Balance.ROUND_ROBIN, NodeTable.of(Nodes.cluster(1)));
        assertThat(unavailable(single, route(single, null, null)).outcome()).isEqualTo(Outcome.NO_NODE);
    }

    @Test
    void shouldLeaveAnswersAsTheyAre() {
        Route unknown = route(router, "co-browse-node-id=9", null);
        assertThat(unavailable(router, unknown)).isSameAs(unknown);
        Route down = unavailable(router, route(router, "co-browse-node-id=2", null));
        assertThat(unavailable(router, down)).isSameAs(down);
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
            Route route = balancing.another(route(balancing, null, null), tried);
            assertThat(route.affinity()).isEqualTo(Affinity.NONE);
            tried.add(route.node());
        }
        assertThat(tried)
                .extracting(Node::id)
                .containsExactlyInAnyOrder("1", "2", "b")
                .endsWith("b");
        assertThat(balancing.another(route(balancing, null, null), tried).outcome())
                .isEqualTo(Outcome.NO_NODE);
    }

    @Test
    void shouldCountADecisionOnceByWhatChoseTheNode() {
        Router counting = router(Map.of("header", "h"));
        route(counting, "co-browse-node-id=2", "gcbSessionServer=node-2");
        route(counting, null, "gcbSessionServer=node-2");
        route(counting, null, "gcbSessionServer=node-2");
        counting.route("GET", "/", null, null, null, Collections.enumeration(List.of("node-2")), RequestKind.PLAIN);
        route(counting, null, null);
        assertThat(counting.counters()).isEqualTo(new RoutingCounters(1, 0, 2, 1, 1, 0, 0, 0, 0, 0, 0));
    }

    @Test
    void shouldCountConflictsOfKnownNodesOnly() {
        route(router, "co-browse-node-id=2", "gcbSessionServer=node-3");
        route(router, "co-browse-node-id=2", "gcbSessionServer=node-9");
        assertThat(router.counters()).isEqualTo(new RoutingCounters(2, 0, 0, 0, 0, 1, 0, 1, 0, 0, 0));
    }

    @Test
    void shouldCountUnknownNamesOnceARequest() {
        Router counting = router(Map.of("header", "h", "on-unknown-node", "balance"));
        counting.route(
                "GET",
                "/",
                "co-browse-node-id=9&co-browse-node-id=%zz",
                null,
                Collections.enumeration(List.of("gcbSessionServer=8; gcbSessionServer=9", "gcbSessionServer=7")),
                Collections.enumeration(List.of("8", "9")),
                RequestKind.PLAIN);
        assertThat(counting.counters()).isEqualTo(new RoutingCounters(0, 0, 0, 0, 1, 0, 1, 1, 1, 0, 0));
    }

    @Test
    void shouldCountNoNameThatAKnownOneFollows() {
        route(router, "co-browse-node-id=9&co-browse-node-id=2", "gcbSessionServer=9; gcbSessionServer=node-2");
        assertThat(router.counters()).isEqualTo(new RoutingCounters(1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0));
    }

    @Test
    void shouldCountNoNameWhereThereIsNone() {
        Router counting = router(Map.of("header", "h"));
        Enumeration<String> empty = Collections.enumeration(List.of(""));
        counting.route(
                "GET",
                "/",
                "co-browse-node-id=",
                null,
                Collections.enumeration(List.of("gcbSessionServer=")),
                empty,
                RequestKind.PLAIN);
        assertThat(counting.counters()).isEqualTo(new RoutingCounters(0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0));
    }

    @Test
    void shouldCountAnswers() {
        assertThat(router.counters()).isEqualTo(ZERO);
        Route unknown = route(router, "co-browse-node-id=9", null);
        router.update(table -> table.withState("1", DOWN).withState("2", DOWN).withState("3", MAINT));
        route(router, "co-browse-node-id=2", null);
        route(router, null, null);
        router.noNode(unknown);
        assertThat(router.counters()).isEqualTo(new RoutingCounters(0, 0, 0, 0, 0, 0, 1, 0, 0, 1, 2));
    }

    @Test
    void shouldCountARetriedRequestOnlyForItsAnswer() {
        Route failed = route(rebalancing, null, "gcbSessionServer=node-2");
        unavailable(rebalancing, failed);
        rebalancing.another(failed, List.of(failed.node()));
        assertThat(rebalancing.counters()).isEqualTo(new RoutingCounters(0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0));
        unavailable(router, failed);
        assertThat(router.counters()).isEqualTo(new RoutingCounters(0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0));
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

    /** Every table of this test has a ready node and knows node 2, so every decision must agree. */
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

    private static Route unavailable(Router router, Route failed) {
        return router.unavailable(failed, "GET", "/", RequestKind.PLAIN);
    }

    private static Route route(Router router, String query, String cookieField) {
        return router.route("GET", "/", query, cookieField, false);
    }

    private static Router router(Map<String, String> options) {
        Stickiness stickiness = new Setup("", options, List.of(), Map.of()).stickiness();
        return new Router(stickiness, Balance.ROUND_ROBIN, NodeTable.of(Nodes.cluster(3)));
    }
}
