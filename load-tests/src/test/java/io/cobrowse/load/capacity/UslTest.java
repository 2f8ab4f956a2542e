package io.cobrowse.load.capacity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.Random;
import java.util.function.DoubleUnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class UslTest {
    private static final List<Double> LOADS = List.of(1.0, 2.0, 4.0, 8.0, 16.0, 24.0, 32.0, 48.0, 64.0);

    private static Usl fit(DoubleUnaryOperator throughput) {
        Usl law = Usl.fit(LOADS, LOADS.stream().map(throughput::applyAsDouble).toList());
        assertThat(law).isNotNull();
        return law;
    }

    private static double law(double n, double lambda, double sigma, double kappa) {
        return lambda * n / (1 + sigma * (n - 1) + kappa * n * (n - 1));
    }

    @ParameterizedTest
    @CsvSource({"1000, 0.02, 0.0005", "995.6, 0.0267, 0.000769", "40, 0.1, 0.001", "2, 0, 0.0002"})
    void shouldFindKnownCoefficients(double lambda, double sigma, double kappa) {
        Usl law = fit(n -> law(n, lambda, sigma, kappa));

        assertThat(law.lambda().value()).isCloseTo(lambda, within(0.001 * lambda));
        assertThat(law.sigma().value()).isCloseTo(sigma, within(1e-4));
        assertThat(law.kappa().value()).isCloseTo(kappa, within(1e-5));
    }

    @Test
    void shouldHoldKnownCoefficientsWithinTheIntervalsNineteenTimesOfTwenty() {
        Random random = new Random(7);
        int fits = 400;
        int held = 0;
        for (int i = 0; i < fits; i++) {
            Estimate sigma = fit(n -> law(n, 1000, 0.02, 0.0005) + 100 * random.nextGaussian())
                    .sigma();
            if (sigma.low() <= 0.02 && 0.02 <= sigma.high()) {
                held++;
            }
        }

        assertThat((double) held / fits).isCloseTo(0.95, within(0.04));
    }

    @Test
    void shouldFollowTrialsThatHardlyBendAndAreFarFromOne() {
        List<Double> loads = List.of(1500.0, 3000.0, 2250.0, 2250.0, 2625.0, 2812.0, 2812.0);
        List<Double> throughputs = List.of(653.0, 1433.0, 1110.0, 992.0, 1284.0, 1376.0, 1380.0);

        Usl law = Usl.fit(loads, throughputs);

        assertThat(law).isNotNull();
        for (int i = 0; i < loads.size(); i++) {
            assertThat(law.at(loads.get(i)))
                    .as("at %s", loads.get(i))
                    .isCloseTo(throughputs.get(i), within(0.12 * throughputs.get(i)));
        }
    }

    @Test
    void shouldPredictThroughputAndPeak() {
        Usl law = fit(n -> law(n, 1000, 0.02, 0.0005));

        assertThat(law.at(100)).isCloseTo(law(100, 1000, 0.02, 0.0005), within(10.0));
        assertThat(law.peak()).isCloseTo(Math.sqrt(0.98 / 0.0005), within(0.5));
    }

    @Test
    void shouldNotFitTooFewLoads() {
        assertThat(Usl.fit(List.of(1.0, 2.0, 4.0, 4.0), List.of(1.0, 2.0, 4.0, 4.0)))
                .isNull();
    }
}
