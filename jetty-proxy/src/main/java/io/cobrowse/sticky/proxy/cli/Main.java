package io.cobrowse.sticky.proxy.cli;

import io.cobrowse.sticky.proxy.config.ConfigException;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.Spec;

/** The command line of the proxy. Exit codes: 0 done, 1 failed, 2 wrong usage or a bad configuration. */
@Command(
        name = "cobrowse-proxy",
        description = "Sticky reverse proxy for Genesys Co-browse clusters.",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        synopsisSubcommandLabel = "COMMAND",
        subcommands = {
            RunCommand.class,
            CheckCommand.class,
            NodesCommand.class,
            ExplainCommand.class,
            TopCommand.class,
            PrepareCommand.class
        })
public final class Main implements Runnable {
    @Spec
    @SuppressWarnings("NullAway.Init") // Set by picocli.
    private CommandSpec spec;

    private Main() {}

    /** Runs the command and exits. */
    public static void main(String[] args) {
        logBy("io/cobrowse/sticky/proxy/cli/logback.xml");
        System.exit(commandLine().execute(args));
    }

    /** The log of the command line; who embeds the proxy logs as he likes, and so may who sets the property. */
    private static void logBy(String configuration) {
        String property = "logback.configurationFile";
        if (System.getProperty(property) == null) {
            System.setProperty(property, configuration);
        }
    }

    static CommandLine commandLine() {
        return new CommandLine(new Main())
                .addSubcommand("demo", LauncherCommand.describedAs("Runs reference nodes and a proxy in one go."))
                .addSubcommand("node", LauncherCommand.describedAs("Runs one reference node."))
                .setParameterExceptionHandler(Main::reportWrongUsage)
                .setExecutionExceptionHandler(Main::reportFailure);
    }

    @Override
    public void run() {
        throw new ParameterException(
                spec.commandLine(),
                "a command is missing, one of "
                        + String.join(", ", spec.subcommands().keySet()));
    }

    private static int reportWrongUsage(ParameterException e, String[] args) {
        String name = e.getCommandLine().getCommandSpec().qualifiedName();
        String message = String.valueOf(e.getMessage()).replaceAll("\\s*\\R\\s*", " ");
        e.getCommandLine().getErr().println(name + ": " + message + " (see " + name + " --help)");
        return ExitCode.USAGE;
    }

    private static int reportFailure(Exception e, CommandLine command, ParseResult arguments) throws Exception {
        if (e instanceof ConfigException bad) {
            bad.errors().forEach(command.getErr()::println);
            return ExitCode.USAGE;
        }
        if (e instanceof CommandFailedException) {
            command.getErr().println(command.getCommandSpec().qualifiedName() + ": " + e.getMessage());
            return ExitCode.SOFTWARE;
        }
        throw e;
    }
}
