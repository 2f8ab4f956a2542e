package io.cobrowse.node.cli;

import java.io.PrintWriter;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.ParameterException;

/**
 * The command line: {@code node} and {@code demo}. Exit codes: 0 for a requested stop, 1 for a failure such as a port
 * in use, 2 for a usage error; 1 and 2 come with a line on standard error that gives the reason.
 */
@Command(
        name = "cobrowse-proxy",
        description = "Reference Co-browse nodes, for trying things out.",
        mixinStandardHelpOptions = true,
        versionProvider = Main.Version.class,
        subcommands = {NodeCommand.class, DemoCommand.class})
public final class Main {
    private Main() {}

    public static void main(String[] args) {
        System.setProperty("logback.configurationFile", "io/cobrowse/node/cli/logback.xml");
        System.exit(commandLine().execute(args));
    }

    static CommandLine commandLine() {
        return new CommandLine(new Main())
                .setParameterExceptionHandler(Main::explain)
                .setExecutionExceptionHandler(Main::explain);
    }

    private static int explain(ParameterException wrong, String[] args) {
        CommandLine command = wrong.getCommandLine();
        String message = String.valueOf(wrong.getMessage());
        fail(command, message + (message.endsWith(".") ? "" : ".") + " See --help.");
        return CommandLine.ExitCode.USAGE;
    }

    private static int explain(Exception failure, CommandLine command, CommandLine.ParseResult parsed) {
        fail(command, failure.getMessage() == null ? failure.toString() : failure.getMessage());
        return CommandLine.ExitCode.SOFTWARE;
    }

    private static void fail(CommandLine command, String message) {
        PrintWriter err = command.getErr();
        err.println(command.getCommandSpec().qualifiedName() + ": " + message);
        err.flush();
    }

    /** The version from the jar's manifest. */
    static final class Version implements IVersionProvider {
        @Override
        public String[] getVersion() {
            String version = Main.class.getPackage().getImplementationVersion();
            return new String[] {"cobrowse-node " + (version == null ? "(not packaged)" : version)};
        }
    }
}
