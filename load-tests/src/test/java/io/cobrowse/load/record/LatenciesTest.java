package io.cobrowse.load.record;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.PrintStream;
import java.nio.file.Path;
import java.util.List;
import org.HdrHistogram.Histogram;
import org.HdrHistogram.HistogramLogWriter;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LatenciesTest {
    @TempDir
    private Path directory;

    private Path log(String name, String node, long firstMicros, int count) throws Exception {
        Path file = directory.resolve(name);
        try (LatencyLog log = new LatencyLog(file)) {
            for (int i = 0; i < count; i++) {
                log.record(Step.CHANGE_SHOWN, node, (firstMicros + i) * 1_000);
            }
        }
        return file;
    }

    @Test
    void shouldGiveExactPercentilesOfSeveralInjectorsTogether() throws Exception {
        List<Path> logs = List.of(log("a.hlog", "node-1", 1_000, 990), log("b.hlog", "node-2", 500_000, 10));
        long now = System.currentTimeMillis();

        Latencies latencies = Latencies.read(logs, now - 60_000, now + 60_000);

        var all = latencies.steps().get(Step.CHANGE_SHOWN);
        assertThat(all.getTotalCount()).isEqualTo(1000);
        assertThat(all.getValueAtPercentile(99) / 1e6).isCloseTo(1.989, within(0.01));
        assertThat(all.getValueAtPercentile(99.5) / 1e6).isCloseTo(500, within(1.0));
        assertThat(latencies.nodes().get(Step.CHANGE_SHOWN)).containsOnlyKeys("node-1", "node-2");
    }

    @Test
    void shouldTellTheTimeOfTheIntervalsThatItCounts() throws Exception {
        Path file = directory.resolve("intervals.hlog");
        long now = System.currentTimeMillis();
        Histogram interval = new Histogram(3);
        interval.recordValue(1);
        interval.setTag("change-shown@node-1");
        try (PrintStream stream = new PrintStream(file.toFile(), UTF_8)) {
            HistogramLogWriter writer = new HistogramLogWriter(stream);
            for (int second = 0; second < 10; second++) {
                interval.setStartTimeStamp(now + second * 1_000L);
                interval.setEndTimeStamp(now + second * 1_000L + 1_000);
                writer.outputIntervalHistogram(interval);
            }
        }

        // The window's ends cut two intervals: one has most of its time within, one has not.
        Latencies latencies = Latencies.read(List.of(file), now + 2_400, now + 7_400);

        assertThat(latencies.steps().get(Step.CHANGE_SHOWN).getTotalCount()).isEqualTo(5);
        assertThat(latencies.seconds()).isEqualTo(5);
    }

    @Test
    void shouldLeaveOutWhatWasNotInTheWindow() throws Exception {
        Path log = log("a.hlog", "node-1", 1_000, 100);
        long now = System.currentTimeMillis();

        Latencies latencies = Latencies.read(List.of(log), now + 60_000, now + 120_000);

        assertThat(latencies.steps()).isEmpty();
        assertThat(latencies.overTime().get(Step.CHANGE_SHOWN).firstKey()).isNegative();
    }
}
