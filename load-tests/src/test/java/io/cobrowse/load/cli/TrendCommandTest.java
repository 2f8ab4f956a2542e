package io.cobrowse.load.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.cobrowse.measuring.report.JUnitXml;
import io.cobrowse.measuring.report.Mark;
import io.cobrowse.measuring.report.Trend;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class TrendCommandTest {
    private static final int RUNS = 20;

    private static JUnitXml.Check check(double afterwards) {
        List<Double> values = IntStream.range(0, RUNS)
                .mapToObj(run -> (run < RUNS / 2 ? 100 : afterwards) + run % 2)
                .toList();
        List<String> runs =
                IntStream.range(0, RUNS).mapToObj(run -> "commit-" + run).toList();
        return TrendCommand.check(new Trend("p99 of chat", values), runs);
    }

    @Test
    void shouldTellOfTheLastChangeForGood() {
        JUnitXml.Check check = check(150);
        assertThat(check.mark()).isEqualTo(Mark.TOLD);
        assertThat(check.detail()).startsWith("+49.").endsWith(" % with run 11, commit-10");
    }

    @Test
    void shouldSayThatNothingChanged() {
        assertThat(check(100)).isEqualTo(new JUnitXml.Check("p99 of chat", Mark.GOOD, "no change for good"));
    }
}
