package io.cobrowse.load.cli;

import io.cobrowse.load.record.Latencies;
import io.cobrowse.load.run.Run;
import io.cobrowse.load.run.RunResult;
import io.cobrowse.load.run.Verdict;
import io.cobrowse.load.settings.Json;
import io.cobrowse.load.settings.Settings;
import io.cobrowse.measuring.Version;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(
        name = "merge",
        description =
                "Merges what several injectors have written into one report: 0 when all checks passed, 1 when not, 2 when"
                        + " an injector of the run is missing or there twice.",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class)
final class MergeCommand implements Callable<Integer> {
    @Parameters(arity = "1..*", paramLabel = "DIRECTORY", description = "The --output of each injector.")
    private List<Path> directories = List.of();

    @Option(names = "--output", paramLabel = "DIRECTORY", description = "Default: ${DEFAULT-VALUE}")
    private Path output = Path.of("load-results", "merged");

    @Option(
            names = "--settings",
            paramLabel = "FILE",
            description = "The settings of the runs, for the service levels.")
    private @Nullable Path settings;

    @Spec
    @SuppressWarnings("NullAway.Init") // Set by picocli.
    private CommandSpec spec;

    @Override
    public Integer call() throws IOException {
        List<RunResult> results = new ArrayList<>();
        List<Path> logs = new ArrayList<>();
        for (Path directory : directories) {
            results.add(Json.read(directory.resolve(Run.RESULT), RunResult.class));
            logs.add(directory.resolve(Run.LATENCIES));
        }
        RunResult merged = RunResult.merge(results);
        Json.mapper()
                .writeValue(Files.createDirectories(output).resolve(Run.RESULT).toFile(), merged);
        Latencies latencies = Latencies.read(logs, merged.load());
        Settings judged = settings == null ? Settings.defaults() : Settings.read(settings);
        Verdict verdict = Verdict.of(merged, latencies, judged);
        return Outcome.tell(
                merged, latencies, verdict, output, spec.commandLine().getOut());
    }
}
