package io.cobrowse.load.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cobrowse.load.record.Latencies;
import io.cobrowse.load.record.Step;
import io.cobrowse.load.settings.Settings;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import org.HdrHistogram.Histogram;
import org.HdrHistogram.HistogramLogWriter;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RunComparisonTest {
    /** The window of {@link RunResultTest#of}. */
    private static final long START = 1_000;

    private static final long END = 101_000;
    private static final int SECONDS = 100;

    @TempDir
    private Path directory;

    private static RunResult result() {
        return RunResultTest.lasting(START, END);
    }

    /** Returns latencies around this many milliseconds, with one bad second in fifty. */
    private Latencies latencies(long seed, double millis, int eachSecond) throws Exception {
        Random random = new Random(seed);
        Path file = directory.resolve("latency-" + seed + "-" + millis + ".hlog");
        try (PrintStream stream = new PrintStream(Files.newOutputStream(file), false, StandardCharsets.UTF_8)) {
            HistogramLogWriter writer = new HistogramLogWriter(stream);
            writer.outputLogFormatVersion();
            writer.outputLegend();
            for (int second = 0; second < SECONDS; second++) {
                Histogram histogram = new Histogram(3);
                histogram.setStartTimeStamp(START + 1_000L * second);
                histogram.setEndTimeStamp(START + 1_000L * (second + 1));
                histogram.setTag(Step.CHANGE_SHOWN.key() + "@node-1");
                for (int i = 0; i < eachSecond; i++) {
                    double bad = second % 50 == 7 ? 20 : 1;
                    histogram.recordValue((long) (1e6 * millis * bad * (1 + 0.2 * random.nextDouble())));
                }
                writer.outputIntervalHistogram(histogram);
            }
        }
        return Latencies.read(List.of(file), START, END);
    }

    private RunComparison compare(double base, double fresh, int eachSecond) throws Exception {
        return RunComparison.of(result(), latencies(1, base, eachSecond), result(), latencies(2, fresh, eachSecond));
    }

    @Test
    void shouldNotCallTheSameSlower() throws Exception {
        RunComparison comparison = compare(10, 10, 200);
        assertThat(comparison.rows()).extracting(RunComparison.Row::change).containsExactly(RunComparison.Change.SAME);
        assertThat(comparison.summary()).isEqualTo("Not slower: 1 step");
        assertThat(comparison.passes()).isTrue();
    }

    @Test
    void shouldSeeAFifthMore() throws Exception {
        RunComparison comparison = compare(10, 12, 200);
        assertThat(comparison.passes()).isFalse();
        assertThat(comparison.summary()).startsWith("Slower: 1 of 1 step, such as change-shown +20 %");
    }

    @Test
    void shouldSeeAFifthLess() throws Exception {
        assertThat(compare(12, 10, 200).rows())
                .extracting(RunComparison.Row::change)
                .containsExactly(RunComparison.Change.FASTER);
    }

    @Test
    void shouldTellNothingOfFewMeasurements() throws Exception {
        RunComparison comparison = compare(10, 20, 5);
        assertThat(comparison.rows())
                .extracting(RunComparison.Row::change)
                .containsExactly(RunComparison.Change.UNCERTAIN);
        assertThat(comparison.checks().get(0).detail()).contains("too few");
    }

    @Test
    void shouldRefuseUnlikeLoads() throws Exception {
        RunResult base = result();
        RunResult other = new RunResult(
                1,
                1,
                false,
                "peak",
                Settings.defaults().profile("peak"),
                base.complexity(),
                base.websocket(),
                base.target(),
                List.of(),
                base.load(),
                List.of(),
                List.of(),
                List.of());
        Latencies latencies = latencies(1, 10, 200);
        assertThatThrownBy(() -> RunComparison.of(base, latencies, other, latencies))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("unlike loads");
    }
}
