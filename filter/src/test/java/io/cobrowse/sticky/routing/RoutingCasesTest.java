package io.cobrowse.sticky.routing;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Runs the table of cases through the router alone. */
class RoutingCasesTest {

    static List<RoutingCase> cases() {
        return RoutingCases.all();
    }

    static List<RoutingCase> casesOfOneCookieField() {
        return cases().stream()
                .filter(c -> c.cookieFields().size() < 2 && c.headerFields().isEmpty())
                .filter(c -> c.referer() == null && c.kind() != RequestKind.PREFLIGHT)
                .toList();
    }

    @ParameterizedTest
    @MethodSource("cases")
    void shouldRouteAsTheTableSays(RoutingCase c) {
        Router router = c.setup().router(id -> URI.create("http://127.0.0.1:8700"));
        Route route = router.route(
                c.method(),
                c.rawPath(),
                c.query(),
                c.referer(),
                Collections.enumeration(c.cookieFields()),
                Collections.enumeration(c.headerFields()),
                c.kind());
        assertAsExpected(c, route);
    }

    @ParameterizedTest
    @MethodSource("casesOfOneCookieField")
    void shouldRouteOneCookieFieldAlike(RoutingCase c) {
        Router router = c.setup().router(id -> URI.create("http://127.0.0.1:8700"));
        String cookieField =
                c.cookieFields().isEmpty() ? null : c.cookieFields().get(0);
        assertAsExpected(c, router.route(c.method(), c.rawPath(), c.query(), cookieField, c.upgrade()));
    }

    @ParameterizedTest
    @MethodSource("cases")
    void shouldExplainWhatItDecides(RoutingCase c) {
        Router router = c.setup().router(id -> URI.create("http://127.0.0.1:8700"));
        RoutingCounters before = router.counters();
        Explanation first = explain(router, c);
        Explanation again = explain(router, c);
        assertThat(router.counters()).isEqualTo(before);
        assertAsExpected(c, first.route());
        assertThat(again).isEqualTo(first);
        assertThat(first.steps()).isNotEmpty().allSatisfy(step -> {
            assertThat(step.rule()).matches("R[0-9]+");
            assertThat(step.text()).isNotBlank();
        });
    }

    private static Explanation explain(Router router, RoutingCase c) {
        return router.explain(
                c.method(),
                c.rawPath(),
                c.query(),
                c.referer(),
                Collections.enumeration(c.cookieFields()),
                Collections.enumeration(c.headerFields()),
                c.kind());
    }

    @Test
    void shouldNameEachCaseOnce() {
        assertThat(cases()).extracting(c -> c.rule() + " " + c.what()).doesNotHaveDuplicates();
    }

    private static void assertAsExpected(RoutingCase c, Route route) {
        assertThat(route.outcome()).isEqualTo(c.expected().outcome());
        assertThat(route.affinity()).isEqualTo(c.expected().affinity());
        assertThat(route.expireCookie())
                .isEqualTo(!c.expected().expiredCookies().isEmpty());
        if (c.expected().nodes().isEmpty()) {
            assertThat(route.node()).isNull();
        } else {
            assertThat(route.node().id()).isIn(c.expected().nodes());
        }
    }
}
