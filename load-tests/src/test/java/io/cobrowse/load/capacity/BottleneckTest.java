package io.cobrowse.load.capacity;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class BottleneckTest {
    @Test
    void shouldBeWhatIsMeasuredWhereTheOthersAreBusierByALittle() {
        assertThat(Bottleneck.of("nodes", 0.60, "injector", 0.62)).isEqualTo(new Bottleneck("nodes", 0.60, true));
    }

    @Test
    void shouldBeTheOthersWhereTheyAreClearlyBusier() {
        assertThat(Bottleneck.of("proxy", 0.25, "injector and nodes", 0.7))
                .isEqualTo(new Bottleneck("injector and nodes", 0.7, false));
    }
}
