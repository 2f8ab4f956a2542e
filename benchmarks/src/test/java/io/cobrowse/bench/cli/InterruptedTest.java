package io.cobrowse.bench.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.File;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.jar.Attributes;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A process that is told to stop, as by Ctrl-C, while its first fork runs. */
class InterruptedTest {
    /** What a JVM ends with after SIGTERM. */
    private static final int STOPPED = 143;

    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final String CLASS_PATH = System.getProperty("java.class.path");

    @TempDir
    private Path directory;

    /** Runs the command until it has started a fork, stops it, and returns what it printed. */
    private String stopped(String... arguments) throws Exception {
        Path log = directory.resolve("log");
        List<String> command =
                new ArrayList<>(List.of(java().toString(), "-Xmx256m", "-cp", CLASS_PATH, Main.class.getName()));
        command.addAll(List.of(arguments));
        command.addAll(List.of("--output", directory.toString()));
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
        try {
            await().atMost(PATIENCE)
                    .failFast(() -> assertThat(process.isAlive())
                            .as(Files.readString(log))
                            .isTrue())
                    .until(() -> forks(process) > 0);
            process.destroy();
            assertThat(process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
            assertThat(process.exitValue()).isEqualTo(STOPPED);
            return Files.readString(log);
        } finally {
            process.descendants().forEach(ProcessHandle::destroyForcibly);
            process.destroyForcibly();
        }
    }

    private static Path java() {
        return Path.of(System.getProperty("java.home"), "bin", "java");
    }

    private static long forks(Process process) {
        return process.descendants()
                .filter(each -> each.info().command().orElse("").endsWith("java"))
                .count();
    }

    /** Returns a JMH uber-jar that has the benchmarks of this class path. */
    private Path jar() throws Exception {
        Path jar = directory.resolve("benchmarks.jar");
        Manifest manifest = new Manifest();
        manifest.getMainAttributes().put(Attributes.Name.MANIFEST_VERSION, "1.0");
        manifest.getMainAttributes()
                .put(
                        Attributes.Name.CLASS_PATH,
                        Stream.of(CLASS_PATH.split(File.pathSeparator))
                                .map(each -> Path.of(each).toUri().toString())
                                .collect(Collectors.joining(" ")));
        try (JarOutputStream out = new JarOutputStream(Files.newOutputStream(jar), manifest)) {
            for (String name : List.of("META-INF/BenchmarkList", "org/openjdk/jmh/runner/Runner.class")) {
                out.putNextEntry(new ZipEntry(name));
                try (InputStream in = Objects.requireNonNull(getClass().getResourceAsStream("/" + name))) {
                    in.transferTo(out);
                }
            }
        }
        return jar;
    }

    @Test
    void shouldReportARunOfWhichNoCaseWasFinished() throws Exception {
        assertThat(stopped("run", "--include", "Route"))
                .contains("Interrupted. So far: no case was finished")
                .doesNotContain("Exception", "\tat ");
        assertThat(directory.resolve("results.html")).content().contains("Interrupted. So far: no case was finished");
        assertThat(directory.resolve("results.json")).hasContent("[ ]");
    }

    @Test
    void shouldReportAGateOfWhichNoRoundWasFinished() throws Exception {
        String jar = jar().toString();
        assertThat(stopped("gate", "--base", jar, "--new", jar))
                .contains("Interrupted. So far: no round was finished")
                .doesNotContain("Exception", "\tat ");
        assertThat(directory.resolve("comparison.html"))
                .content()
                .contains("Interrupted. So far: no round was finished");
        assertThat(directory.resolve("comparison.json")).content().contains("\"interrupted\" : true");
    }
}
