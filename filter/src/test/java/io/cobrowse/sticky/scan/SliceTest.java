package io.cobrowse.sticky.scan;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SliceTest {

    @ParameterizedTest
    @CsvSource({"0, 0", "0, 1", "7, 12", "0, 2147483647", "2147483647, 2147483647"})
    void shouldKeepBothEnds(int start, int end) {
        long slice = Slice.of(start, end);
        assertThat(Slice.start(slice)).isEqualTo(start);
        assertThat(Slice.end(slice)).isEqualTo(end);
        assertThat(slice).isNotEqualTo(Slice.NONE).isNotNegative();
    }
}
