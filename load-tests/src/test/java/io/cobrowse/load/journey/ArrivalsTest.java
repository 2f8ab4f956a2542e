package io.cobrowse.load.journey;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.cobrowse.load.settings.Fault;
import io.cobrowse.load.settings.Profile;
import io.cobrowse.load.settings.Settings;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ArrivalsTest {
    private static long nanos(double seconds) {
        return Math.round(seconds * 1e9);
    }

    @Test
    void shouldFillFirstAndThenReplaceWhoLeaves() {
        Profile steady = new Profile(
                300,
                Duration.ofSeconds(60),
                Duration.ofSeconds(30),
                Duration.ofSeconds(60),
                0,
                0,
                null,
                Fault.NONE,
                false,
                false);
        Arrivals arrivals = new Arrivals(steady, 1);

        assertThat(arrivals.until(nanos(30))).isCloseTo(300, within(1e-6));
        assertThat(arrivals.until(nanos(90))).isCloseTo(600, within(1e-6));
        assertThat(arrivals.nanosOf(150)).isEqualTo(nanos(15));
        assertThat(arrivals.nanosOf(450)).isEqualTo(nanos(60));
    }

    @ParameterizedTest
    @ValueSource(strings = {"steady", "peak", "burst"})
    void shouldScheduleEachPairWhenItIsItsTurn(String name) {
        Arrivals arrivals = new Arrivals(Settings.defaults().profile(name), 1);

        for (int number = 0; number < 500; number += 7) {
            assertThat(arrivals.until(arrivals.nanosOf(number))).isCloseTo(number, within(1e-3));
        }
    }

    @Test
    void shouldDivideThePairsAmongInjectors() {
        Profile burst = Settings.defaults().profile("burst");
        long end = burst.fill().plus(burst.hold()).toNanos();

        assertThat(5 * new Arrivals(burst, 0.2).until(end)).isCloseTo(new Arrivals(burst, 1).until(end), within(1e-6));
    }

    @Test
    void shouldDoubleTheArrivalsInTheMiddleOfThePeak() {
        Profile peak = Settings.defaults().profile("peak").with(300, Duration.ofSeconds(90));
        Arrivals arrivals = new Arrivals(peak, 1);
        double first = arrivals.until(nanos(60)) - arrivals.until(nanos(30));
        double second = arrivals.until(nanos(90)) - arrivals.until(nanos(60));

        assertThat(second).isCloseTo(2 * first, within(1e-6));
    }
}
