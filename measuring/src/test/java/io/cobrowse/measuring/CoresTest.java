package io.cobrowse.measuring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CoresTest {
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    @TempDir
    private Path directory;

    @Test
    void shouldConfineOthersAlsoAfterThisJvmHasConfinedItself() throws Exception {
        assumeTrue(Cores.canConfine(), "Two processors and taskset are needed");
        long self = ProcessHandle.current().pid();
        String before = allowed(self);
        try {
            Cores.confineSelf("1");
            assertThat(Cores.canConfine()).isTrue();
            assertThat(allowed(self)).isEqualTo("1");
            try (ServerProcess process =
                    new ServerProcess("sleeper", Cores.confine("0", List.of("sleep", "600")), directory)) {
                // The command that confines becomes the other one.
                await().atMost(PATIENCE)
                        .untilAsserted(() -> assertThat(allowed(process.pid())).isEqualTo("0"));
            }
        } finally {
            Cores.confineSelf(before);
        }
    }

    private static String allowed(long pid) throws Exception {
        return Files.readAllLines(Path.of("/proc", Long.toString(pid), "status")).stream()
                .filter(line -> line.startsWith("Cpus_allowed_list:"))
                .map(line -> line.substring(line.indexOf(':') + 1).trim())
                .findFirst()
                .orElseThrow();
    }
}
