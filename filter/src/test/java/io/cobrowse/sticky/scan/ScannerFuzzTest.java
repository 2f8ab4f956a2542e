package io.cobrowse.sticky.scan;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** The scanners must find what the reference finds, whatever the bytes. */
class ScannerFuzzTest {
    private static final String NAME = "node";

    @FuzzTest(maxDuration = "2m")
    void shouldFindWhatTheReferenceFinds(byte[] bytes) {
        String text = new String(bytes, StandardCharsets.ISO_8859_1);
        List<Long> cookies = new ArrayList<>();
        for (long at = CookieScanner.find(text, NAME, 0);
                at != Slice.NONE;
                at = CookieScanner.find(text, NAME, Slice.end(at))) {
            cookies.add(at);
        }
        assertThat(cookies).isEqualTo(ReferenceScanners.cookies(text, NAME, 0));
        List<Long> parameters = new ArrayList<>();
        for (long at = QueryScanner.find(text, NAME, 0);
                at != Slice.NONE;
                at = QueryScanner.find(text, NAME, Slice.end(at))) {
            parameters.add(at);
        }
        assertThat(parameters).isEqualTo(ReferenceScanners.parameters(text, NAME, 0));
    }
}
