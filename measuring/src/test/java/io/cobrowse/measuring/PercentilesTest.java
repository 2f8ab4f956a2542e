package io.cobrowse.measuring;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class PercentilesTest {
    @Test
    void shouldTellNoPercentileThatNoSampleLiesAbove() {
        assertThat(Percentiles.text(11, 99.9, "%.1f", 5)).isEqualTo("too few");
        assertThat(Percentiles.text(999, 99.9, "%.1f", 5)).isEqualTo("too few");
        assertThat(Percentiles.text(99, 99, "%.1f", 5)).isEqualTo("too few");
    }

    @Test
    void shouldTellThoseThatAreKnown() {
        assertThat(Percentiles.text(1_000, 99.9, "%.1f", 5)).isEqualTo("5.0");
        assertThat(Percentiles.text(100, 99, "%.1f", 5)).isEqualTo("5.0");
        assertThat(Percentiles.text(2, 50, "%.1f", 5)).isEqualTo("5.0");
    }
}
