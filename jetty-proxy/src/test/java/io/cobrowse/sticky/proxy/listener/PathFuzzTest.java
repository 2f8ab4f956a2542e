package io.cobrowse.sticky.proxy.listener;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * A path that counts as plain stays the same, however often and in whatever order others decode, cut and resolve it.
 */
class PathFuzzTest {
    @FuzzTest(maxDuration = "2m")
    void shouldBeReadInOneWayWherePlain(byte[] bytes) {
        String path = new String(bytes, StandardCharsets.ISO_8859_1);
        if (path.indexOf('?') >= 0 || path.indexOf('#') >= 0 || !PlainPath.is(path, path)) {
            return;
        }
        String once = URLDecoder.decode(path.replace("+", "%2B"), StandardCharsets.UTF_8);
        for (String reading : List.of(path, once)) {
            assertThat(reading).doesNotContain("\\", "//", "/./", "/../", ";/", "\u0000", "\uFFFD");
            assertThat(reading.replaceAll(";[^/]*", "")).doesNotEndWith("/..").doesNotEndWith("/.");
        }
        assertThat(once.chars().filter(c -> c == '/').count())
                .isEqualTo(path.chars().filter(c -> c == '/').count());
        assertThat(once).doesNotContain("%");
    }
}
