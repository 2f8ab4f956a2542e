package io.cobrowse.node.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.cobrowse.node.browser.Browser;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.openqa.selenium.Keys;

/** The demo's three pages in real browsers, as a newcomer sees them; run by the profile {@code long}. */
@Tag("long")
class DemoBrowserTest {
    private static final int PHONE = 390;
    private static final int DESK = 1280;

    @TempDir
    private static Path directory;

    private static RunningDemo demo;
    private static Browser customer;
    private static Browser agent;
    private static Browser control;

    @BeforeAll
    static void start() throws Exception {
        Optional<String> missing = Browser.missing();
        missing.ifPresent(what -> System.err.println("DemoBrowserTest is skipped. " + what));
        assumeTrue(missing.isEmpty(), missing::get);
        demo = RunningDemo.start(directory);
        customer = new Browser();
        agent = new Browser();
        control = new Browser();
    }

    @AfterAll
    static void stop() throws Exception {
        for (AutoCloseable each : new AutoCloseable[] {customer, agent, control, demo}) {
            if (each != null) {
                each.close();
            }
        }
    }

    @BeforeEach
    void reset() throws Exception {
        for (int i = 1; i <= 3; i++) {
            demo.nodes().restart(i);
        }
        for (Browser browser : new Browser[] {customer, agent, control}) {
            browser.reset();
            browser.view(DESK, false);
        }
    }

    @ParameterizedTest(name = "agent by {0}, {1} px, dark: {2}")
    @CsvSource({"cookie, 1280, false", "url, 1280, true", "cookie, 390, true", "url, 390, false"})
    void shouldShowWhichNodeServesAndWhatBecomesOfItsSessionsWhenItIsKilled(String by, int width, boolean dark)
            throws Exception {
        for (Browser browser : new Browser[] {customer, agent, control}) {
            browser.view(width, dark);
        }
        control.open(demo.control());
        control.awaitText("#status", "3 of 3 nodes run"::equals);
        String suffix = "-" + by + "-" + width + (dark ? "-dark" : "-light");
        String owner = startSession();
        joinAgent(by);
        String id = owner.substring("node-".length());

        customer.awaitText("#node", text -> text.contains(owner + "\n"));
        agent.awaitText("#node", text -> text.contains(owner + "\n"));
        assertThat(customer.text("#node .by")).isEqualTo("cookie gcbSessionServer=" + owner);
        assertThat(agent.text("#node .by"))
                .isEqualTo(by.equals("url") ? "URL ?co-browse-node-id=" + id : "cookie gcbSessionServer=" + owner);
        assertThat(agent.text("#status")).contains(owner + " by " + (by.equals("url") ? "URL" : "cookie"));
        control.awaitText(card(id) + " .users", "1, 1"::equals);
        for (Browser browser : new Browser[] {customer, agent, control}) {
            assertFits(browser, width);
        }
        customer.picture("demo-customer" + suffix);
        agent.picture("demo-agent" + suffix);
        control.picture("demo-control" + suffix);

        control.find(card(id) + " button").click();

        control.awaitText(card(id) + " .running", "killed"::equals);
        customer.awaitText("#notice", text -> text.contains("Your session has ended"));
        assertThat(customer.text("#notice")).contains("The answer was 503 node-down.", "Start again");
        agent.awaitText("#notice", text -> text.contains("The session has ended"));
        assertThat(agent.text("#notice")).contains("The answer was 503 node-down.");
        control.awaitText(card(id) + " .proxy", "down"::equals);
        assertFits(customer, width);
        assertFits(agent, width);
        customer.picture("demo-customer-ended" + suffix);
        agent.picture("demo-agent-ended" + suffix);
        control.picture("demo-control-killed" + suffix);

        customer.find("#again").click();
        customer.awaitText("#status", text -> text.startsWith("Connected"));
        assertThat(customer.cookie("gcbSessionServer").orElseThrow()).isNotEqualTo(owner);

        control.find(card(id) + " button").click();
        control.awaitText(card(id) + " .proxy", "ready"::equals);
        control.awaitText("#status", "3 of 3 nodes run"::equals);
        assertThat(control.consoleErrors()).isEmpty();
    }

    @Test
    void shouldFillInTheCustomersPageByKeyboardAlone() {
        startSession();
        Set<String> reached = new HashSet<>();
        for (int i = 0; i < 12; i++) {
            customer.press(Keys.TAB);
            reached.add(customer.focus());
            assertThat(customer.evaluate("getComputedStyle(document.activeElement).outlineStyle"))
                    .as("the focus on %s is seen", customer.focus())
                    .isNotEqualTo("none");
        }
        assertThat(reached)
                .contains("name", "email", "home", "sum", "glass", "bicycles", "notes", "clear", "stop")
                .contains("agent, by cookie", "agent, by URL");

        customer.evaluate("document.querySelector('canvas').focus()");
        customer.press(Keys.ARROW_RIGHT, Keys.ARROW_RIGHT, Keys.ARROW_DOWN);
        assertThat(customer.evaluate(ink(640, 170, 690, 205))).isEqualTo(true);
        customer.pressShift(Keys.ARROW_DOWN);
        assertThat(customer.evaluate(ink(670, 206, 700, 230))).isEqualTo(false);
        customer.press(Keys.ARROW_DOWN);
        assertThat(customer.evaluate(ink(670, 206, 700, 250))).isEqualTo(true);
    }

    @Test
    void shouldLetTheAgentPointByKeyboardAlone() throws Exception {
        startSession();
        joinAgent("url");

        agent.press(Keys.TAB);
        assertThat(agent.focus()).isEqualTo("mirror");
        agent.press(Keys.ARROW_UP, Keys.ARROW_LEFT);
        customer.awaitTrue("document.querySelector('.pointer').getBoundingClientRect().width > 0");
        Number before = left();
        agent.press(Keys.ARROW_RIGHT, Keys.ARROW_RIGHT, Keys.ARROW_RIGHT, Keys.ARROW_RIGHT);
        await().until(() -> left().doubleValue() > before.doubleValue() + 40);
        customer.evaluate(
                "(window.rings = 0, new MutationObserver(all => all.forEach(each => each.addedNodes.forEach("
                        + "node => node.className === 'ring' && window.rings++))).observe(document.getElementById('stage'), {childList: true}))");
        agent.press(Keys.ENTER);
        customer.awaitTrue("window.rings === 1");
        agent.picture("demo-agent-keyboard");
        customer.picture("demo-customer-pointed-at");

        agent.press(Keys.TAB);
        assertThat(agent.focus()).isEqualTo("leave");
        customer.awaitTrue("document.querySelector('.pointer').hidden");
        agent.press(Keys.ENTER);
        customer.awaitText("#notice", text -> text.contains("The session has ended"));
    }

    @Test
    void shouldKillANodeByKeyboardAlone() {
        control.view(PHONE, false);
        control.open(demo.control());
        control.awaitText(card("1") + " .proxy", "ready"::equals);
        control.press(Keys.TAB, Keys.TAB);
        assertThat(control.focus()).isEqualTo("Kill node-1");

        control.press(Keys.ENTER);
        control.awaitText(card("1") + " .proxy", "down"::equals);
        assertThat(control.focus()).isEqualTo("Start node-1");
        control.press(" ");
        control.awaitText(card("1") + " .proxy", "ready"::equals);
    }

    /** From a page without a policy of its own, which would forbid the attempt, and without CORS. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "{method: 'PUT'}",
                "{method: 'PUT', credentials: 'include'}",
                "{method: 'POST', mode: 'no-cors'}",
                "{}"
            })
    void shouldLetNoOtherPageReachTheControl(String options) {
        customer.open(demo.options().adminUrl().resolve("/livez"));

        for (String path : new String[] {"nodes/1/killed", "nodes"}) {
            String outcome = String.valueOf(customer.settle("fetch('%s', %s).then(answer => answer.type)"
                    .formatted(demo.control().resolve(path), options)));
            assertThat(outcome).isIn("TypeError", "opaque");
        }

        assertThat(demo.nodes().running(1)).isNotNull();
    }

    @ParameterizedTest
    @CsvSource({"1280, false", "390, true"})
    void shouldAskTheAgentForTheSessionByKeyboardAlone(int width, boolean dark) throws Exception {
        agent.view(width, dark);
        startSession();
        agent.open(demo.options().page("agent.html"));
        assertFits(agent, width);
        agent.press(Keys.TAB);
        assertThat(agent.focus()).isEqualTo("token");
        agent.press(customer.text("#token"), Keys.TAB, Keys.ARROW_DOWN);
        agent.picture("demo-agent-asked-" + width);

        agent.press(Keys.ENTER);

        agent.awaitText("#status", text -> text.contains(" by URL"));
    }

    /** Opens the customer's page and returns the node that has the session. */
    private static String startSession() {
        customer.open(demo.options().page("customer.html"));
        customer.awaitText("#status", text -> text.startsWith("Connected"));
        return customer.cookie("gcbSessionServer").orElseThrow();
    }

    private static void joinAgent(String by) {
        String token = customer.text("#token").replace(" ", "");
        agent.open(demo.options().page("agent.html?by=" + by + "&token=" + token));
        agent.awaitText("#status", text -> text.startsWith("Connected"));
        customer.awaitText("#sharing-text", text -> text.contains("The agent is with you"));
    }

    private static String card(String id) {
        return "#nodes section:nth-child(" + id + ")";
    }

    /** Asserts that everything is visible without horizontal scrolling. */
    private static void assertFits(Browser browser, int width) {
        assertThat((Long) browser.evaluate("document.documentElement.scrollWidth"))
                .isLessThanOrEqualTo(width);
    }

    private static Number left() {
        return (Number) customer.evaluate("document.querySelector('.pointer').getBoundingClientRect().left");
    }

    private static String ink(int left, int top, int right, int bottom) {
        return "document.querySelector('canvas').getContext('2d').getImageData(%d, %d, %d, %d).data.some(Boolean)"
                .formatted(left, top, right - left, bottom - top);
    }
}
