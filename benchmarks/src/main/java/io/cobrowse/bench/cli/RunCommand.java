package io.cobrowse.bench.cli;

import io.cobrowse.bench.report.Environment;
import io.cobrowse.bench.suite.SuiteRun;
import java.util.concurrent.Callable;
import java.util.regex.Pattern;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

@Command(
        name = "run",
        description = "Runs the JMH benchmarks; writes results.json (JMH's), environment.json and results.html.",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class)
final class RunCommand implements Callable<Integer> {
    @Option(names = "--quick", description = "One short fork of each: a look, no figures to publish.")
    private boolean quick;

    @Option(
            names = "--include",
            paramLabel = "REGEX",
            description = "Which cases, by their titles, as 'CookieScan.*TYPICAL'. All by default; the calibrations run"
                    + " always.")
    private Pattern include = Pattern.compile("");

    @Mixin
    private final OutputOption output = new OutputOption();

    @Spec
    @SuppressWarnings("NullAway.Init") // Set by picocli.
    private CommandSpec spec;

    @Override
    public Integer call() throws Exception {
        new SuiteRun(include, quick, spec.commandLine().getErr())
                .run(
                        Environment.here(Main.commandLine(spec)),
                        output.directory(),
                        spec.commandLine().getOut());
        return 0;
    }
}
