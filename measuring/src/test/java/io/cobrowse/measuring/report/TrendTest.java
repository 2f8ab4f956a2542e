package io.cobrowse.measuring.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class TrendTest {
    private static final List<String> RUNS =
            IntStream.rangeClosed(1, 20).mapToObj(run -> "commit " + run).toList();

    private static String answer(Trend... trends) {
        return Trend.page("Title", RUNS, "ms", List.of(trends)).answer();
    }

    @Test
    void shouldSayThatNothingWasMeasuredInAllRuns() {
        assertThat(answer()).isEqualTo("20 runs: nothing was measured in all of them, so there is nothing to compare");
    }

    @Test
    void shouldTellOfOneChangeInTheSingular() {
        List<Double> values = Stream.concat(
                        Collections.nCopies(10, 1.0).stream(), Collections.nCopies(10, 2.0).stream())
                .toList();

        assertThat(answer(new Trend("p99", values)))
                .isEqualTo("20 runs: 1 change for good: p99 +100.0 % with run 11, commit 11");
    }
}
