package io.cobrowse.bench.gate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Path;
import java.time.Duration;
import jdk.jfr.Recording;
import jdk.jfr.consumer.RecordingFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FlameGraphTest {
    private static final int SAMPLES = 20;
    private static final int LOOPS = 10_000_000;
    private static final Duration PATIENCE = Duration.ofMinutes(2);

    @TempDir
    private Path directory;

    private volatile boolean over;
    private volatile double sink;

    /** Records a thread with JMH's name, which is busy until there are samples of it. */
    private Path record(String name, Runnable work) throws Exception {
        Path file = directory.resolve(name);
        over = false;
        Thread worker = new Thread(
                () -> {
                    while (!over) {
                        work.run();
                    }
                },
                "some-jmh-worker-1");
        try (Recording recording = new Recording()) {
            recording.enable("jdk.ExecutionSample").withPeriod(Duration.ofMillis(10));
            recording.start();
            worker.start();
            await().atMost(PATIENCE).pollInterval(Duration.ofMillis(500)).until(() -> {
                recording.dump(file);
                return RecordingFile.readAllEvents(file).stream()
                                .filter(event -> event.getEventType().getName().equals("jdk.ExecutionSample"))
                                .count()
                        >= SAMPLES;
            });
        } finally {
            over = true;
            worker.join();
        }
        return file;
    }

    private void before() {
        for (int i = 0; i < LOOPS; i++) {
            sink += Math.sqrt(sink + 1);
        }
    }

    private void after() {
        for (int i = 0; i < LOOPS; i++) {
            sink += Math.sqrt(sink + 2);
        }
    }

    @Test
    void shouldShowWhatTakesTheTimeOfTheNewBuildAndNotOfTheOld() throws Exception {
        FlameGraph graph = new FlameGraph(record("base.jfr", this::before), record("new.jfr", this::after));

        assertThat(graph.known()).isTrue();
        assertThat(graph.html())
                .contains("FlameGraphTest.after: ")
                .containsPattern("FlameGraphTest.after: \\d+\\.\\d % of new, 0\\.0 % of base")
                .doesNotContain("FlameGraphTest.before");
    }
}
