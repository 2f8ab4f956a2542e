package io.cobrowse.node.browser;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.cobrowse.node.CobrowseNode;
import io.cobrowse.node.Faults;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The customer's and the agent's page in two real browsers, through the proxy; run by the profile {@code long}. */
@Tag("long")
class BrowserTest {
    private static final String CUSTOMER = "/cobrowse/demo/customer.html";
    private static final String AGENT = "/cobrowse/demo/agent.html";
    private static final String COOKIE = "gcbSessionServer";

    @TempDir
    private static Path directory;

    private static Cluster cluster;
    private static Browser customer;
    private static Browser agent;

    @BeforeAll
    static void start() throws Exception {
        Optional<String> missing = Browser.missing();
        missing.ifPresent(what -> System.err.println("BrowserTest is skipped. " + what));
        assumeTrue(missing.isEmpty(), missing::get);
        cluster = Cluster.start(directory);
        customer = new Browser();
        agent = new Browser();
    }

    @AfterAll
    static void stop() throws Exception {
        for (AutoCloseable each : new AutoCloseable[] {customer, agent, cluster}) {
            if (each != null) {
                each.close();
            }
        }
    }

    @BeforeEach
    void reset() {
        customer.reset();
        agent.reset();
    }

    @ParameterizedTest(name = "{0}, agent by {1}, WebSocket allowed: {2}")
    @CsvSource({
        "http, cookie, true",
        "http, cookie, false",
        "http, url, true",
        "http, url, false",
        "https, cookie, true",
        "https, cookie, false",
        "https, url, true",
        "https, url, false",
    })
    void shouldMirrorTheCustomersPageAndShowTheAgentsPointer(String scheme, String by, boolean webSocket)
            throws Exception {
        URI origin = cluster.origin(scheme, webSocket);
        String transport = webSocket ? "WebSocket" : "long-polling";
        List<Long> strays = strays();

        customer.open(origin.resolve(CUSTOMER));
        customer.awaitText("#status", text -> text.startsWith("Connected by " + transport));
        String owner = customer.cookie(COOKIE).orElseThrow();
        assertThat(customer.text("#status")).contains(owner);
        customer.find("[name=name]").sendKeys("Ada");

        joinWithStaleCookie(origin, owner, by);
        agent.awaitText("#status", text -> text.startsWith("Connected by " + transport));
        assertThat(agent.text("#status")).contains(owner + " by " + (by.equals("url") ? "URL" : "cookie"));
        agent.awaitValue("[name=name]", "Ada");
        assertThat(cluster.node(owner).stats().agents()).isEqualTo(1);

        customer.find("[name=name]").sendKeys(" Lovelace");
        customer.find("[name=glass]").click();
        customer.find("[name=home]").sendKeys("Detached house");
        agent.awaitValue("[name=name]", "Ada Lovelace");
        agent.awaitValue("[name=home]", "Detached house");
        agent.awaitTrue("document.querySelector('[name=glass]').checked");

        customer.draw("canvas", 150, 40);
        agent.awaitTrue(inkBetween(640, 180, 940, 260));
        customer.pointAt("[name=notes]");
        agent.awaitTrue(pointerOver("[data-part=notes]"));

        agent.pointAt("[name=email]");
        customer.awaitTrue(pointerOver("[data-part=email]"));

        String name = String.join("-", scheme, by, webSocket ? "websocket" : "polling");
        customer.picture(name + "-customer");
        agent.picture(name + "-agent");
        checkTransport(customer, scheme, webSocket);
        checkTransport(agent, scheme, webSocket);
        assertThat(strays()).as("requests that went astray").isEqualTo(strays);
    }

    @Test
    void shouldUseLongPollingWhereThePageIsToldTo() {
        customer.open(cluster.origin("http", true).resolve(CUSTOMER + "?transport=long-polling"));

        customer.awaitText("#status", text -> text.startsWith("Connected by long-polling"));
        assertThat(customer.network("webSocketCreated")).isEmpty();
    }

    @ParameterizedTest(name = "WebSocket allowed: {0}")
    @CsvSource({"true", "false"})
    void shouldSayThatTheNodeIsGoneAndStartAgainOnAnother(boolean webSocket) throws Exception {
        // Its own, since a node that was found to be down stays so for the tests behind this one.
        try (Cluster own = Cluster.start(Files.createDirectory(directory.resolve("gone-" + webSocket)))) {
            sayThatTheNodeIsGoneAndStartAgainOnAnother(own, webSocket);
            customer.reset(); // Nobody talks to a stopped cluster.
        }
    }

    private static void sayThatTheNodeIsGoneAndStartAgainOnAnother(Cluster cluster, boolean webSocket)
            throws Exception {
        URI origin = cluster.origin("http", webSocket);
        customer.open(origin.resolve(CUSTOMER));
        customer.awaitText("#status", text -> text.startsWith("Connected"));
        String owner = customer.cookie(COOKIE).orElseThrow();
        customer.find("[name=name]").sendKeys("Ada");

        cluster.node(owner).inject(new Faults(0, 200, true, false));

        customer.awaitText("#notice", text -> text.contains("Your session has ended"));
        assertThat(customer.text("#notice"))
                .contains("The node that has this session is not available.", "The answer was 503 node-down.");
        assertThat(customer.find("#node").isDisplayed()).isFalse();
        assertThat(customer.text("#status")).isEqualTo("Not connected");
        customer.picture("node-down-" + webSocket);

        customer.find("#again").click();
        customer.awaitText("#status", text -> text.startsWith("Connected"));
        assertThat(customer.cookie(COOKIE).orElseThrow()).isNotEqualTo(owner);
        assertThat(customer.find("#notice").isDisplayed()).isFalse();
        assertThat(customer.value("[name=name]")).isEqualTo("Ada");
    }

    @Test
    void shouldTellTheAgentThatTheCustomerHasLeft() {
        URI origin = cluster.origin("http", true);
        customer.open(origin.resolve(CUSTOMER));
        customer.awaitText("#token", text -> !text.isEmpty());
        agent.open(origin.resolve(AGENT + "?by=url&token=" + token()));
        agent.awaitText("#status", text -> text.startsWith("Connected"));

        customer.find("#stop").click();

        agent.awaitText("#notice", text -> text.contains("The session has ended"));
        customer.awaitText("#notice", text -> text.contains("The session has ended"));
    }

    @Test
    void shouldAskTheAgentForTheSessionAndSayThatThereIsNone() throws Exception {
        agent.open(cluster.origin("http", true).resolve(AGENT + "?by=url"));
        assertThat(agent.find("[value=url]").isSelected()).isTrue();
        agent.picture("agent-asked");
        agent.find("[name=token]").sendKeys("000 000 000");
        agent.find("#ask button").click();

        agent.awaitText("#notice", text -> text.contains("No node knows a session with this token."));
        agent.picture("agent-unknown");
    }

    /** Opens the agent's page with the cookie of an earlier session on another node. */
    private static void joinWithStaleCookie(URI origin, String owner, String by) {
        agent.open(origin.resolve(AGENT));
        agent.setCookie(COOKIE, owner.equals("node-1") ? "node-2" : "node-1");
        agent.open(origin.resolve(AGENT + "?by=" + by + "&token=" + token()));
    }

    private static String token() {
        return customer.text("#token").replace(" ", "");
    }

    /** Returns the requests to nodes that they do not belong to, and the CometD clients that a node did not know. */
    private static List<Long> strays() {
        return cluster.nodes().stream()
                .map(CobrowseNode::stats)
                .map(stats -> stats.foreign() + stats.unknownClients402())
                .toList();
    }

    private static String inkBetween(int left, int top, int right, int bottom) {
        return "document.querySelector('canvas').getContext('2d').getImageData(%d, %d, %d, %d).data.some(Boolean)"
                .formatted(left, top, right - left, bottom - top);
    }

    /** Returns whether the other user's pointer is shown, at about the middle of that part of the page. */
    private static String pointerOver(String selector) {
        return """
                (() => {
                  const pointer = document.querySelector('.pointer').getBoundingClientRect();
                  const part = document.querySelector('%s').getBoundingClientRect();
                  return pointer.width > 0 && Math.abs(pointer.left - (part.left + part.right) / 2) < part.width / 4
                    && part.top < pointer.top && pointer.top < part.bottom;
                })()""".formatted(selector);
    }

    /**
     * Checks how the WebSocket was requested: over TLS with HTTP/2's extended CONNECT, which is answered with 200 (RFC
     * 8441, 5), in clear text with HTTP/1.1's upgrade and its 101. Also checks that the page violated no policy of its
     * own.
     */
    private static void checkTransport(Browser browser, String scheme, boolean webSocket) {
        if (webSocket) {
            List<Object> statuses = browser.network("webSocketHandshakeResponseReceived").stream()
                    .<Object>map(event -> ((Map<?, ?>) event.get("response")).get("status"))
                    .toList();
            assertThat(statuses).containsExactly(scheme.equals("https") ? 200L : 101L);
            assertThat(browser.consoleErrors()).isEmpty();
            await("one tunnel each").until(cluster::tunnels, open -> open == 2);
        } else {
            assertThat(browser.network("webSocketCreated")).isNotEmpty();
            assertThat(browser.network("webSocketHandshakeResponseReceived")).isEmpty();
            assertThat(browser.consoleErrors())
                    .allSatisfy(error -> assertThat(error).contains("WebSocket connection to"));
        }
    }
}
