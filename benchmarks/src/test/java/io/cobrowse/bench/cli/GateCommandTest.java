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
        assertThat(out.toString()).contains("| Short.run | same |", "Not slower.");
        assertThat(directory.resolve("comparison.md")).hasContent(out.toString());
        assertThat(Files.readString(directory.resolve("comparison.html"))).contains("Short.run: same");
    }

    @Test
    void shouldEndWithOneWhenSomethingIsSlower() throws IOException {
        assertThat(compare(Measurements.seeded(2).times(1.2).write(directory.resolve("new.json"))))
                .isEqualTo(1);
        assertThat(out.toString()).contains("| Short.run | slower |", "Slower.");
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
}
