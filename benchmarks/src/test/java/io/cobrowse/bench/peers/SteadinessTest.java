package io.cobrowse.bench.peers;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class SteadinessTest {
    private final Steadiness steadiness = new Steadiness();

    private boolean add(int times, double micros, double compilerShare) {
        boolean steady = false;
        for (int i = 0; i < times; i++) {
            steady = steadiness.add(micros, compilerShare);
        }
        return steady;
    }

    @Test
    void shouldBeSteadyWhenTheCpuTimeIsTheSameAndNothingIsCompiled() {
        assertThat(add(9, 50, 0)).isFalse();
        assertThat(add(1, 50, 0)).isTrue();
    }

    @Test
    void shouldNotBeSteadyWhileTheCpuTimeFalls() {
        add(5, 90, 0);
        assertThat(add(5, 80, 0)).isFalse();
        assertThat(add(5, 79, 0)).isTrue();
    }

    @Test
    void shouldNotBeSteadyWhileTheCompilersWork() {
        assertThat(add(20, 50, 0.1)).isFalse();
        assertThat(add(3, 50, 0)).isFalse();
        assertThat(add(1, 50, 0)).isTrue();
    }

    @Test
    void shouldBearDisturbedMeasurements() {
        add(8, 50, 0.01);
        steadiness.add(120, 0.01);
        assertThat(steadiness.add(50, 0.01)).isTrue();
        assertThat(steadiness.add(200, 0.01)).isTrue();
    }
}
