package io.cobrowse.bench.cli;

import io.cobrowse.bench.gate.Build;
import io.cobrowse.bench.gate.Comparison;
import io.cobrowse.bench.gate.ComparisonReport;
import io.cobrowse.bench.suite.Results;
import io.cobrowse.measuring.Environment;
import io.cobrowse.measuring.Version;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(
        name = "compare",
        description = "Compares two results of 'run' or 'gate': 0 when nothing is slower, 1 when something is, 2 when a"
                + " file is missing, none of JMH's, or measured with other settings than the other.",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class)
final class CompareCommand implements Callable<Integer> {
    @Parameters(paramLabel = "BASE", description = "JMH's JSON of the code before.")
    @SuppressWarnings("NullAway.Init") // Set by picocli.
    private Path base;

    @Parameters(paramLabel = "NEW", description = "JMH's JSON of the code after.")
    @SuppressWarnings("NullAway.Init") // Set by picocli.
    private Path fresh;

    @Mixin
    private final OutputOption output = new OutputOption();

    @Spec
    @SuppressWarnings("NullAway.Init") // Set by picocli.
    private CommandSpec spec;

    @Override
    public Integer call() throws Exception {
        Comparison comparison = Comparison.of(Results.read(base), Results.read(fresh));
        Build before = Build.ofResults(base);
        Build after = Build.ofResults(fresh);
        ComparisonReport.write(
                comparison, before, after, Environment.here(Main.commandLine(spec)), false, null, output.directory());
        spec.commandLine().getOut().print(ComparisonReport.markdown(comparison, before, after));
        spec.commandLine().getOut().flush();
        return comparison.passes() ? 0 : 1;
    }
}
