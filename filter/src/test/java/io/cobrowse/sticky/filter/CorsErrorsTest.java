package io.cobrowse.sticky.filter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CorsErrorsTest {

    @ParameterizedTest
    @ValueSource(
            strings = {
                "https://shop.example",
                "http://127.0.0.1:8080",
                "null",
                "https://[::1]:1",
                "chrome-extension://a"
            })
    void shouldReflectOrigins(String origin) {
        assertThat(fields(CorsErrors.REFLECT, origin))
                .containsEntry("Access-Control-Allow-Origin", origin)
                .hasSize(4);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "a b", "https://a, https://b", "a\u00e4", "a;b", "\"a\"", "a\tb"})
    void shouldReflectNothingElse(String origin) {
        assertThat(fields(CorsErrors.REFLECT, origin)).isEmpty();
    }

    @Test
    void shouldAddNothingForAnOverlongOriginOrNone() {
        assertThat(fields(CorsErrors.REFLECT, "https://" + "a".repeat(600))).isEmpty();
        assertThat(fields(CorsErrors.REFLECT, null)).isEmpty();
        assertThat(fields(CorsErrors.OFF, "https://a")).isEmpty();
    }

    @Test
    void shouldAllowOnlyWhatIsListed() {
        CorsErrors listed = CorsErrors.of(List.of("https://a", "https://b:8443"));
        assertThat(fields(listed, "https://a")).hasSize(4);
        assertThat(fields(listed, "https://b:8443")).hasSize(4);
        assertThat(fields(listed, "https://b")).isEmpty();
        assertThat(fields(listed, "null")).isEmpty();
    }

    @Test
    void shouldReadWhatItWrites() {
        for (List<String> texts : List.of(List.of("reflect"), List.of("off"), List.of("https://a", "https://b"))) {
            assertThat(CorsErrors.of(texts).texts()).isEqualTo(texts);
            assertThat(CorsErrors.of(CorsErrors.of(texts).texts())).isEqualTo(CorsErrors.of(texts));
        }
    }

    @Test
    void shouldRefuseWhatIsNoOrigin() {
        for (List<String> texts : List.of(
                List.<String>of(),
                List.of("*"),
                List.of("off", "reflect"),
                List.of("reflect", "https://a"),
                List.of("https://a/"),
                List.of("https://user@a"),
                List.of("HTTPS://a"),
                List.of("a.example"))) {
            assertThatIllegalArgumentException().isThrownBy(() -> CorsErrors.of(texts));
        }
    }

    private static Map<String, String> fields(CorsErrors cors, String origin) {
        Map<String, String> fields = new LinkedHashMap<>();
        cors.addTo(origin, fields::put);
        return fields;
    }
}
