package io.cobrowse.bench.cli;

import java.nio.file.Path;
import picocli.CommandLine.Option;

/** The directory for results. */
final class OutputOption {
    @Option(
            names = "--output",
            paramLabel = "DIRECTORY",
            description = "Where the results are written. Default: ${DEFAULT-VALUE}")
    private Path directory = Path.of(System.getProperty("cobrowse.home", "."), "benchmarks", "target", "results");

    Path directory() {
        return directory;
    }
}
