package io.cobrowse.sticky.routing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.cobrowse.sticky.routing.Stickiness.OnNodeDown;
import io.cobrowse.sticky.routing.Stickiness.OnUnknownNode;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class StickinessTest {

    @ParameterizedTest
    @ValueSource(strings = {"", "a b", "a=b", "a;b", "a,b", "\"a\"", "a\r\nb", "ä", "a/b"})
    void shouldRefuseCookieAndHeaderNamesThatAreNoTokens(String name) {
        assertRefused("cookie", name, with(name, "n", "h", "/", null, null));
        assertRefused("header", name, with("c", "n", name, "/", null, null));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "a&b", "a=b", "a#b", "a%b", "a b", "a\tb", "a\u0000b", "a\u007fb", "a\"b", "a'b", "\u00e9"})
    void shouldRefuseQueryParametersThatNoQueryHolds(String name) {
        assertRefused("query-parameter", name, with("c", name, null, "/", null, null));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "a", "/a;b", "/a\nb", "/\u0000"})
    void shouldRefuseCookiePathsThatBreakTheField(String path) {
        assertRefused("cookie-path", path, with("c", "n", null, path, null, null));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "a\r\nb", "a;b", "a b", "\u007f", "a_b", "a..b", "-a", "http://a"})
    void shouldRefuseCookieDomainsThatBreakTheField(String domain) {
        assertRefused("cookie-domain", domain, with("c", "n", null, "/", domain, null));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "Secure\r\nX: y",
                "Secure\n",
                "\u0000",
                "Path=/x; Max-Age=99",
                "Secure; max-age = 9",
                "Secure;EXPIRES=x",
                "domain",
                "Secure; Path",
                " Secure",
                "Secure;"
            })
    void shouldRefuseCookieAttributesThatBreakTheFieldOrItsExpiry(String attributes) {
        assertRefused("cookie-attributes", attributes, with("c", "n", null, "/", null, attributes));
    }

    @Test
    void shouldReportEveryErrorAtOnce() {
        assertThatIllegalArgumentException()
                .isThrownBy(with("a b", "a&b", "a b", "a", "a b", "\n")::run)
                .satisfies(e -> assertThat(e.getMessage())
                        .contains(
                                "cookie \"",
                                "query-parameter \"",
                                "header \"",
                                "cookie-path \"",
                                "cookie-domain \"",
                                "cookie-attributes \""));
    }

    @Test
    void shouldTakeWhatIsUsual() {
        assertThatCode(with(
                        "AWSALB",
                        "node.id[]",
                        "X-Session-Server",
                        "/cobrowse",
                        ".example.com",
                        "SameSite=None; Secure; Partitioned")::run)
                .doesNotThrowAnyException();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "a", "/a?b", "/a#b", "/a b", "/ä", "/a\n"})
    void shouldRefuseSessionStartsThatNoRequestMatches(String path) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new SessionStart("POST", path))
                .withMessageStartingWith("session-start \"POST " + path + "\": allowed is METHOD /path");
        assertThatIllegalArgumentException().isThrownBy(() -> new SessionStart("PO ST", "/a"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "a", "/a?b", "/a#b", "/a b", "/a*", "/a*/b", "/**/a", "/a/***", "/a/**/", "/a\n"})
    void shouldRefusePatternsThatNoRequestMatches(String path) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new AnyNode("GET", path))
                .withMessageStartingWith("any-node \"GET " + path + "\": allowed is METHOD /path");
        assertThatIllegalArgumentException().isThrownBy(() -> new AnyNode("G T", "/a"));
    }

    @ParameterizedTest
    @CsvSource({
        "/,            /,         true",
        "/,            /a,        false",
        "/**,          /,         true",
        "/**,          /a/b,      true",
        "/a/**,        /a,        true",
        "/a/**,        /a/,       true",
        "/a/**,        /a/b/c,    true",
        "/a/**,        /ab,       false",
        "/a/**,        /,         false",
        "/*,           /a,        true",
        "/*,           /,         false",
        "/*,           /a/,       false",
        "/*/,          /a/,       true",
        "/a/*/c,       /a/b/c,    true",
        "/a/*/c,       /a//c,     false",
        "/a/*/c,       /a/b/c/d,  false",
        "/a/*/c,       /a/b,      false",
        "/a/*/**,      /a/b,      true",
        "/a/*/**,      /a/b/c,    true",
        "/a/*/**,      /a,        false",
        "/*/*,         /a/b,      true",
        "/*/*,         /a/b/c,    false",
        "/a//b,        /a//b,     true",
    })
    void shouldMatchPathsAsThePatternSays(String pattern, String path, boolean matches) {
        assertThat(new AnyNode("GET", pattern).matches("GET", path)).isEqualTo(matches);
        assertThat(new AnyNode("GET", pattern).matches("POST", path)).isFalse();
    }

    private static void assertRefused(String option, String value, Runnable construction) {
        assertThatIllegalArgumentException()
                .isThrownBy(construction::run)
                .withMessageStartingWith(option + " \"" + value + "\": allowed is ");
    }

    private static Runnable with(
            String cookie, String parameter, String header, String path, String domain, String attributes) {
        return () -> new Stickiness(
                cookie,
                parameter,
                header,
                false,
                OnNodeDown.NOTIFY,
                OnUnknownNode.REJECT,
                List.of(),
                path,
                domain,
                attributes,
                false);
    }
}
