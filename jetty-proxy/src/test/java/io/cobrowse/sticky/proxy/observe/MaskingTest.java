package io.cobrowse.sticky.proxy.observe;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MaskingTest {
    @ParameterizedTest
    @CsvSource({
        "/cobrowse/health, /cobrowse/health",
        "/cobrowse/rest/live/sessions/845800826, /cobrowse/rest/live/sessions/***",
        "/cobrowse/rest/live/sessions/%38458008%326, /cobrowse/rest/live/sessions/***",
        "/cobrowse/rest/live/users/a1b2-c3/session/stop, /cobrowse/rest/live/users/***/session/stop",
        "/cobrowse/rest/live/users/, /cobrowse/rest/live/users/",
        "/a;jsessionid=node01abc/b?x=1, /a;***/b?x=1",
        "/a?sessionToken=123&co-browse-node-id=2, /a?sessionToken=***&co-browse-node-id=2",
        "/a?x=1&USERTOKEN=secret, /a?x=1&USERTOKEN=***",
        "/a?%75serToken=secret, /a?%75serToken=***",
        "/a?t=845800826&u=84580082, /a?t=***&u=84580082",
        "/a?t=1719991234567, /a?t=***",
        "/users?a=b, /users?a=b",
        "*, *",
    })
    void shouldHideWhatLetsInAndNothingElse(String target, String written) {
        assertThat(Masking.target(target)).isEqualTo(written);
    }
}
