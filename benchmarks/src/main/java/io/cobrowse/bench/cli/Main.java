package io.cobrowse.bench.cli;

import io.cobrowse.measuring.Cause;
import io.cobrowse.measuring.Version;
import java.io.IOException;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.Spec;

/** {@code bin/cobrowse-bench}: measures the scanners, the routing and the proxy. */
@Command(
        name = "cobrowse-bench",
        description =
                "Measures the sticky proxy: its parts, one build against another, and side by side with its peers.",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        subcommands = {
            RunCommand.class,
            CompareCommand.class,
            GateCommand.class,
            HistoryCommand.class,
            PeersCommand.class
        })
public final class Main implements Runnable {
    @Spec
    @SuppressWarnings("NullAway.Init") // Set by picocli.
    private CommandSpec spec;

    private Main() {}

    public static void main(String[] args) {
        System.exit(commandLine().execute(args));
    }

    static CommandLine commandLine() {
        return new CommandLine(new Main())
                .setCaseInsensitiveEnumValuesAllowed(true)
                .setExecutionExceptionHandler(Main::report);
    }

    /** Prints in one line what was missing or failed, and exits with 2, which does not mean "slower". */
    private static int report(Exception failure, CommandLine command, ParseResult ignored) throws Exception {
        if (!(failure instanceof IOException || failure instanceof IllegalArgumentException)) {
            throw failure;
        }
        command.getErr().println("cobrowse-bench: " + Cause.of(failure));
        return CommandLine.ExitCode.USAGE;
    }

    /** Returns the command line, for reports. */
    static String commandLine(CommandSpec spec) {
        return "bin/cobrowse-bench "
                + String.join(" ", spec.root().commandLine().getParseResult().originalArgs());
    }

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "A command is missing");
    }
}
