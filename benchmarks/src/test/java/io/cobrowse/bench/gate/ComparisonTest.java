package io.cobrowse.bench.gate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cobrowse.bench.suite.Results;
import org.junit.jupiter.api.Test;

/** The gate's rule, with invented measurements of a shared machine. */
class ComparisonTest {
    private static final double BUSY = 0.4;

    @Test
    void shouldNeverCallIdenticalCodeSlower() {
        for (int seed = 0; seed < 20; seed++) {
            Comparison comparison = Comparison.of(
                    Measurements.seeded(2 * seed).busy(BUSY).results(),
                    Measurements.seeded(2 * seed + 1).busy(BUSY).results());
            assertThat(comparison.rows()).allMatch(row -> row.verdict() != Verdict.SLOWER);
            assertThat(comparison.passes()).isTrue();
        }
    }

    @Test
    void shouldCallIdenticalCodeTheSameWhereEveryForkWasUndisturbedOnce() {
        Comparison comparison = Comparison.of(
                Measurements.seeded(1).results(), Measurements.seeded(2).results());
        assertThat(comparison.rows()).allMatch(row -> row.verdict() == Verdict.SAME);
        assertThat(comparison.isCertain()).isTrue();
    }

    @Test
    void shouldCatchAFifthMoreTimeAlways() {
        for (int seed = 0; seed < 20; seed++) {
            Comparison comparison = Comparison.of(
                    Measurements.seeded(2 * seed).busy(BUSY).results(),
                    Measurements.seeded(2 * seed + 1).busy(BUSY).times(1.2).results());
            assertThat(comparison.passes()).isFalse();
            assertThat(comparison.allocatesMore()).isFalse();
        }
    }

    @Test
    void shouldCatchSixteenBytesWhateverTheTimes() {
        Comparison comparison = Comparison.of(
                Measurements.seeded(1).busy(0.8).results(),
                Measurements.seeded(2).busy(0.8).bytes(16).results());
        assertThat(comparison.rows()).allMatch(row -> row.verdict() == Verdict.SLOWER);
        assertThat(comparison.allocatesMore()).isTrue();
    }

    @Test
    void shouldSeeWhatHasBecomeFaster() {
        Comparison comparison = Comparison.of(
                Measurements.seeded(1).results(),
                Measurements.seeded(2).times(0.8).results());
        assertThat(comparison.rows()).allMatch(row -> row.verdict() == Verdict.FASTER);
    }

    @Test
    void shouldNotTellWhereFewForksWereUndisturbed() {
        Comparison comparison = Comparison.of(
                Measurements.seeded(1).busy(0.8).results(),
                Measurements.seeded(2).busy(0.8).times(1.05).results());
        assertThat(comparison.rows()).allMatch(row -> row.verdict() == Verdict.UNCERTAIN);
        assertThat(comparison.passes()).isTrue();
        assertThat(comparison.isCertain()).isFalse();
    }

    @Test
    void shouldNotMindAMachineThatIsHalfAsFast() {
        Comparison comparison = Comparison.of(
                Measurements.seeded(1).results(),
                Measurements.seeded(2).machine(2).results());
        assertThat(comparison.rows()).allMatch(row -> row.verdict() == Verdict.SAME);
    }

    @Test
    void shouldGoByTheRestWhereAnIterationWasDisturbed() {
        Comparison comparison = Comparison.of(
                Measurements.seeded(1).results(),
                Measurements.seeded(2).disturbed().results());
        assertThat(comparison.rows()).allMatch(row -> row.verdict() == Verdict.SAME);
    }

    @Test
    void shouldNameWhatOnlyOneOfThemHas() {
        Comparison comparison = Comparison.of(
                Measurements.seeded(1).also("Old").results(),
                Measurements.seeded(2).also("New").results());
        assertThat(comparison.onlyInBase()).containsExactly("Old.run");
        assertThat(comparison.onlyInNew()).containsExactly("New.run");
    }

    @Test
    void shouldRefuseMeasurementsWithoutCalibration() {
        Results without = Measurements.seeded(1).withoutCalibration().results();
        assertThatThrownBy(() -> Comparison.of(without, without))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("no calibration");
    }

    @Test
    void shouldRefuseMeasurementsWithNothingInCommon() {
        assertThatThrownBy(() -> Comparison.of(
                        Measurements.seeded(1).only("Old").results(),
                        Measurements.seeded(1).only("New").results()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("no case in common");
    }

    @Test
    void shouldNotCallIdenticalCodeSlowerWhereOneCalibrationWasDisturbed() {
        Comparison comparison = Comparison.of(
                Measurements.seeded(1).forks(8).disturbedCalibration(1.18).results(),
                Measurements.seeded(2).forks(8).results());
        assertThat(comparison.rows()).allSatisfy(row -> {
            assertThat(row.verdict()).isIn(Verdict.UNCERTAIN, Verdict.SAME);
            assertThat(row.time().high() - row.time().low()).isGreaterThan(0.1);
        });
    }

    @Test
    void shouldTellNothingOfTheTimeWhereThereAreFewForks() {
        Comparison comparison = Comparison.of(
                Measurements.seeded(1).results(),
                Measurements.seeded(2).times(1.5).forks(4).results());
        assertThat(comparison.rows()).allSatisfy(row -> {
            assertThat(row.verdict()).isEqualTo(Verdict.UNCERTAIN);
            assertThat(row.forks()).isEqualTo(4);
        });
        assertThat(ComparisonReport.summary(comparison))
                .isEqualTo(
                        "Not certain: 2 of 2 cases cannot be told, nothing is certainly slower; it takes 5 forks of each");
    }

    @Test
    void shouldTellOfTheAllocationAlsoWhereThereIsOneFork() {
        Comparison comparison = Comparison.of(
                Measurements.seeded(1).forks(1).results(),
                Measurements.seeded(2).forks(1).bytes(16).results());
        assertThat(comparison.rows()).allMatch(row -> row.verdict() == Verdict.SLOWER);
        assertThat(ComparisonReport.summary(comparison)).contains("allocates 16.0 B more");
    }

    @Test
    void shouldNotTakeTheHarnessesShareForMoreAllocation() {
        Results base = Measurements.seeded(1).bytes(4_284).results();
        Results harness = Measurements.seeded(2).bytes(4_294).results();
        assertThat(Comparison.of(base, harness).rows()).allMatch(row -> row.verdict() == Verdict.SAME);
        Results more = Measurements.seeded(2).bytes(4_332).results();
        assertThat(Comparison.of(base, more).rows()).allMatch(row -> row.verdict() == Verdict.SLOWER);
    }

    @Test
    void shouldRefuseMeasurementsWithUnlikeSettings() {
        Results base = Measurements.seeded(1).results();
        Results quick = Measurements.seeded(1).iterations(15).results();
        assertThatThrownBy(() -> Comparison.of(base, quick))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("unlike settings")
                .hasMessageContaining("100 x")
                .hasMessageContaining("15 x");
    }

    @Test
    void shouldTakeTheHarnessesBytesForNone() {
        Results results = Measurements.seeded(1).bytes(0.0007).results();
        assertThat(results.cases().values()).allMatch(measured -> measured.bytes() == 0);
    }

    @Test
    void shouldSayTheAnswerInOneLine() {
        Comparison same = Comparison.of(
                Measurements.seeded(1).results(), Measurements.seeded(2).results());
        assertThat(ComparisonReport.summary(same)).matches("Not slower: 2 cases, largest change [+-]\\d\\.\\d %");
        Comparison slower = Comparison.of(
                Measurements.seeded(1).results(),
                Measurements.seeded(2).times(1.2).results());
        assertThat(ComparisonReport.summary(slower)).matches("Slower: 2 of 2 cases, worst .* \\+\\d\\d\\.\\d % \\(.*");
    }
}
