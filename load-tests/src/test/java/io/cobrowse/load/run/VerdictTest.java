package io.cobrowse.load.run;

import static org.assertj.core.api.Assertions.assertThat;

import io.cobrowse.load.record.Latencies;
import io.cobrowse.load.settings.Settings;
import io.cobrowse.measuring.report.Mark;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.HdrHistogram.Histogram;
import org.junit.jupiter.api.Test;

class VerdictTest {
    private static final Settings SETTINGS = Settings.defaults();

    private static Verdict.Check check(RunResult result, String name) {
        Latencies none = new Latencies(0, 1, 1_000);
        return Verdict.of(result, none, SETTINGS).checks().stream()
                .filter(check -> check.name().equals(name))
                .findFirst()
                .orElseThrow();
    }

    @Test
    void shouldHaveMissedTheRateWhereNothingCameToTheOtherEnd() {
        Verdict.Check rate = check(RunResultTest.of(1, 1, 0), "target rate");

        assertThat(rate.mark()).isEqualTo(Mark.BAD);
        assertThat(rate.examples()).containsExactly("Nothing came to the other end");
    }

    @Test
    void shouldHaveHeldTheRateWhereAllCameInTime() {
        assertThat(check(RunResultTest.of(1, 1, 100), "target rate").mark()).isEqualTo(Mark.GOOD);
    }

    @Test
    void shouldNotThinkWellOfWhatIsOnlyTold() {
        RunResult steady = RunResultTest.of(1, 1, 100);
        RunResult untimed = new RunResult(
                1,
                1,
                false,
                "smoke",
                SETTINGS.profile("smoke"),
                steady.complexity(),
                steady.websocket(),
                steady.target(),
                List.of(),
                steady.load(),
                List.of(),
                List.of(),
                List.of());

        Verdict.Check rate = check(untimed, "target rate");

        assertThat(rate.passed()).isTrue();
        assertThat(rate.mark()).isEqualTo(Mark.TOLD);
    }

    private static Verdict.Check chats(int count, long millis) {
        Histogram histogram = new Histogram(3);
        histogram.recordValueWithCount(TimeUnit.MILLISECONDS.toNanos(millis), count);
        return Verdict.serviceLevel("chat", histogram, Duration.ofMillis(500));
    }

    @Test
    void shouldNotJudgeAPercentileOfTooFew() {
        Verdict.Check few = chats(10, 600);
        assertThat(few.mark()).isEqualTo(Mark.TOLD);
        assertThat(few.detail()).startsWith("too few to tell: 10 times, the longest 600.");
        assertThat(chats(100, 600).mark()).isEqualTo(Mark.BAD);
        assertThat(chats(10, 400).mark()).isEqualTo(Mark.GOOD);
    }
}
