package io.cobrowse.sticky.filter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.cobrowse.sticky.filter.RawHttp.Response;
import io.cobrowse.sticky.routing.Affinity;
import io.cobrowse.sticky.routing.Node;
import io.cobrowse.sticky.routing.NodeState;
import io.cobrowse.sticky.routing.NodeTable;
import io.cobrowse.sticky.routing.Route;
import io.cobrowse.sticky.routing.Router;
import io.cobrowse.sticky.routing.RoutingCase;
import io.cobrowse.sticky.routing.RoutingCase.Member;
import io.cobrowse.sticky.routing.RoutingCase.Refuser;
import io.cobrowse.sticky.routing.RoutingCase.Setup;
import io.cobrowse.sticky.routing.RoutingCases;
import jakarta.servlet.AsyncContext;
import jakarta.servlet.Filter;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletResponse;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.net.URI;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** The behaviour of the filter in every servlet container, over real sockets. */
@TestInstance(Lifecycle.PER_CLASS)
abstract class FilterContract {
    private static final String ORIGIN = "Origin: https://shop.example";
    private static final Setup PLAIN = RoutingCases.all().get(0).setup();

    private final Switch filter = new Switch();
    private final Endpoint endpoint = new Endpoint();
    private int port;

    /** Starts a server with the filter before the servlet, both on every path and asynchronous; returns its port. */
    abstract int start(Filter filter, HttpServlet servlet) throws Exception;

    abstract void stop() throws Exception;

    /** Returns the reasons for which this container refuses requests. */
    abstract Refuser refuser();

    /** Returns a filter with these options and these nodes, all ready. */
    abstract StickinessFilter filter(Setup setup) throws ServletException;

    /** Returns a filter whose answers only some pages may read. */
    abstract StickinessFilter filter(Setup setup, CorsErrors cors) throws ServletException;

    @BeforeAll
    void startServer() throws Exception {
        port = start(filter, endpoint);
    }

    @AfterAll
    void stopServer() throws Exception {
        stop();
    }

    Stream<RoutingCase> cases() {
        return RoutingCases.all().stream()
                .filter(c ->
                        !c.refusedBy().contains(Refuser.HTTP) && !c.refusedBy().contains(refuser()));
    }

    Stream<RoutingCase> refusedCases() {
        return RoutingCases.all().stream().filter(c -> c.refusedBy().contains(refuser()));
    }

    @ParameterizedTest
    @MethodSource("cases")
    void shouldRouteAsTheTableSays(RoutingCase c) throws Exception {
        install(withOption(c.setup(), "expose-route", "true"));
        Response response = send(c);
        assertThat(response.fields("Set-Cookie")).isEqualTo(c.expected().expiredCookies());
        switch (c.expected().outcome()) {
            case FORWARD -> assertForwarded(c, response);
            case NODE_DOWN -> assertNodeDown(c, response);
            case UNKNOWN_NODE -> {
                assertProblem(response, 404, "unknown-node");
                assertThat(response.field("Retry-After")).isEmpty();
                assertThat(response.field("Sticky-Route")).isEmpty();
            }
            case NO_NODE -> {
                assertProblem(response, 503, "no-node-available");
                assertThat(response.field("Retry-After")).hasValue("4");
                assertThat(response.field("Sticky-Route")).isEmpty();
            }
        }
    }

    /** The reason why such cases are left out above: this container never hands them to the filter as they were sent. */
    @ParameterizedTest
    @MethodSource("refusedCases")
    void shouldNotSeeWhatTheContainerRefuses(RoutingCase c) throws Exception {
        install(withOption(c.setup(), "expose-route", "true"));
        endpoint.lastTarget = null;
        Response response = send(c);
        assertThat(response.status() == 400 || !c.target().equals(endpoint.lastTarget))
                .isTrue();
    }

    @Test
    void shouldHandOverTheRouteAsTheOneAttribute() throws Exception {
        install(PLAIN);
        Response response = send("/attributes?co-browse-node-id=2");
        assertThat(response.field("Attributes")).hasValue("[" + StickinessFilter.ROUTE_ATTRIBUTE + "]");
    }

    static Stream<Arguments> ownAnswers() {
        List<String> all = PLAIN.members().stream().map(Member::id).toList();
        return Stream.of(
                Arguments.of(503, "node-down", "/?co-browse-node-id=2", List.of("2")),
                Arguments.of(503, "no-node-available", "/", all),
                Arguments.of(404, "unknown-node", "/?co-browse-node-id=9", List.of()));
    }

    @ParameterizedTest
    @MethodSource("ownAnswers")
    void shouldLetPagesOfOtherOriginsReadItsAnswers(int status, String type, String target, List<String> down)
            throws Exception {
        takeDown(install(PLAIN), down);
        assertProblem(send(target), status, type);
        assertUnreadable(send(target));
        assertProblem(send(target, ORIGIN), status, type);
        assertReadable(send(target, ORIGIN));
    }

    @ParameterizedTest
    @MethodSource("ownAnswers")
    void shouldLetOnlyThosePagesReadItsAnswersThatMay(int status, String type, String target, List<String> down)
            throws Exception {
        takeDown(install(filter(PLAIN, CorsErrors.of(List.of("https://shop.example"))), PLAIN), down);
        assertReadable(send(target, ORIGIN));
        assertUnreadable(send(target, "Origin: https://other.example"));
        takeDown(install(filter(PLAIN, CorsErrors.OFF), PLAIN), down);
        assertProblem(send(target, ORIGIN), status, type);
        assertUnreadable(send(target, ORIGIN));
    }

    @Test
    void shouldLeaveItToTheServletWhichPagesReadItsAnswers() throws Exception {
        install(PLAIN);
        Response response = send("/?co-browse-node-id=1", ORIGIN);
        assertThat(response.status()).isEqualTo(200);
        assertUnreadable(response);
    }

    private static void takeDown(Router router, List<String> ids) {
        ids.forEach(id -> router.update(table -> table.withState(id, NodeState.DOWN)));
    }

    private static void assertReadable(Response response) {
        assertThat(response.fields("Access-Control-Allow-Origin")).containsExactly("https://shop.example");
        assertThat(response.fields("Access-Control-Allow-Credentials")).containsExactly("true");
        assertThat(response.fields("Access-Control-Expose-Headers")).containsExactly("Retry-After, Sticky-Route");
        assertThat(response.fields("Vary")).containsExactly("Origin");
    }

    private static void assertUnreadable(Response response) {
        assertThat(String.join("\n", response.fieldLines()))
                .doesNotContainIgnoringCase("access-control")
                .doesNotContainIgnoringCase("vary:");
    }

    @Test
    void shouldNotExposeTheRouteUnlessTold() throws Exception {
        Router router = install(PLAIN);
        assertThat(send("/?co-browse-node-id=2").field("Sticky-Route")).isEmpty();
        router.update(table -> table.withState("2", NodeState.DOWN));
        assertThat(send("/?co-browse-node-id=2").field("Sticky-Route")).isEmpty();
    }

    @Test
    void shouldNeverRepeatWhatTheClientSent() throws Exception {
        install(PLAIN);
        Response response = send("/?co-browse-node-id=leak-me", "Cookie: gcbSessionServer=leak-me");
        assertThat(response.status()).isEqualTo(404);
        assertThat(response.fieldLines() + response.body()).doesNotContain("leak-me");
    }

    @Test
    void shouldCountARequestWhileItIsServed() throws Exception {
        Router router = install(PLAIN);
        assertThat(send("/active?co-browse-node-id=2").field("Active")).hasValue("1");
        awaitIdle(router);
    }

    @Test
    void shouldEndARequestThatFails() throws Exception {
        Router router = install(PLAIN);
        assertThat(send("/fail?co-browse-node-id=2").status()).isEqualTo(500);
        awaitIdle(router);
    }

    @Test
    void shouldCountAnAsynchronousRequestUntilItIsComplete() throws Exception {
        Router router = install(PLAIN);
        Response response = send("/async?co-browse-node-id=2");
        assertThat(response.field("Active")).hasValue("1");
        awaitIdle(router);
    }

    @Test
    void shouldEndAnAsynchronousRequestThatIsCompleteAtOnce() throws Exception {
        Router router = install(PLAIN);
        assertThat(send("/complete?co-browse-node-id=2").status()).isEqualTo(200);
        awaitIdle(router);
    }

    @Test
    void shouldCountThroughDispatchesAndFurtherAsynchronousCycles() throws Exception {
        Router router = install(PLAIN);
        Response response = send("/dispatch?co-browse-node-id=2");
        assertThat(response.field("Active")).hasValue("1");
        awaitIdle(router);
        assertThat(router.counters().byUrl()).isEqualTo(1);
    }

    @Test
    void shouldEndAnAsynchronousRequestThatTimesOut() throws Exception {
        Router router = install(PLAIN);
        assertThat(send("/timeout?co-browse-node-id=2").status()).isEqualTo(500);
        awaitIdle(router);
    }

    @Test
    void shouldLeaveARequestToWhoeverTookIt() throws Exception {
        Router router = install(PLAIN);
        Response response = send("/take?co-browse-node-id=2");
        assertThat(response.field("Taken")).hasValue("node=2; by=url, then null");
        Node node = router.table().node("2");
        assertThat(node.active()).isEqualTo(1);
        node.end();
    }

    @Test
    void shouldBalanceASessionStartThatOffersHttp2InClearText() throws Exception {
        Router router = install(PLAIN);
        router.update(table -> table.withState("2", NodeState.DOWN));
        Response response = RawHttp.send(
                port,
                "POST",
                "/cobrowse/cometd/handshake",
                List.of("Cookie: gcbSessionServer=node-2", "Upgrade: h2c", "Connection: Upgrade, close"));
        assertThat(response.status()).isEqualTo(200);
    }

    @Test
    void shouldRouteTheSecondRequestOnAnotherNode() throws Exception {
        install(withOption(PLAIN, "expose-route", "true"));
        assertThat(List.of(node("/"), node("/"), node("/"), node("/"))).containsExactly("1", "2", "3", "1");
    }

    private String node(String target) throws IOException {
        return send(target).field("Node").orElse("none");
    }

    private Router install(Setup setup) throws ServletException {
        return install(filter(setup), setup);
    }

    private Router install(StickinessFilter installed, Setup setup) {
        setup.states().forEach((id, state) -> installed.router().update(table -> table.withState(id, state)));
        filter.current = installed;
        return installed.router();
    }

    private Response send(String target, String... fieldLines) throws IOException {
        return RawHttp.send(port, "GET", target, List.of(fieldLines));
    }

    private Response send(RoutingCase c) throws IOException {
        List<String> fieldLines = new ArrayList<>();
        c.cookieFields().forEach(value -> fieldLines.add("Cookie: " + value));
        c.headerFields().forEach(value -> fieldLines.add(RoutingCase.HEADER + ": " + value));
        fieldLines.addAll(c.otherFields());
        if (c.upgrade()) {
            fieldLines.add("Upgrade: websocket");
            fieldLines.add("Connection: Upgrade, close");
        }
        return RawHttp.send(port, c.method(), c.target(), fieldLines);
    }

    private static void assertForwarded(RoutingCase c, Response response) {
        assertThat(response.status()).isEqualTo(200);
        String id = response.field("Node").orElse("none");
        assertThat(id).isIn(c.expected().nodes());
        assertThat(response.fields("Sticky-Route"))
                .containsExactly(stickyRoute(id, c.expected().affinity()));
    }

    private static void assertNodeDown(RoutingCase c, Response response) {
        String id = c.expected().nodes().iterator().next();
        assertProblem(response, 503, "node-down");
        assertThat(response.body()).contains("\"node\":\"" + id + "\"");
        assertThat(response.field("Retry-After")).hasValue("4");
        assertThat(response.fields("Sticky-Route"))
                .containsExactly(stickyRoute(id, c.expected().affinity()));
    }

    private static String stickyRoute(String id, Affinity affinity) {
        return "node=" + id + "; by=" + affinity.text();
    }

    private static void assertProblem(Response response, int status, String type) {
        assertThat(response.status()).isEqualTo(status);
        assertThat(response.fields("Content-Type")).containsExactly("application/problem+json");
        assertThat(response.fields("Cache-Control")).containsExactly("no-store");
        assertThat(response.body())
                .startsWith("{\"type\":\"urn:cobrowse-proxy:" + type + "\",\"title\":\"")
                .contains("\"status\":" + status + ",\"detail\":\"")
                .endsWith("\"}");
    }

    private static void awaitIdle(Router router) {
        NodeTable table = router.table();
        await().untilAsserted(() -> assertThat(table.nodes())
                .allSatisfy(node -> assertThat(node.active()).isZero()));
    }

    private static Setup withOption(Setup setup, String option, String value) {
        Map<String, String> options = new HashMap<>(setup.options());
        options.put(option, value);
        return new Setup(setup.name(), options, setup.members(), setup.states());
    }

    static URI url(String id) {
        return URI.create("http://127.0.0.1:8700");
    }

    /** Represents, in the container, a filter that changes from test to test. */
    private static final class Switch implements Filter {
        private volatile StickinessFilter current;

        @Override
        public void doFilter(ServletRequest request, ServletResponse response, FilterChain chain)
                throws IOException, ServletException {
            current.doFilter(request, response, chain);
        }
    }

    /** Does what the path says, and reports what it saw in response fields. */
    private static final class Endpoint extends HttpServlet {
        private volatile String lastTarget;

        @Override
        protected void service(HttpServletRequest request, HttpServletResponse response)
                throws ServletException, IOException {
            String query = request.getQueryString();
            lastTarget = request.getRequestURI() + (query == null ? "" : "?" + query);
            switch (request.getRequestURI()) {
                case "/attributes" -> response.setHeader("Attributes", applicationAttributes(request));
                case "/active" -> response.setHeader("Active", active(request));
                case "/fail" -> throw new ServletException("This servlet fails");
                case "/async" -> completeLater(request, response);
                case "/complete" -> request.startAsync().complete();
                case "/dispatch" -> dispatch(request, response);
                // Jetty loses a time-out that is over before the task of its timer is noted.
                case "/timeout" -> request.startAsync().setTimeout(200);
                case "/take" -> take(request, response);
                default -> response.setHeader("Node", route(request).node().id());
            }
        }

        private static String applicationAttributes(HttpServletRequest request) {
            return Collections.list(request.getAttributeNames()).stream()
                    .filter(name -> name.startsWith("io.cobrowse"))
                    .toList()
                    .toString();
        }

        private static void completeLater(HttpServletRequest request, HttpServletResponse response) {
            AsyncContext async = request.startAsync();
            async.start(() -> {
                response.setHeader("Active", active(request));
                async.complete();
            });
        }

        private static void dispatch(HttpServletRequest request, HttpServletResponse response) {
            Integer round = (Integer) request.getAttribute("round");
            request.setAttribute("round", round == null ? 1 : round + 1);
            AsyncContext async = request.startAsync();
            if (round != null && round == 2) {
                response.setHeader("Active", active(request));
                async.complete();
            } else {
                async.dispatch();
            }
        }

        private static void take(HttpServletRequest request, HttpServletResponse response) {
            Route route = StickinessFilter.takeRoute(request);
            response.setHeader("Taken", route.stickyRoute() + ", then " + StickinessFilter.takeRoute(request));
        }

        private static String active(HttpServletRequest request) {
            return "" + route(request).node().active();
        }

        private static Route route(HttpServletRequest request) {
            return (Route) request.getAttribute(StickinessFilter.ROUTE_ATTRIBUTE);
        }
    }
}
