package io.cobrowse.load.journey;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import io.cobrowse.load.settings.Fault;
import io.cobrowse.load.settings.Profile;
import io.cobrowse.load.settings.Settings;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

class LoadSimulationTest {
    private static final Duration SECOND = Duration.ofSeconds(1);

    @TempDir
    private Path directory;

    /** A capacity run makes many loads in one JVM. */
    @Test
    void shouldStillLogAfterALoad() throws Exception {
        Settings settings = Settings.defaults();
        LoadSpec nobody = new LoadSpec(
                URI.create("http://127.0.0.1:1"),
                new Profile(
                        1, SECOND.multipliedBy(2), SECOND, SECOND.multipliedBy(3), 0, 0, null, Fault.NONE, false, true),
                settings.complexity("average"),
                settings,
                1,
                1);
        try (LoadRun run = new LoadRun(nobody, directory.resolve("latency.hlog"), () -> false)) {
            assertThat(LoadSimulation.run(run, directory.resolve("gatling"), false))
                    .isTrue();
        }

        Logger root = (Logger) LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
        assertThat(root.getAppender("err")).isNotNull().matches(appender -> appender.isStarted());
    }
}
