package io.cobrowse.sticky.proxy.cli;

import io.cobrowse.sticky.proxy.config.ConfigException;
import java.io.PrintWriter;
import java.nio.charset.Charset;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.Spec;

/**
 * The command line of the proxy. Exit codes: 0 for success, 1 for failure, 2 for wrong usage or a bad configuration.
 */
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
        CommandLineLog.install();
        System.exit(isPlainRun(args) ? run(Path.of(args[2])) : commandLine().execute(args));
    }

    /**
     * Returns whether this is the command that service managers call. It runs without picocli, which takes a third of
     * the start time.
     */
    static boolean isPlainRun(String[] args) {
        return args.length == 3
                && args[0].equals("run")
                && args[1].equals("--config")
                && !args[2].isEmpty()
                && "-@".indexOf(args[2].charAt(0)) < 0;
    }

    /** Does the same as {@link RunCommand} with picocli. */
    private static int run(Path file) {
        PrintWriter err = new PrintWriter(System.err, true, Charset.defaultCharset());
        try {
            RunCommand.run(file, new PrintWriter(System.out, true, Charset.defaultCharset()), new CountDownLatch(1));
            return ExitCode.OK;
        } catch (ConfigException | CommandFailedException told) {
            return report(told, "cobrowse-proxy run", err);
        } catch (InterruptedException | RuntimeException bug) {
            bug.printStackTrace(err);
            return ExitCode.SOFTWARE;
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
        if (e instanceof ConfigException || e instanceof CommandFailedException) {
            return report(e, command.getCommandSpec().qualifiedName(), command.getErr());
        }
        throw e;
    }

    /** Prints why a command failed; returns the exit code. */
    private static int report(Exception told, String command, PrintWriter err) {
        if (told instanceof ConfigException bad) {
            bad.errors().forEach(err::println);
            return ExitCode.USAGE;
        }
        err.println(command + ": " + told.getMessage());
        return ExitCode.SOFTWARE;
    }
}
