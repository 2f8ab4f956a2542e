package io.cobrowse.load.capacity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Map;
import java.util.Random;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CapacitySearchTest {
    private static final double SLO_MILLIS = 200;
    private static final double PRECISION = 0.04;
    private static final Function<Trial, Bottleneck> UNSATURATED = trial -> new Bottleneck("own", 0.5, true);
    private static final Function<Trial, Bottleneck> SATURATED = trial -> new Bottleneck("own", 0.95, true);
    private static final Function<Trial, Bottleneck> ELSEWHERE =
            trial -> new Bottleneck("other", trial.sessions() / 850.0, false);

    private static final CapacitySearch.Listener UNHEARD = (good, bad, trialsLeft) -> {};

    /** A queue: latency grows without bound as the load nears saturation, and reaches the service level at the capacity. */
    private static SystemUnderLoad queue(int capacity, double noise) {
        Random random = new Random(capacity);
        double saturation = capacity / 0.9;
        return sessions -> {
            double use = sessions / saturation;
            double p99 = use >= 1 ? 10_000 : SLO_MILLIS * 0.1 / (1 - use);
            double seen = p99 * (1 + noise * random.nextGaussian());
            return new Trial(sessions, seen <= SLO_MILLIS + 1e-6, seen, Math.min(sessions, saturation), Map.of());
        };
    }

    @ParameterizedTest
    @ValueSource(ints = {60, 137, 400, 1000, 2345})
    void shouldFindAKnownCapacityWithinFivePercent(int capacity) throws Exception {
        CapacitySearch.Found found =
                new CapacitySearch(queue(capacity, 0), 50, 10_000, PRECISION, UNSATURATED, UNHEARD).search();

        assertThat((double) found.capacity()).isCloseTo(capacity, within(0.05 * capacity));
        assertThat(found.bounded()).isTrue();
    }

    @ParameterizedTest
    @ValueSource(ints = {137, 400, 1000, 2345})
    void shouldFindItWithinFivePercentWhereLatenciesAreNoisy(int capacity) throws Exception {
        CapacitySearch.Found found =
                new CapacitySearch(queue(capacity, 0.1), 50, 10_000, PRECISION, UNSATURATED, UNHEARD).search();

        assertThat((double) found.capacity()).isCloseTo(capacity, within(0.05 * capacity));
    }

    @Test
    void shouldConfirmWhatItFoundByASecondTrial() throws Exception {
        CapacitySearch.Found found =
                new CapacitySearch(queue(400, 0), 50, 10_000, PRECISION, UNSATURATED, UNHEARD).search();

        assertThat(found.trials())
                .filteredOn(trial -> trial.sessions() == found.capacity() && trial.passed())
                .hasSize(2);
    }

    @Test
    void shouldStepBackWhereTheConfirmationFails() throws Exception {
        int[] at400 = {0};
        SystemUnderLoad lucky = sessions -> {
            boolean passed = sessions < 400 || (sessions == 400 && ++at400[0] == 1);
            return new Trial(sessions, passed, 1, sessions, Map.of());
        };

        CapacitySearch.Found found = new CapacitySearch(lucky, 100, 10_000, PRECISION, UNSATURATED, UNHEARD).search();

        assertThat(found.capacity()).isBetween(360, 399);
    }

    @Test
    void shouldTryAFailureAgainBeforeItCounts() throws Exception {
        int[] trials = {0};
        SystemUnderLoad disturbedOnce =
                sessions -> new Trial(sessions, sessions <= 800 && ++trials[0] != 2, 1, sessions, Map.of());

        CapacitySearch.Found found =
                new CapacitySearch(disturbedOnce, 50, 10_000, PRECISION, UNSATURATED, UNHEARD).search();

        assertThat(found.capacity()).isBetween(760, 800);
    }

    @Test
    void shouldNotTryAFailureAgainThatBusyProcessorsExplain() throws Exception {
        CapacitySearch.Found found =
                new CapacitySearch(queue(400, 0), 50, 10_000, PRECISION, SATURATED, UNHEARD).search();

        assertThat(found.trials())
                .filteredOn(trial -> !trial.passed())
                .extracting(Trial::sessions)
                .doesNotHaveDuplicates();
    }

    @Test
    void shouldRepeatWhatWasCarriedWhereSomethingElseLimits() throws Exception {
        CapacitySearch.Found found =
                new CapacitySearch(queue(500, 0), 50, 10_000, PRECISION, ELSEWHERE, UNHEARD).search();

        assertThat(found.capacity()).isEqualTo(400);
        assertThat(found.bounded()).isFalse();
        assertThat(found.trials())
                .extracting(Trial::sessions)
                .containsExactly(50, 100, 200, 400, 800, 400, 400, 400, 400, 400);
    }

    @Test
    void shouldNotTryTwiceWhatTheOthersHaveNoRoomFor() throws Exception {
        CapacitySearch.Found found =
                new CapacitySearch(queue(5_000, 0), 50, 10_000, PRECISION, ELSEWHERE, UNHEARD).search();

        assertThat(found.trials())
                .extracting(Trial::sessions)
                .containsExactly(50, 100, 200, 400, 800, 800, 800, 800, 800, 800);
        assertThat(found.bounded()).isFalse();
    }

    @Test
    void shouldGoDownToWhatIsCarriedAlsoWhereSomethingElseLimits() throws Exception {
        CapacitySearch.Found found =
                new CapacitySearch(queue(500, 0), 800, 10_000, PRECISION, ELSEWHERE, UNHEARD).search();

        assertThat(found.trials()).extracting(Trial::sessions).containsExactly(800, 400, 400, 400, 400, 400, 400);
        assertThat(found.bounded()).isFalse();
    }

    @Test
    void shouldSayThatTheLimitWasNotReached() throws Exception {
        CapacitySearch.Found found =
                new CapacitySearch(queue(100_000, 0), 50, 1_000, PRECISION, UNSATURATED, UNHEARD).search();

        assertThat(found.capacity()).isEqualTo(1_000);
        assertThat(found.bounded()).isFalse();
    }

    @Test
    void shouldFindNothingWhereNotEvenTheLeastIsCarried() throws Exception {
        SystemUnderLoad broken = sessions -> new Trial(sessions, sessions < 2, 1, 0, Map.of());

        assertThat(new CapacitySearch(broken, 50, 1_000, PRECISION, UNSATURATED, UNHEARD)
                        .search()
                        .capacity())
                .isLessThan(2);
    }
}
