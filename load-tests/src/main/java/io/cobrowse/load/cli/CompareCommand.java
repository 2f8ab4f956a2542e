package io.cobrowse.load.cli;

import io.cobrowse.load.capacity.Capacity;
import io.cobrowse.load.capacity.CapacityComparison;
import io.cobrowse.load.record.Latencies;
import io.cobrowse.load.run.Run;
import io.cobrowse.load.run.RunComparison;
import io.cobrowse.load.run.RunResult;
import io.cobrowse.load.settings.Json;
import io.cobrowse.measuring.Version;
import io.cobrowse.measuring.report.HtmlReport;
import io.cobrowse.measuring.report.JUnitXml;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(
        name = "compare",
        description =
                "Compares two runs of the same load, or two capacity runs: 0 when nothing is slower or carries less, 1"
                        + " when something is, 2 when they cannot be compared.",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class)
final class CompareCommand implements Callable<Integer> {
    @Parameters(index = "0", paramLabel = "BASE", description = "The --output of the run before, or its capacity.json.")
    private Path base = Path.of("");

    @Parameters(index = "1", paramLabel = "NEW", description = "The --output of the run after, or its capacity.json.")
    private Path fresh = Path.of("");

    @Option(names = "--output", paramLabel = "DIRECTORY", description = "Default: ${DEFAULT-VALUE}")
    private Path output = Path.of("load-results", "compare");

    @Spec
    @SuppressWarnings("NullAway.Init") // Set by picocli.
    private CommandSpec spec;

    @Override
    public Integer call() throws IOException {
        return isCapacity(base) ? compareCapacities() : compareRuns();
    }

    private static boolean isCapacity(Path path) {
        return Files.isRegularFile(path) || Files.isRegularFile(path.resolve(CapacityCommand.RESULT));
    }

    private static Path capacity(Path path) {
        return Files.isRegularFile(path) ? path : path.resolve(CapacityCommand.RESULT);
    }

    private int compareCapacities() throws IOException {
        CapacityComparison comparison = CapacityComparison.of(
                Json.read(capacity(base), Capacity.class), Json.read(capacity(fresh), Capacity.class));
        tell(comparison.checks());
        return comparison.passes() ? 0 : 1;
    }

    private int compareRuns() throws IOException {
        RunResult before = Json.read(base.resolve(Run.RESULT), RunResult.class);
        RunResult after = Json.read(fresh.resolve(Run.RESULT), RunResult.class);
        RunComparison comparison = RunComparison.of(before, latencies(base, before), after, latencies(fresh, after));
        Path report = Files.createDirectories(output).resolve("compare.html");
        HtmlReport.write(report, comparison.page(before, after));
        tell(comparison.checks());
        spec.commandLine().getOut().println(comparison.summary() + ". Report: " + report);
        return comparison.passes() ? 0 : 1;
    }

    static Latencies latencies(Path directory, RunResult result) throws IOException {
        Path log = directory.resolve(Run.LATENCIES);
        if (!Files.isRegularFile(log)) {
            throw new IllegalArgumentException("There is no file " + log);
        }
        return Latencies.read(List.of(log), result.load());
    }

    private void tell(List<JUnitXml.Check> checks) throws IOException {
        JUnitXml.write(Files.createDirectories(output).resolve("junit.xml"), "load comparison", checks);
        PrintWriter out = spec.commandLine().getOut();
        checks.forEach(check -> out.printf("%-24s %s%n", check.name(), check.detail()));
        out.flush();
    }
}
