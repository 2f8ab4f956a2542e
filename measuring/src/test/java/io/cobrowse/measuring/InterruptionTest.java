package io.cobrowse.measuring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class InterruptionTest {
    @TempDir
    private Path directory;

    @Test
    void shouldStopTheMeasuringThreadAndLetItWriteBeforeTheJvmEnds() throws Exception {
        Path file = directory.resolve("report");
        Thread stopping;
        try (Interruption interruption = Interruption.watch()) {
            assertThat(interruption.happened()).isFalse();
            stopping = new Thread(interruption::stop);
            stopping.start();
            assertThatThrownBy(() -> new CountDownLatch(1).await()).isInstanceOf(InterruptedException.class);
            assertThat(interruption.happened()).isTrue();
            Files.writeString(file, "what there is"); // Would fail in an interrupted thread.
            assertThat(stopping.isAlive()).isTrue();
        }
        stopping.join();
        assertThat(file).hasContent("what there is");
    }
}
