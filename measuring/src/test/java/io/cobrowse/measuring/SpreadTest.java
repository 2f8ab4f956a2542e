package io.cobrowse.measuring;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class SpreadTest {
    @Test
    void shouldTellTheRangeOfSeveralMeasurements() {
        assertThat(Spread.of(List.of(3.0, 1.0, 2.0)).text(1, "%.1f")).isEqualTo("2.0 (1.0-3.0)");
        assertThat(Spread.of(List.of(3.0, 1.0, 2.0)).point(7, 2)).containsExactly(7, 1, 0.5, 1.5);
    }

    @Test
    void shouldTellNoRangeOfOneMeasurement() {
        assertThat(Spread.of(List.of(2.0)).text(1, "%.1f")).isEqualTo("2.0");
        assertThat(Spread.of(List.of(2.0)).point(0, 1)).containsExactly(0, 2);
    }
}
