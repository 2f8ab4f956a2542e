package io.cobrowse.node.browser;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.cobrowse.sticky.routing.NodeState;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.openqa.selenium.Keys;

/**
 * The dashboard in a real browser, as an operator sees it, and as a page of another site would use it; run by the
 * profile {@code long}.
 */
@Tag("long")
class DashboardBrowserTest {
    private static final String STRANGER = "stranger.example";

    private static AdminCluster cluster;
    private static Browser browser;

    @BeforeAll
    static void start() throws Exception {
        Optional<String> missing = Browser.missing();
        missing.ifPresent(what -> System.err.println("DashboardBrowserTest is skipped. " + what));
        assumeTrue(missing.isEmpty(), missing::get);
        cluster = new AdminCluster(3, null);
        browser = Browser.withNameOfThisMachine(STRANGER);
    }

    @AfterAll
    static void stop() {
        if (browser != null) {
            browser.close();
        }
        if (cluster != null) {
            cluster.close();
        }
    }

    @BeforeEach
    void reset() {
        browser.reset();
        browser.view(1280, false);
        for (int i = 1; i <= 3; i++) {
            cluster.proxy().states().setAdmin("" + i, NodeState.READY);
        }
    }

    private static void open() {
        browser.open(cluster.admin());
        browser.awaitText("#connection", "Live. 3 of 3 nodes ready."::equals);
    }

    private static String row(int node) {
        return "#rows [data-id='" + node + "']";
    }

    private static String button(int node, String to) {
        return row(node) + " button[data-to='" + to + "']";
    }

    private static String tile(int number) {
        return "#tiles div:nth-child(" + number + ") dd";
    }

    @Test
    void shouldLoadFromTheProxyAloneAndFollowTraffic() {
        long before = cluster.proxy().router().counters().byCookie();
        open();
        cluster.requests(2, 40);
        browser.awaitText(tile(2), text -> text.endsWith(" ms"));
        browser.awaitText("#affinity div:nth-child(3) dd", (before + 40 + " requests")::equals);
        browser.awaitText("#rate-caption", text -> !text.endsWith("at most 0."));
        browser.awaitText("#heat-caption", text -> text.startsWith("Most took "));
        cluster.poll(3);
        browser.awaitText(row(3) + " td:nth-child(5)", "1"::equals);
        cluster.answerPolls();
        browser.awaitText(row(3) + " td:nth-child(5)", "0"::equals);

        assertThat(browser.consoleErrors()).isEmpty();
        assertThat(browser.network("requestWillBeSent"))
                .isNotEmpty()
                .allSatisfy(event -> assertThat(String.valueOf(((Map<?, ?>) event.get("request")).get("url")))
                        .matches(url -> url.startsWith(cluster.admin().toString()) || url.startsWith("data:")));
    }

    @Test
    void shouldDrainANodeOnceConfirmedAndSayWhenItIsSafeToStop() {
        open();
        cluster.poll(2);
        browser.awaitText(row(2) + " td:nth-child(5)", "1"::equals);
        browser.find(button(2, "drain")).click();
        assertThat(browser.text("#confirm")).contains("Drain: node 2?", "gets no new ones", "Open now: 1 request");
        browser.find("#confirm button[value=no]").click();
        assertThat(cluster.state(2)).isEqualTo("ready");

        browser.find(button(2, "drain")).click();
        browser.find("#confirm-yes").click();
        browser.awaitText(row(2) + " .state", text -> text.contains("draining"));
        browser.awaitText(row(2) + " .detail", text -> text.contains("Not yet: 1 poll open."));
        assertThat(cluster.state(2)).isEqualTo("drain");
        browser.awaitText("#events", text -> text.contains("node 2: ready → drain"));
        cluster.answerPolls();
        browser.awaitText(row(2) + " .detail", text -> text.matches("Nothing is open\\. Safe to stop in \\d+ s .*"));
        browser.awaitText(row(2) + " .detail", text -> text.contains("Safe to stop: nothing is open"));
        browser.awaitTrue("document.getElementById('said').textContent.includes('Node 2 is safe to stop.')");

        browser.find(button(2, "ready")).click();
        browser.find("#confirm-yes").click();
        browser.awaitText(row(2) + " .state", text -> text.contains("ready"));
    }

    @Test
    void shouldAskForAPaceForMaintenanceOnly() {
        open();
        browser.find(button(1, "drain")).click();
        assertThat(browser.find("#pace").isDisplayed()).isFalse();
        browser.press(Keys.ESCAPE);
        assertThat(cluster.state(1)).isEqualTo("ready");
        browser.find(button(1, "maint")).click();
        browser.find("#pace").sendKeys("7");
        browser.find("#confirm-yes").click();
        browser.awaitText(row(1) + " .state", text -> text.contains("maintenance"));
        assertThat(cluster.proxy().states().pace(cluster.node(1), 100)).isEqualTo(7);
    }

    @Test
    void shouldBeWorkedByKeyboardAlone() {
        open();
        browser.press(Keys.TAB);
        assertThat(browser.focus()).isEqualTo("To the nodes");
        browser.press(Keys.ENTER, Keys.TAB);
        assertThat(browser.evaluate("document.activeElement.getAttribute('aria-label')"))
                .isEqualTo("Ready: node 1");
        browser.press(Keys.TAB);
        assertThat(browser.evaluate("getComputedStyle(document.activeElement).outlineStyle"))
                .isNotEqualTo("none");
        browser.press(Keys.ENTER);
        assertThat(browser.find("#confirm").isDisplayed()).isTrue();
        browser.press(Keys.ESCAPE);
        assertThat(browser.evaluate("document.activeElement.getAttribute('aria-label')"))
                .isEqualTo("Drain: node 1");
        browser.press(Keys.ENTER);
        while (!browser.focus().equals("confirm-yes")) {
            browser.press(Keys.TAB);
        }
        browser.press(Keys.ENTER);
        browser.awaitText(row(1) + " .state", text -> text.contains("draining"));
        assertThat(browser.evaluate("document.activeElement.getAttribute('aria-label')"))
                .isEqualTo("Drain: node 1");
    }

    /** What a screen reader gets, at both widths: on a phone, the columns are not visible. */
    @ParameterizedTest
    @ValueSource(ints = {1280, 390})
    void shouldTellAScreenReaderWhatIsWhat(int width) {
        browser.view(width, false);
        open();
        List<String> roles = browser.accessibleRoles();
        for (String role : List.of("table Nodes", "heading Nodes", "columnheader Open requests")) {
            assertThat(roles).filteredOn(role::equals).as(role).hasSize(1);
        }
        assertThat(roles).filteredOn(each -> each.startsWith("rowheader ")).hasSize(3);
        assertThat(roles).filteredOn(each -> each.startsWith("button Drain")).hasSize(3);
        assertThat(roles)
                .filteredOn(each -> each.startsWith("image "))
                .hasSize(2)
                .allMatch(each -> each.length() > 20);
        assertThat(roles)
                .filteredOn(each -> each.matches("(button|textbox|searchbox|spinbutton) ?"))
                .isEmpty();
        assertThat(browser.evaluate("document.querySelector(\"" + button(1, "ready") + "\").ariaPressed"))
                .isEqualTo("true");
        assertThat(browser.evaluate("document.querySelector(\"" + button(1, "drain") + "\").ariaPressed"))
                .isEqualTo("false");
    }

    @Test
    void shouldExplainARequest() {
        open();
        browser.find("#explain [name=target]").clear();
        browser.find("#explain [name=target]").sendKeys("/a?co-browse-node-id=2");
        browser.find("#explain [name=cookie]").sendKeys("gcbSessionServer=node-1");
        browser.find("#explain button").click();
        browser.awaitText(
                "#explanation", text -> text.startsWith("To node 2, chosen by URL parameter.") && text.contains("R7"));
    }

    @Test
    void shouldAskForTheTokenOnceAndRefuseAWrongOne() throws Exception {
        try (AdminCluster guarded = new AdminCluster(3, "s3cret")) {
            browser.open(guarded.admin());
            browser.awaitTrue("document.getElementById('ask-token').open");
            browser.press("wr0ng", Keys.ENTER);
            browser.awaitText("#token-text", text -> text.contains("refused this token"));
            browser.awaitTrue("document.getElementById('ask-token').open");
            assertThat(browser.text("#connection")).doesNotContain("Live");
            browser.press("s3cret", Keys.ENTER);
            browser.awaitText("#connection", "Live. 3 of 3 nodes ready."::equals);
            browser.open(guarded.admin());
            browser.awaitText("#connection", "Live. 3 of 3 nodes ready."::equals);
            assertThat(browser.find("#ask-token").isDisplayed()).isFalse();
            assertThat(browser.evaluate("localStorage.length")).isEqualTo(0L);
            browser.find(button(1, "drain")).click();
            browser.find("#confirm-yes").click();
            await().until(() -> guarded.state(1).equals("drain"));
        }
    }

    /** From a page of another origin on this machine, with everything that pages may send without a preflight. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "{method: 'PUT', headers: {'Content-Type': 'application/json'}, body: '{\"state\":\"maint\"}'}",
                "{method: 'PUT', credentials: 'include', body: '{\"state\":\"maint\"}'}",
                "{method: 'POST', mode: 'no-cors', body: '{\"state\":\"maint\"}'}",
                "{method: 'POST', mode: 'no-cors', headers: {'Content-Type': 'text/plain'}, body: '{\"state\":\"maint\"}'}",
                "{method: 'PATCH', mode: 'cors', body: '{\"state\":\"maint\"}'}"
            })
    void shouldLetNoPageOfAnotherOriginChangeAnything(String options) {
        browser.open(cluster.proxy().uri("public").resolve("/page"));
        String outcome = String.valueOf(browser.settle("fetch('%s', %s).then(answer => answer.type)"
                .formatted(cluster.admin().resolve("/api/nodes/1/state"), options)));
        assertThat(outcome).isIn("TypeError", "opaque");
        assertThat(cluster.state(1)).isEqualTo("ready");
    }

    @Test
    void shouldLetNoPageOfAnotherOriginReadOrFrameIt() {
        browser.open(cluster.proxy().uri("public").resolve("/page"));
        for (String path : new String[] {"/api/nodes", "/api/events", "/metrics", "/"}) {
            assertThat(browser.settle("fetch('%s').then(answer => answer.type)"
                            .formatted(cluster.admin().resolve(path))))
                    .as(path)
                    .isEqualTo("TypeError");
        }
        browser.openFrame(cluster.proxy().uri("public").resolve("/page"), cluster.admin());
        assertThat(browser.evaluate("document.getElementById('nodes')")).isNull();
        browser.reset();
    }

    /**
     * The owner of the other site has made its name resolve to this machine, so the browser sees the page and the admin
     * listener as one origin.
     */
    @Test
    void shouldRefuseANameThatWasMadeToLeadHere() {
        browser.open(URI.create("http://" + STRANGER + ":" + cluster.admin().getPort() + "/"));
        assertThat(browser.text("body")).contains("misdirected-request");
        for (String request : new String[] {
            "fetch('/api/nodes')",
            "fetch('/api/nodes/1/state', {method: 'PUT', headers: {'Content-Type': 'application/json'},"
                    + " body: '{\"state\":\"maint\"}'})"
        }) {
            assertThat(browser.settle(request + ".then(answer => answer.status)"))
                    .isEqualTo(421L);
        }
        assertThat(cluster.state(1)).isEqualTo("ready");
    }

    @Test
    void shouldSayThatTheProxyIsGoneAndComeBackByItself() throws Exception {
        AdminCluster mortal = new AdminCluster(3, null);
        browser.open(mortal.admin());
        browser.awaitText("#connection", "Live. 3 of 3 nodes ready."::equals);
        mortal.close();
        browser.awaitText("#connection", text -> text.startsWith("The proxy does not answer; what is shown is old."));
    }

    @ParameterizedTest(name = "{0} nodes, {1} px, dark: {2}")
    @CsvSource({
        "3, 1280, false",
        "3, 1280, true",
        "3, 390, false",
        "3, 390, true",
        "200, 1280, false",
        "200, 390, true" // Half a minute each, and the colours move nothing.
    })
    void shouldFitWithoutAnythingOnTopOfAnything(int nodes, int width, boolean dark) throws Exception {
        browser.view(width, dark);
        try (AdminCluster shown = new AdminCluster(nodes, null)) {
            shown.proxy().states().setAdmin("2", NodeState.DRAIN);
            shown.proxy().states().setAdmin("3", NodeState.MAINT);
            browser.open(shown.admin());
            try (AutoCloseable traffic = shown.traffic(nodes)) {
                browser.awaitText("#connection", ("Live. " + (nodes - 2) + " of " + nodes + " nodes ready.")::equals);
                browser.awaitText("#heat-caption", text -> text.startsWith("Most took "));
                await().atMost(Duration.ofSeconds(30)).until(() -> ((Long) browser.evaluate("history.length")) > 6);
            }
            assertThat((Long) browser.evaluate("document.documentElement.scrollWidth"))
                    .isLessThanOrEqualTo(width);
            assertThat(browser.overlaps()).isEmpty();
            assertThat(browser.evaluate("document.getElementById('nodes').getBoundingClientRect().right"
                            + " <= document.querySelector('section').getBoundingClientRect().right"))
                    .isEqualTo(true);
            String name = "dashboard-" + nodes + "-" + width + (dark ? "-dark" : "-light");
            browser.picture(name);
            browser.evaluate("document.querySelector(\"" + button(1, "maint") + "\").click()");
            browser.picture(name + "-confirm");
            browser.press(Keys.ESCAPE);
        }
    }
}
