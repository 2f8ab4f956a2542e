package io.cobrowse.load.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.cobrowse.load.cluster.Jars;
import io.cobrowse.load.cluster.Layout;
import io.cobrowse.load.cluster.LocalCluster;
import io.cobrowse.load.settings.Json;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The command line with reference nodes and the proxy, all of them processes. */
class SmokeIT {
    private static final int INJECTORS = 3;
    /** The time in which the injectors' JVMs start on a busy machine. */
    private static final long START_SECONDS = 45;

    @TempDir
    private Path directory;

    @Test
    void shouldRunAllJourneysWithoutAViolation() throws Exception {
        Path output = directory.resolve("smoke");

        int code = Main.execute("run", "--profile", "smoke", "--output", output.toString());

        assertThat(code).isZero();
        JsonNode load =
                Json.mapper().readTree(output.resolve("result.json").toFile()).path("load");
        assertThat(load.path("violations")).isEmpty();
        assertThat(load.path("sessions").asInt()).isGreaterThan(20);
        assertThat(load.path("completed")).isEqualTo(load.path("sessions"));
        assertThat(output.resolve("latency.hlog")).isNotEmptyFile();
        assertThat(output.resolve("report.html")).content().contains("Load test: smoke", "change-shown");
        try (var files = Files.walk(output.resolve("gatling"))) {
            assertThat(files).anyMatch(file -> file.endsWith("index.html"));
        }
    }

    @Test
    void shouldMergeWhatThreeInjectorProcessesMeasured() throws Exception {
        List<String> merge = new ArrayList<>(
                List.of("merge", "--output", directory.resolve("merged").toString()));
        List<Process> injectors = new ArrayList<>();
        try (LocalCluster cluster =
                LocalCluster.start(Layout.of(2), Jars.fromLauncher(), directory.resolve("processes"))) {
            String startAt = Instant.now()
                    .plusSeconds(START_SECONDS)
                    .truncatedTo(ChronoUnit.SECONDS)
                    .toString();
            for (int i = 1; i <= INJECTORS; i++) {
                Path output = directory.resolve("injector-" + i);
                merge.add(output.toString());
                injectors.add(injector(i, cluster, startAt, output));
            }
            for (int i = 1; i <= INJECTORS; i++) {
                assertThat(injectors.get(i - 1).waitFor())
                        .as(Files.readString(log(i)))
                        .isZero();
            }
        } finally {
            injectors.forEach(Process::destroyForcibly);
        }

        assertThat(Main.execute(merge.toArray(String[]::new))).isZero();

        JsonNode merged = load("merged");
        assertThat(merged.path("injectors").asInt()).isEqualTo(INJECTORS);
        for (String figure : List.of("messages", "sessions", "answers")) {
            long sum = 0;
            for (int i = 1; i <= INJECTORS; i++) {
                sum += load("injector-" + i).path(figure).asLong();
            }
            assertThat(merged.path(figure).asLong()).as(figure).isEqualTo(sum).isPositive();
        }
        assertThat(directory.resolve("merged").resolve("report.html")).content().contains("injectors");
    }

    private JsonNode load(String name) throws Exception {
        return Json.mapper()
                .readTree(directory.resolve(name).resolve("result.json").toFile())
                .path("load");
    }

    private Path log(int injector) {
        return directory.resolve("injector-" + injector + ".log");
    }

    private Process injector(int number, LocalCluster cluster, String startAt, Path output) throws Exception {
        return new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "--add-opens=java.base/java.lang=ALL-UNNAMED",
                        "-Xmx256m",
                        "-cp",
                        System.getProperty("java.class.path"),
                        Main.class.getName(),
                        "run",
                        "--profile",
                        "smoke",
                        "--no-gatling-report",
                        "--target",
                        cluster.target().toString(),
                        "--injector",
                        number + "/" + INJECTORS,
                        "--start-at",
                        startAt,
                        "--output",
                        output.toString())
                .redirectErrorStream(true)
                .redirectOutput(log(number).toFile())
                .start();
    }
}
