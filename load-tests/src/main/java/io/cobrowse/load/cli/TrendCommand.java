package io.cobrowse.load.cli;

import io.cobrowse.load.record.Latencies;
import io.cobrowse.load.record.Step;
import io.cobrowse.load.run.Run;
import io.cobrowse.load.run.RunResult;
import io.cobrowse.load.settings.Json;
import io.cobrowse.measuring.Version;
import io.cobrowse.measuring.report.HtmlReport;
import io.cobrowse.measuring.report.JUnitXml;
import io.cobrowse.measuring.report.Mark;
import io.cobrowse.measuring.report.Trend;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.HdrHistogram.Histogram;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(
        name = "trend",
        description = "Draws the latencies of several runs, oldest first, and says where one changed for good.",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class)
final class TrendCommand implements Callable<Integer> {
    private static final double NANOS_A_MILLI = 1e6;

    @Parameters(arity = "2..*", paramLabel = "DIRECTORY", description = "The --output of each run.")
    private List<Path> directories = List.of();

    @Option(names = "--output", paramLabel = "DIRECTORY", description = "Default: ${DEFAULT-VALUE}")
    private Path output = Path.of("load-results", "trend");

    @Spec
    @SuppressWarnings("NullAway.Init") // Set by picocli.
    private CommandSpec spec;

    @Override
    public Integer call() throws IOException {
        List<String> runs = new ArrayList<>();
        Map<Step, List<Double>> p99s = new EnumMap<>(Step.class);
        for (Path directory : directories) {
            RunResult result = Json.read(directory.resolve(Run.RESULT), RunResult.class);
            runs.add(
                    result.environments().isEmpty()
                            ? directory.toString()
                            : result.environments().get(0).commit() + " of "
                                    + result.environments().get(0).time());
            Latencies latencies = CompareCommand.latencies(directory, result);
            for (Map.Entry<Step, Histogram> each : latencies.steps().entrySet()) {
                p99s.computeIfAbsent(each.getKey(), unused -> new ArrayList<>())
                        .add(each.getValue().getValueAtPercentile(99) / NANOS_A_MILLI);
            }
        }
        List<Trend> trends = p99s.entrySet().stream()
                .filter(each -> each.getValue().size() == directories.size())
                .map(each -> new Trend("p99 of " + each.getKey().key(), each.getValue()))
                .toList();
        HtmlReport.Content page = Trend.page("Load tests over time", runs, "ms", trends);
        Path report = Files.createDirectories(output).resolve("trend.html");
        HtmlReport.write(report, page);
        JUnitXml.write(
                output.resolve("junit.xml"),
                "load tests over time",
                trends.stream().map(each -> check(each, runs)).toList());
        spec.commandLine().getOut().println(page.answer() + ". Report: " + report);
        return 0;
    }

    /** Tells of the last change; to judge it is left to people. */
    static JUnitXml.Check check(Trend trend, List<String> runs) {
        List<Integer> changes = trend.changes();
        if (changes.isEmpty()) {
            return new JUnitXml.Check(trend.name(), Mark.GOOD, "no change for good");
        }
        int last = changes.get(changes.size() - 1);
        return new JUnitXml.Check(
                trend.name(), Mark.TOLD, trend.size(last) + " with run " + (last + 1) + ", " + runs.get(last));
    }
}
