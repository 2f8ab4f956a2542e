package io.cobrowse.sticky.proxy.observe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The questions that docs/observability.md answers with jq. */
class JqLinesTest {
    private static final String LOG = """
            {"time":"2026-01-01T10:00:00.000Z","client":"10.0.0.1","target":"/a","status":200,"node":"1","sticky":"kept","firstByteMs":1.000}
            {"time":"2026-01-01T10:00:01.000Z","client":"10.0.0.1","target":"/a","status":200,"node":"2","sticky":"moved","firstByteMs":9.000}
            {"time":"2026-01-01T10:59:01.000Z","client":"10.0.0.2","target":"/a","status":200,"node":"2","sticky":"moved","firstByteMs":7.000}
            {"time":"2026-01-01T11:00:02.000Z","client":"10.0.0.9","target":"/a","status":503,"node":"3","sticky":"node-down","firstByteMs":null}
            {"time":"2026-01-01T11:00:03.000Z","client":"10.0.0.3","target":"/cometd/connect","status":200,"node":"1","sticky":"kept","firstByteMs":29000.000}
            {"time":"2026-01-01T11:00:04.000Z","client":"10.0.0.3","target":null,"status":400,"node":null,"sticky":null,"firstByteMs":null}
            """;

    @TempDir
    Path directory;

    @Test
    void shouldAnswerTheThreeQuestions() throws Exception {
        assumeThat(run("command -v jq || true")).as("jq is installed").isNotEmpty();
        Files.writeString(directory.resolve("access.log"), LOG);
        List<String> lines = Files.readString(Path.of("..", "docs", "observability.md"))
                .lines()
                .filter(line -> line.startsWith("jq "))
                .toList();
        assertThat(lines).hasSize(3);
        assertThat(run(lines.get(0))).isEqualTo("2 2026-01-01T10");
        assertThat(run(lines.get(1))).isEqualTo("2 8");
        assertThat(run(lines.get(2))).isEqualTo("1 10.0.0.9");
    }

    private String run(String command) throws IOException, InterruptedException {
        Process process = new ProcessBuilder("sh", "-c", command)
                .directory(directory.toFile())
                .redirectErrorStream(true)
                .start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        return output.strip();
    }
}
