package io.cobrowse.load.journey;

import static org.assertj.core.api.Assertions.assertThat;

import io.cobrowse.load.record.Incident;
import io.cobrowse.load.settings.Settings;
import java.net.URI;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LoadRunTest {
    @TempDir
    private Path directory;

    /** Nodes and proxy are stopped at the same time as the injector. */
    @Test
    void shouldNotCountWhatItsOwnStopHasBroken() throws Exception {
        Settings settings = Settings.defaults();
        LoadSpec spec = new LoadSpec(
                URI.create("http://127.0.0.1:1"),
                settings.profile("smoke"),
                settings.complexity("average"),
                settings,
                1,
                1);
        AtomicBoolean stopping = new AtomicBoolean();
        try (LoadRun run = new LoadRun(spec, directory.resolve("latency.hlog"), stopping::get)) {
            run.incident(Incident.WRONG_NODE, "node-1", "before");
            stopping.set(true);
            run.incident(Incident.LOST_MESSAGE, "node-1", "after");

            assertThat(run.violationsSoFar()).containsOnlyKeys(Incident.WRONG_NODE);
            assertThat(run.losses()).isZero();
        }
    }
}
