package io.cobrowse.measuring;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class ChangePointsTest {
    private static final int RUNS = 40;
    private static final double NOISE = 0.01;

    private static double[] series(long seed, double... levels) {
        Random random = new Random(seed);
        int each = RUNS / levels.length;
        return IntStream.range(0, RUNS)
                .mapToDouble(i -> levels[Math.min(i / each, levels.length - 1)] * (1 + NOISE * random.nextGaussian()))
                .toArray();
    }

    @Test
    void shouldFindNoChangeWhereThereIsNone() {
        long alarms = IntStream.range(0, 200)
                .filter(seed -> !ChangePoints.of(series(seed, 50)).isEmpty())
                .count();
        assertThat(alarms).isLessThanOrEqualTo(4);
    }

    @Test
    void shouldFindASlowdownOfATenthAlways() {
        for (int seed = 0; seed < 50; seed++) {
            assertThat(ChangePoints.of(series(seed, 50, 55))).containsExactly(RUNS / 2);
        }
    }

    @Test
    void shouldFindThereAndBack() {
        assertThat(ChangePoints.of(series(1, 50, 60, 50, 60))).containsExactly(10, 20, 30);
    }

    @Test
    void shouldSayNothingOfFewMeasurements() {
        assertThat(ChangePoints.of(new double[] {1, 2, 1, 2, 3})).isEmpty();
        assertThat(ChangePoints.of(new double[0])).isEmpty();
    }

    @Test
    void shouldFindAStepBetweenConstants() {
        assertThat(ChangePoints.of(new double[] {1, 1, 1, 1, 2, 2, 2, 2})).containsExactly(4);
    }
}
