package io.cobrowse.node.browser;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.cobrowse.node.CobrowseNode;
import io.cobrowse.node.Faults;
import io.cobrowse.sticky.proxy.StickyProxyServer;
import io.cobrowse.sticky.proxy.StickyProxyServerBuilder;
import io.cobrowse.sticky.proxy.TestIdentity;
import io.cobrowse.sticky.proxy.config.ProxyConfig.Address;
import io.cobrowse.sticky.proxy.config.ProxyConfig.Listener;
import io.cobrowse.sticky.proxy.config.SetCookieRule;
import io.cobrowse.sticky.proxy.config.SetCookieRule.Attribute;
import io.cobrowse.sticky.proxy.config.Tls;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * The customer's page on another website: when its node has died, it tells the user and starts again on another node.
 * Tested on another port of the same site in clear text, and over TLS on another site, with a browser that blocks
 * third-party cookies. Run by the profile {@code long}.
 */
@Tag("long")
class OtherOriginTest {
    private static final String COOKIE = "gcbSessionServer";
    private static final Pattern OWNER = Pattern.compile("(node-\\d) by cookie");

    @TempDir
    private static Path directory;

    private static final List<CobrowseNode> NODES = new ArrayList<>();
    private static TestIdentity identity;
    private static Shop shop;

    private StickyProxyServer proxy;
    private Browser customer;

    @BeforeAll
    static void startNodes() throws Exception {
        Optional<String> missing = Browser.missing();
        missing.ifPresent(what -> System.err.println("OtherOriginTest is skipped. " + what));
        assumeTrue(missing.isEmpty(), missing::get);
        identity = TestIdentity.create(directory);
        shop = Shop.start(identity);
        for (int i = 1; i <= 3; i++) {
            NODES.add(CobrowseNode.builder().name("node-" + i).build().start());
        }
    }

    @AfterAll
    static void stopNodes() throws Exception {
        if (shop != null) {
            shop.close();
        }
        NODES.forEach(CobrowseNode::close);
    }

    @AfterEach
    void stop() {
        if (customer != null) {
            customer.close();
        }
        if (proxy != null) {
            proxy.close();
        }
        NODES.forEach(node -> node.inject(Faults.NONE));
    }

    /** Starts a proxy with the settings that a third-party cookie needs. */
    private URI startProxy(String scheme) throws Exception {
        Tls tls = scheme.equals("https")
                ? new Tls(
                        identity.certificate().toString(), identity.privateKey().toString())
                : null;
        StickyProxyServerBuilder builder = StickyProxyServer.builder()
                .admin("127.0.0.1", 0)
                .listen(new Listener("public", new Address("127.0.0.1", 0), tls, List.of(), List.of()));
        if (tls != null) {
            builder.stickiness(Cluster.partitioned(false))
                    .setCookie(List.of(new SetCookieRule(
                            COOKIE,
                            Map.of(Attribute.SECURE, "", Attribute.SAME_SITE, "None", Attribute.PARTITIONED, ""))));
        }
        for (CobrowseNode node : NODES) {
            builder.node(Cluster.id(node), node.name(), node.uri().toString());
        }
        proxy = builder.build().start();
        return proxy.uri("public");
    }

    @ParameterizedTest(name = "{0}://{1} by {2}")
    @CsvSource({
        "http, 127.0.0.1, websocket",
        "http, 127.0.0.1, long-polling",
        "https, localhost, websocket",
        "https, localhost, long-polling",
    })
    void shouldSayThatTheSessionHasEndedAndStartAgain(String scheme, String host, String transport) throws Exception {
        URI serverUrl = startProxy(scheme);
        customer = scheme.equals("https") ? Browser.withoutThirdPartyCookies() : new Browser();
        customer.open(shop.page(scheme, host, serverUrl, transport));
        String owner = awaitOwner(transport);
        Map<?, ?> cookie = customer.allCookies().stream()
                .filter(each -> COOKIE.equals(each.get("name")))
                .findFirst()
                .orElseThrow();
        assertThat(cookie.get("value")).isEqualTo(owner);
        assertThat(cookie.get("partitionKey") != null).isEqualTo(scheme.equals("https"));

        node(owner).inject(new Faults(0, 200, true, false));

        customer.awaitText("#notice", text -> text.contains("Your session has ended"));
        assertThat(customer.text("#notice"))
                .contains("The node that has this session is not available.", "The answer was 503 node-down.")
                .contains("Start again");
        customer.picture(String.join("-", "other-origin", scheme, transport));

        customer.find("#again").click();
        assertThat(awaitOwner(transport)).isNotEqualTo(owner);
        assertThat(customer.find("#notice").isDisplayed()).isFalse();
    }

    private String awaitOwner(String transport) {
        String by = transport.equals("websocket") ? "WebSocket" : "long-polling";
        customer.awaitText("#status", text -> text.startsWith("Connected by " + by));
        Matcher owner = OWNER.matcher(customer.text("#status"));
        assertThat(owner.find()).isTrue();
        return owner.group(1);
    }

    private static CobrowseNode node(String name) {
        return NODES.stream()
                .filter(node -> node.name().equals(name))
                .findFirst()
                .orElseThrow();
    }
}
