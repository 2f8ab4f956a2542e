package io.cobrowse.sticky.proxy.cli;

import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;
import picocli.CommandLine.Unmatched;

/**
 * Stands for a command that needs the reference node. The proxy does not depend on that node, so the launcher runs the
 * command.
 */
@Command(mixinStandardHelpOptions = true, versionProvider = Version.class)
final class LauncherCommand implements Callable<Integer> {
    @Spec
    @SuppressWarnings("NullAway.Init") // Set by picocli.
    private CommandSpec spec;

    /** Accepts all arguments of the real command. */
    @Unmatched
    @SuppressWarnings({"NullAway.Init", "UnusedVariable"}) // Set by picocli.
    private List<String> arguments;

    private LauncherCommand() {}

    static CommandLine describedAs(String description) {
        CommandLine commandLine = new CommandLine(new LauncherCommand());
        commandLine.getCommandSpec().usageMessage().description(description, "Run by bin/cobrowse-proxy.");
        return commandLine;
    }

    @Override
    public Integer call() {
        String name = spec.qualifiedName();
        spec.commandLine().getErr().println(name + ": not in this jar; run bin/" + name);
        return ExitCode.USAGE;
    }
}
