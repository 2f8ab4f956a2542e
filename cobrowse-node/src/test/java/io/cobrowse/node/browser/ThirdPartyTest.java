package io.cobrowse.node.browser;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.cobrowse.node.CobrowseNode;
import io.cobrowse.sticky.proxy.StickyProxyServer;
import io.cobrowse.sticky.proxy.StickyProxyServerBuilder;
import io.cobrowse.sticky.proxy.TestIdentity;
import io.cobrowse.sticky.proxy.config.ProxyConfig.Address;
import io.cobrowse.sticky.proxy.config.ProxyConfig.Listener;
import io.cobrowse.sticky.proxy.config.SetCookieRule;
import io.cobrowse.sticky.proxy.config.SetCookieRule.Attribute;
import io.cobrowse.sticky.proxy.config.Tls;
import io.cobrowse.sticky.routing.NodeState;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The proxy in a page of another site, in a browser that blocks third-party cookies: over TLS, on another site than the
 * page. The page is on {@code localhost}, the proxy on {@code 127.0.0.1}. Run by the profile {@code long}.
 */
@Tag("long")
class ThirdPartyTest {
    private static final String COOKIE = "gcbSessionServer";
    private static final String CREATE = "/cobrowse/rest/live/sessions";
    private static final int REQUESTS = 6;

    @TempDir
    private static Path directory;

    private static final List<CobrowseNode> NODES = new ArrayList<>();
    private static TestIdentity identity;
    private static Browser browser;

    private StickyProxyServer proxy;

    @BeforeAll
    static void startBrowser() throws Exception {
        Optional<String> missing = Browser.missing();
        missing.ifPresent(what -> System.err.println("ThirdPartyTest is skipped. " + what));
        assumeTrue(missing.isEmpty(), missing::get);
        identity = TestIdentity.create(directory);
        for (int i = 1; i <= 3; i++) {
            NODES.add(CobrowseNode.builder().name("node-" + i).build().start());
        }
        browser = Browser.withoutThirdPartyCookies();
    }

    @AfterAll
    static void stopBrowser() {
        if (browser != null) {
            browser.close();
        }
        NODES.forEach(CobrowseNode::close);
    }

    @BeforeEach
    void reset() {
        browser.reset();
    }

    @AfterEach
    void stop() {
        if (proxy != null) {
            proxy.close();
        }
    }

    private void start(List<SetCookieRule> rules) throws Exception {
        Tls tls =
                new Tls(identity.certificate().toString(), identity.privateKey().toString());
        StickyProxyServerBuilder builder = StickyProxyServer.builder()
                .admin("127.0.0.1", 0)
                .listen(new Listener("public", new Address("127.0.0.1", 0), tls, List.of(), List.of()))
                .stickiness(Cluster.partitioned(true))
                .setCookie(rules);
        for (CobrowseNode node : NODES) {
            builder.node(Cluster.id(node), node.name(), node.uri().toString());
        }
        proxy = builder.build().start();
    }

    /** An empty page, on the proxy's site or on another one. */
    private URI page(String host) {
        return URI.create("https://" + host + ":" + proxy.uri("public").getPort() + "/cobrowse/health");
    }

    private List<Object> routes() {
        List<Object> routes = new ArrayList<>();
        for (int i = 0; i < REQUESTS; i++) {
            routes.add(browser.fetch("GET", "/cobrowse/health").get("route"));
        }
        return routes;
    }

    @Test
    void shouldStickInAFrameWithTheRule() throws Exception {
        start(List.of(new SetCookieRule(
                COOKIE, Map.of(Attribute.SECURE, "", Attribute.SAME_SITE, "None", Attribute.PARTITIONED, ""))));
        browser.openFrame(page("localhost"), page("127.0.0.1"));
        assertThat(browser.fetch("POST", CREATE).get("status")).isEqualTo(200L);
        Map<?, ?> cookie = browser.allCookies().stream()
                .filter(each -> COOKIE.equals(each.get("name")))
                .findFirst()
                .orElseThrow();
        assertThat(cookie.get("secure")).isEqualTo(true);
        assertThat(cookie.get("sameSite")).isEqualTo("None");
        assertThat(cookie.get("partitionKey")).isNotNull();
        String id = String.valueOf(cookie.get("value")).substring("node-".length());
        assertThat(routes()).hasSize(REQUESTS).containsOnly("node=" + id + "; by=cookie");

        proxy.router().update(table -> table.withState(id, NodeState.DOWN));
        Map<?, ?> told = browser.fetch("GET", "/cobrowse/cometd/connect");
        assertThat(told.get("status")).isEqualTo(503L);
        assertThat(browser.allCookies()).noneMatch(each -> COOKIE.equals(each.get("name")));
    }

    @Test
    void shouldLoseTheCookieInAFrameWithoutTheRule() throws Exception {
        start(List.of());
        browser.openFrame(page("localhost"), page("127.0.0.1"));
        assertThat(browser.fetch("POST", CREATE).get("status")).isEqualTo(200L);
        assertThat(browser.allCookies()).noneMatch(each -> COOKIE.equals(each.get("name")));
        assertThat(routes())
                .hasSize(REQUESTS)
                .allMatch(route -> String.valueOf(route).endsWith("; by=none"));
    }

    @Test
    void shouldLetAPageOfAnotherOriginReadThatItsNodeIsDown() throws Exception {
        start(List.of());
        proxy.router().update(table -> table.withState("2", NodeState.DOWN));
        browser.open(page("localhost"));
        String target = proxy.uri("public") + "/cobrowse/cometd/connect?co-browse-node-id=2";
        Map<?, ?> answer = browser.fetch("GET", target);
        assertThat(answer.get("status")).isEqualTo(503L);
        assertThat(answer.get("route")).isEqualTo("node=2; by=url");
        assertThat(String.valueOf(answer.get("body"))).contains("urn:cobrowse-proxy:node-down");
        Map<?, ?> unknown = browser.fetch("GET", target.replace("id=2", "id=9"));
        assertThat(unknown.get("status")).isEqualTo(404L);
    }
}
