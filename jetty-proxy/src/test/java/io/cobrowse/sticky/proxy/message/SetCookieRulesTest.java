package io.cobrowse.sticky.proxy.message;

import static org.assertj.core.api.Assertions.assertThat;

import io.cobrowse.sticky.proxy.config.SetCookieRule;
import io.cobrowse.sticky.proxy.config.SetCookieRule.Attribute;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SetCookieRulesTest {
    private static final Map<Attribute, String> PARTITIONED =
            Map.of(Attribute.SECURE, "", Attribute.SAME_SITE, "None", Attribute.PARTITIONED, "");

    private final SetCookieRules rules = new SetCookieRules(List.of(new SetCookieRule("a", PARTITIONED)));

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "a=b                                | a=b; Secure; SameSite=None; Partitioned",
                "a=b; Path=/                        | a=b; Path=/; Secure; SameSite=None; Partitioned",
                "a=b; SameSite=Lax; Path=/          | a=b; Path=/; Secure; SameSite=None; Partitioned",
                "a=b;samesite = lax ;SECURE; path=/ | a=b; path=/; Secure; SameSite=None; Partitioned",
                "a=b; SameSite; SameSite=Strict     | a=b; Secure; SameSite=None; Partitioned",
                "a=b; Partitioned=x                 | a=b; Secure; SameSite=None; Partitioned",
                "a=; Max-Age=0                      | a=; Max-Age=0; Secure; SameSite=None; Partitioned",
                "a=b=c; x                           | a=b=c; x; Secure; SameSite=None; Partitioned",
                "a = \"b c\" ;Expires=Thu, 01 Jan 1970 00:00:00 GMT | a = \"b c\" ;Expires=Thu, 01 Jan 1970 00:00:00 GMT; Secure; SameSite=None; Partitioned",
                "a=b; ; Path=/a;                    | a=b; ; Path=/a;; Secure; SameSite=None; Partitioned",
                "a=b; SecureX; XSecure; Path=Secure | a=b; SecureX; XSecure; Path=Secure; Secure; SameSite=None; Partitioned",
                "a=Secure                           | a=Secure; Secure; SameSite=None; Partitioned",
            })
    void shouldSetAttributesAndKeepAllElse(String field, String expected) {
        assertThat(rules.rewrite(field)).isEqualTo(expected);
    }

    @ParameterizedTest
    @ValueSource(strings = {"b=a", "A=b", "aa=b", "", "a", "=b", " =b", "; a=b", "a; b=c", "a=b\u0000", "a=b; c\u007f"})
    void shouldLeaveOtherCookiesAndWhatIsNone(String field) {
        assertThat(rules.rewrite(field)).isSameAs(field);
    }

    @Test
    void shouldKeepBytesBeyondAscii() {
        assertThat(rules.rewrite("a=\u00e4\u00ff; x=\u00fc")).startsWith("a=\u00e4\u00ff; x=\u00fc; Secure");
    }

    @Test
    void shouldRemoveAttributes() {
        SetCookieRules removing = new SetCookieRules(List.of(new SetCookieRule(
                "*",
                Map.of(
                        Attribute.HTTP_ONLY, SetCookieRule.REMOVE,
                        Attribute.DOMAIN, SetCookieRule.REMOVE,
                        Attribute.PATH, "/x"))));
        assertThat(removing.rewrite("any=v; HttpOnly; Domain=a.example; Path=/; Secure; domain=b"))
                .isEqualTo("any=v; Secure; Path=/x");
        assertThat(removing.rewrite("any=v")).isEqualTo("any=v; Path=/x");
    }

    @Test
    void shouldGoByTheFirstRuleThatMatches() {
        SetCookieRules several = new SetCookieRules(List.of(
                new SetCookieRule("a", Map.of(Attribute.PATH, "/a")),
                new SetCookieRule("*", Map.of(Attribute.PATH, "/any")),
                new SetCookieRule("b", Map.of(Attribute.PATH, "/b"))));
        assertThat(several.rewrite("a=1")).isEqualTo("a=1; Path=/a");
        assertThat(several.rewrite("b=1")).isEqualTo("b=1; Path=/any");
    }

    @Test
    void shouldChangeNothingWithoutRules() {
        String field = "a=b; Path=/";
        assertThat(SetCookieRules.NONE.isEmpty()).isTrue();
        assertThat(SetCookieRules.NONE.rewrite(field)).isSameAs(field);
    }
}
