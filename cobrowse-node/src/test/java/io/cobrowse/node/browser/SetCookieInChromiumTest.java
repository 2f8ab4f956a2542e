package io.cobrowse.node.browser;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.cobrowse.sticky.proxy.StickyProxyServer;
import io.cobrowse.sticky.proxy.TestIdentity;
import io.cobrowse.sticky.proxy.config.ProxyConfig.Address;
import io.cobrowse.sticky.proxy.config.ProxyConfig.Listener;
import io.cobrowse.sticky.proxy.config.SetCookieRule;
import io.cobrowse.sticky.proxy.config.SetCookieRule.Attribute;
import io.cobrowse.sticky.proxy.config.Tls;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.util.Callback;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * R26 in Chromium: which cookies it keeps when a node sets one and a rule changes it, over TLS, in a page of the
 * proxy's own site and in a frame on another site, with third-party cookies blocked. Run by the profile {@code long}.
 */
@Tag("long")
class SetCookieInChromiumTest {
    private static final String NONE = "-";

    @TempDir
    private static Path directory;

    private static TestIdentity identity;
    private static Browser browser;
    private static Server node;
    private static volatile String setCookie = "";

    private StickyProxyServer proxy;

    @BeforeAll
    static void start() throws Exception {
        Optional<String> missing = Browser.missing();
        missing.ifPresent(what -> System.err.println("SetCookieInChromiumTest is skipped. " + what));
        assumeTrue(missing.isEmpty(), missing::get);
        identity = TestIdentity.create(directory);
        node = new Server(new InetSocketAddress("127.0.0.1", 0));
        node.setHandler(new Handler.Abstract.NonBlocking() {
            @Override
            public boolean handle(Request request, Response response, Callback callback) {
                if (Request.getPathInContext(request).equals("/set")) {
                    response.getHeaders().add(HttpHeader.SET_COOKIE, setCookie);
                }
                callback.succeeded();
                return true;
            }
        });
        node.start();
        browser = Browser.withoutThirdPartyCookies();
    }

    @AfterAll
    static void stop() throws Exception {
        if (browser != null) {
            browser.close();
        }
        if (node != null) {
            node.stop();
        }
    }

    @BeforeEach
    void reset() {
        browser.reset();
    }

    @AfterEach
    void stopProxy() {
        if (proxy != null) {
            proxy.close();
        }
    }

    private void start(String rule) throws Exception {
        Tls tls =
                new Tls(identity.certificate().toString(), identity.privateKey().toString());
        proxy = StickyProxyServer.builder()
                .admin("127.0.0.1", 0)
                .listen(new Listener("public", new Address("127.0.0.1", 0), tls, List.of(), List.of()))
                .setCookie(rule.equals(NONE) ? List.of() : List.of(rule(rule)))
                .node("1", "node-1", "http://127.0.0.1:" + ((ServerConnector) node.getConnectors()[0]).getLocalPort())
                .build()
                .start();
    }

    /** Parses {@code SECURE, SAME_SITE=None, HTTP_ONLY=remove}. */
    private static SetCookieRule rule(String text) {
        Function<String, String[]> pair = change -> change.split("=", 2);
        return new SetCookieRule(
                "c",
                Arrays.stream(text.split(", "))
                        .map(pair)
                        .collect(Collectors.toMap(
                                each -> Attribute.valueOf(each[0]), each -> each.length == 1 ? "" : each[1])));
    }

    @ParameterizedTest(name = "{0}: {1}, by {2}: {3}")
    @CsvSource(
            delimiter = '|',
            value = {
                "own   | c=v; Path=/                        | -                                    | Path=/",
                "own   | c=v; Path=/                        | SECURE, SAME_SITE=Strict             | Path=/; Secure; SameSite=Strict",
                "own   | c=v; Path=/; HttpOnly; Secure      | HTTP_ONLY=remove                     | Path=/; Secure",
                "own   | c=v; Path=/                        | HTTP_ONLY                            | Path=/; HttpOnly",
                "own   | c=v; Path=/elsewhere               | PATH=/                               | Path=/",
                "own   | c=v; Path=/; Domain=other.example  | -                                    | -",
                "own   | c=v; Path=/; Domain=other.example  | DOMAIN=remove                        | Path=/",
                "own   | c=v; Path=/; SameSite=None         | -                                    | -",
                "own   | c=v; Path=/; SameSite=None         | SECURE                               | Path=/; Secure; SameSite=None",
                "own   | c=v; Path=/; Secure; Partitioned; SameSite=None | PARTITIONED=remove      | Path=/; Secure; SameSite=None",
                "frame | c=v; Path=/                        | -                                    | -",
                "frame | c=v; Path=/                        | SECURE, SAME_SITE=None               | -",
                "frame | c=v; Path=/                        | SAME_SITE=None, PARTITIONED          | -",
                "frame | c=v; Path=/                        | SECURE, PARTITIONED                  | -",
                "frame | c=v; Path=/                        | SECURE, SAME_SITE=None, PARTITIONED  | Path=/; Secure; SameSite=None; Partitioned",
                "frame | c=v; Path=/; SameSite=Lax          | SECURE, SAME_SITE=None, PARTITIONED  | Path=/; Secure; SameSite=None; Partitioned",
                "frame | c=v; Path=/; HttpOnly; Secure      | SAME_SITE=None, PARTITIONED          | Path=/; Secure; HttpOnly; SameSite=None; Partitioned",
                "frame | c=v; Path=/a; SameSite=Strict      | SECURE, SAME_SITE=None, PARTITIONED, PATH=/ | Path=/; Secure; SameSite=None; Partitioned",
                "frame | other=v; Path=/                    | SECURE, SAME_SITE=None, PARTITIONED  | -",
            })
    void shouldKeepTheCookieAsTheRuleSays(String where, String field, String rule, String expected) throws Exception {
        start(rule);
        setCookie = field;
        if (where.equals("frame")) {
            browser.openFrame(page("localhost"), page("127.0.0.1"));
        } else {
            browser.open(page("127.0.0.1"));
        }

        assertThat(browser.fetch("GET", "/set").get("status")).isEqualTo(200L);

        List<String> kept = browser.allCookies().stream()
                .map(SetCookieInChromiumTest::attributes)
                .toList();
        assertThat(kept).isEqualTo(expected.equals(NONE) ? List.of() : List.of(expected));
    }

    private URI page(String host) {
        return URI.create("https://" + host + ":" + proxy.uri("public").getPort() + "/page");
    }

    /** Returns the attributes that the browser keeps with a cookie. */
    private static String attributes(Map<?, ?> cookie) {
        return "Path=" + cookie.get("path")
                + (Boolean.TRUE.equals(cookie.get("secure")) ? "; Secure" : "")
                + (Boolean.TRUE.equals(cookie.get("httpOnly")) ? "; HttpOnly" : "")
                + (cookie.get("sameSite") == null ? "" : "; SameSite=" + cookie.get("sameSite"))
                + (cookie.get("partitionKey") == null ? "" : "; Partitioned");
    }
}
