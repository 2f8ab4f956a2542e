package io.cobrowse.bench.cli;

import io.cobrowse.bench.suite.SuiteRun;
import io.cobrowse.measuring.Environment;
import io.cobrowse.measuring.Version;
import java.io.IOException;
import java.util.concurrent.Callable;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
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
    @Option(names = "--quick", description = "One short fork of each, for a quick look; not for publication.")
    private boolean quick;

    @Option(
            names = "--forks",
            paramLabel = "N",
            description =
                    "How many forks of each case. Default: 3, with --quick 1; 'compare' takes 5 to tell times apart.")
    private @Nullable Integer forks;

    @Option(
            names = "--include",
            paramLabel = "REGEX",
            description =
                    "Which cases, by their titles, such as 'CookieScan.*TYPICAL'. All by default; the calibrations run"
                            + " always.")
    private Pattern include = Pattern.compile("");

    @Mixin
    private final OutputOption output = new OutputOption();

    @Spec
    @SuppressWarnings("NullAway.Init") // Set by picocli.
    private CommandSpec spec;

    @Override
    public Integer call() throws Exception {
        int count = forks != null ? forks : quick ? 1 : SuiteRun.FORKS;
        if (count < 1) {
            throw new IOException("--forks " + count + ": allowed is 1 or more");
        }
        boolean ended = new SuiteRun(include, quick, count, spec.commandLine().getErr())
                .run(
                        Environment.here(Main.commandLine(spec)),
                        output.directory(),
                        spec.commandLine().getOut());
        return ended ? 0 : 1;
    }
}
