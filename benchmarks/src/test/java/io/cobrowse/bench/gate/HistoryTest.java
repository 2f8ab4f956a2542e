package io.cobrowse.bench.gate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HistoryTest {
    @TempDir
    private Path directory;

    @Test
    void shouldSayWithWhichCommitACaseBecameSlowerForGood() throws Exception {
        Path file = directory.resolve("history.jsonl");
        for (int run = 0; run < 20; run++) {
            Measurements measured = Measurements.seeded(run).machine(run % 2 == 0 ? 1 : 1.5);
            History.append(file, "time", "commit-" + run, (run < 12 ? measured : measured.times(1.2)).results());
        }

        assertThat(History.page(file).answer())
                .startsWith("20 runs: 2 changes for good")
                .containsPattern("Short.run \\+(19|20|21)\\.\\d % with run 13, commit-12");
    }

    @Test
    void shouldSayThatNothingChanged() throws Exception {
        Path file = directory.resolve("history.jsonl");
        for (int run = 0; run < 10; run++) {
            History.append(
                    file, "time", "commit-" + run, Measurements.seeded(run).results());
        }

        assertThat(History.page(file).answer()).isEqualTo("10 runs: no change for good");
    }

    @Test
    void shouldNameTheLineThatIsTorn() throws Exception {
        Path file = directory.resolve("history.jsonl");
        History.append(file, "time", "commit", Measurements.seeded(1).results());
        Files.writeString(file, Files.readString(file) + "{\"time\":");

        assertThatThrownBy(() -> History.page(file))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("line 2");
    }
}
