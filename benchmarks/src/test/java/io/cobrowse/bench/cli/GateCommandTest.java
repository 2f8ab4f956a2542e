package io.cobrowse.bench.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.cobrowse.bench.gate.Measurements;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class GateCommandTest {
    @TempDir
    private Path directory;

    private final StringWriter out = new StringWriter();
    private final StringWriter errors = new StringWriter();
    private Path base;

    @BeforeEach
    void measureBase() throws IOException {
        base = Measurements.seeded(1).write(directory.resolve("base.json"));
    }

    private int call(String... arguments) {
        CommandLine command = Main.commandLine();
        command.setOut(new PrintWriter(out, true));
        command.setErr(new PrintWriter(errors, true));
        return command.execute(arguments);
    }

    private int compare(Path fresh) {
        return call("compare", base.toString(), fresh.toString(), "--output", directory.toString());
    }

    @Test
    void shouldEndWithZeroAndAReportWhenNothingIsSlower() throws IOException {
        assertThat(compare(Measurements.seeded(2).write(directory.resolve("new.json"))))
                .isZero();
        assertThat(out.toString()).startsWith("Not slower: 2 cases").contains("| Short.run | same |");
        assertThat(directory.resolve("comparison.md")).hasContent(out.toString());
        assertThat(Files.readString(directory.resolve("comparison.html"))).contains("Short.run: same");
    }

    @Test
    void shouldEndWithOneWhenSomethingIsSlower() throws IOException {
        assertThat(compare(Measurements.seeded(2).times(1.2).write(directory.resolve("new.json"))))
                .isEqualTo(1);
        assertThat(out.toString()).contains("| Short.run | slower |", "Slower: 2 of 2 cases");
    }

    @Test
    void shouldEndWithOneWhenSomethingAllocatesMore() throws IOException {
        assertThat(compare(Measurements.seeded(2).bytes(16).write(directory.resolve("new.json"))))
                .isEqualTo(1);
    }

    @Test
    void shouldEndWithTwoWhenAFileIsMissing() {
        assertThat(compare(directory.resolve("missing.json"))).isEqualTo(2);
        assertThat(errors.toString()).contains("missing.json").doesNotContain("\tat ");
    }

    @Test
    void shouldEndWithTwoWhenAFileIsNotOfJmh() throws IOException {
        assertThat(compare(Files.writeString(directory.resolve("other.json"), "{}")))
                .isEqualTo(2);
        assertThat(errors.toString()).contains("other.json", "JMH");
    }

    @Test
    void shouldEndWithTwoWhenTheBaselineIsMissing() {
        Path missing = directory.resolve("baseline.json");
        assertThat(call("gate", "--baseline", missing.toString())).isEqualTo(2);
        assertThat(errors.toString()).contains("There is no baseline", missing.toString());
        assertThat(missing).doesNotExist();
    }

    @Test
    void shouldEndWithTwoWhenThereIsNoJarToCompareWith() {
        assertThat(call("gate", "--base", directory.toString())).isEqualTo(2);
        assertThat(errors.toString()).contains("There is no").contains("runnable.jar");
    }

    @Test
    void shouldEndWithTwoWithoutACommand() {
        assertThat(call()).isEqualTo(2);
        assertThat(errors.toString()).contains("A command is missing");
    }

    @Test
    void shouldNameBothCommitsBesideTheResults() throws IOException {
        Files.writeString(directory.resolve("base-environment.json"), "{\"commit\":\"0ld0ld0ld\"}");
        Files.writeString(directory.resolve("new-environment.json"), "{\"commit\":\"n3wn3wn3w\"}");
        assertThat(compare(Measurements.seeded(2).write(directory.resolve("new.json"))))
                .isZero();
        assertThat(directory.resolve("comparison.html")).content().contains("0ld0ld0ld", "n3wn3wn3w");
        assertThat(directory.resolve("comparison.md")).content().contains("Base: 0ld0ld0ld", "New: n3wn3wn3w");
    }

    @Test
    void shouldEndWithTwoWhenTheSettingsAreUnlike() throws IOException {
        assertThat(compare(Measurements.seeded(2).iterations(15).write(directory.resolve("new.json"))))
                .isEqualTo(2);
        assertThat(errors.toString()).contains("unlike settings");
    }

    @Test
    void shouldEndWithTwoWhenAJarHasNoBenchmarks() throws IOException {
        Path jar = directory.resolve("empty.jar");
        try (var out = new java.util.jar.JarOutputStream(Files.newOutputStream(jar))) {
            out.putNextEntry(new java.util.zip.ZipEntry("nothing"));
        }
        assertThat(call("gate", "--base", jar.toString(), "--new", jar.toString()))
                .isEqualTo(2);
        assertThat(errors.toString()).contains("empty.jar is no JMH jar").doesNotContain("Exception");
    }

    @Test
    void shouldEndWithTwoWhenTheProxysJarIsMissing() {
        assertThat(call("peers", "--jar", "old=" + directory.resolve("none.jar")))
                .isEqualTo(2);
        assertThat(errors.toString()).contains("--jar", "none.jar");
    }

    @Test
    void shouldNameTheLineWhereAResultIsNoJson() throws IOException {
        assertThat(compare(Files.writeString(directory.resolve("torn.json"), "[\n{\"benchmark\":")))
                .isEqualTo(2);
        assertThat(errors.toString()).contains("torn.json", "line 2").doesNotContain("REDACTED", "com.fasterxml");
    }
}
