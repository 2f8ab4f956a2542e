package io.cobrowse.load.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.sun.net.httpserver.HttpServer;
import io.cobrowse.load.settings.Json;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A process that is told to stop, as by Ctrl-C, while it puts load on a target. */
class InterruptedTest {
    /** What a JVM ends with after SIGTERM. */
    private static final int STOPPED = 143;

    private static final int PATIENCE_SECONDS = 60;

    @TempDir
    private Path directory;

    private final CountDownLatch loaded = new CountDownLatch(1);
    private HttpServer target;

    @BeforeEach
    void startTarget() throws Exception {
        target = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        target.createContext("/", exchange -> {
            if (exchange.getRequestHeaders().getFirst("User-Agent").equals("cobrowse-load")) {
                loaded.countDown();
            }
            exchange.sendResponseHeaders(404, -1);
            exchange.close();
        });
        target.start();
    }

    @AfterEach
    void stopTarget() {
        target.stop(0);
    }

    /** Runs the command until it has sent its first request, stops it, and returns what it printed. */
    private String stopped(String... arguments) throws Exception {
        Path log = directory.resolve("log");
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--add-opens=java.base/java.lang=ALL-UNNAMED",
                "-Xmx256m",
                "-cp",
                System.getProperty("java.class.path"),
                Main.class.getName()));
        command.addAll(List.of(arguments));
        command.addAll(List.of(
                "--target", "http://127.0.0.1:" + target.getAddress().getPort(), "--output", directory.toString()));
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
        try {
            assertThat(loaded.await(PATIENCE_SECONDS, TimeUnit.SECONDS))
                    .as(Files.readString(log))
                    .isTrue();
            process.destroy();
            assertThat(process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)).isTrue();
            assertThat(process.exitValue()).isEqualTo(STOPPED);
            return Files.readString(log);
        } finally {
            process.destroyForcibly();
        }
    }

    @Test
    void shouldReportACapacityRunOfWhichNoTrialWasFinished() throws Exception {
        String printed = stopped("capacity", "--slo-p99", "200");

        assertThat(printed)
                .contains("Interrupted: no trial was finished.", "Report: " + directory.resolve("capacity.html"))
                .doesNotContain("Exception", "\tat ");
        assertThat(directory.resolve("capacity.html")).content().contains("Interrupted: no trial was finished.");
        JsonNode result =
                Json.mapper().readTree(directory.resolve("capacity.json").toFile());
        assertThat(result.path("interrupted").asBoolean()).isTrue();
        assertThat(result.path("components").isEmpty()).isTrue();
    }

    @Test
    void shouldReportARunWithoutAStackTrace() throws Exception {
        String printed = stopped("run", "--profile", "smoke", "--no-gatling-report");

        assertThat(printed)
                .contains("interrupted; the figures are of the time until then")
                .doesNotContain("Exception", "\tat ");
        assertThat(directory.resolve("report.html")).content().contains("Interrupted: ");
    }
}
