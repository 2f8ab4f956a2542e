package io.cobrowse.bench.gate;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Random;
import java.util.stream.DoubleStream;
import org.junit.jupiter.api.Test;

class IntervalTest {
    private static List<Double> sample(long seed, int size, double mean) {
        Random random = new Random(seed);
        return DoubleStream.generate(() -> mean * (1 + 0.05 * random.nextGaussian()))
                .limit(size)
                .boxed()
                .toList();
    }

    private static Interval interval(List<Double> base, List<Double> fresh) {
        return Interval.of(base, List.of(), fresh, List.of());
    }

    @Test
    void shouldHoldTheTrueRatioNearlyAlways() {
        int held = 0;
        for (int seed = 0; seed < 100; seed++) {
            Interval interval = interval(sample(2 * seed, 12, 40), sample(2 * seed + 1, 12, 50));
            if (interval.low() <= 1.25 && interval.high() >= 1.25) {
                held++;
            }
        }
        assertThat(held).isGreaterThanOrEqualTo(95);
    }

    @Test
    void shouldBeNarrowerForMoreForks() {
        Interval few = interval(sample(1, 8, 40), sample(2, 8, 40));
        Interval many = interval(sample(1, 80, 40), sample(2, 80, 40));
        assertThat(many.high() - many.low()).isLessThan(few.high() - few.low());
    }

    @Test
    void shouldBeTheSameForTheSameSamples() {
        assertThat(interval(sample(1, 8, 40), sample(2, 8, 40)))
                .isEqualTo(interval(sample(1, 8, 40), sample(2, 8, 40)));
    }

    @Test
    void shouldBeOnePointForOneForkEach() {
        assertThat(interval(List.of(2.0), List.of(3.0))).isEqualTo(new Interval(1.5, 1.5, 1.5));
    }

    @Test
    void shouldBeWiderWhereACalibrationIsUncertain() {
        List<Double> times = sample(1, 12, 40);
        Interval certain = Interval.of(times, List.of(List.of(50.0, 50.0)), times, List.of(List.of(50.0, 50.0)));
        Interval disturbed = Interval.of(times, List.of(List.of(50.0, 50.0)), times, List.of(List.of(42.0, 50.0)));

        assertThat(certain.ratio()).isEqualTo(1);
        assertThat(disturbed.low()).isLessThan(1.01);
        assertThat(disturbed.high() - disturbed.low()).isGreaterThan(0.15);
    }
}
