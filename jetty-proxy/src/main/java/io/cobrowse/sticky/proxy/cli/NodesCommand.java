package io.cobrowse.sticky.proxy.cli;

import java.net.URI;
import java.nio.file.Path;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(
        name = "nodes",
        description = "Lists the nodes of a running proxy, or sets the state of one.",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class)
final class NodesCommand implements Callable<Integer> {
    private static final Pattern ID = Pattern.compile("[A-Za-z0-9._-]{1,64}");

    private enum Action {
        LIST,
        READY,
        DRAIN,
        MAINT;

        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    @Parameters(
            index = "0",
            arity = "0..1",
            defaultValue = "list",
            paramLabel = "ACTION",
            description = {
                "list (the default);",
                "ready ID: serve all;",
                "drain ID: keep running sessions, get no new ones;",
                "maint ID: serve nothing."
            })
    private Action action = Action.LIST;

    @Parameters(index = "1", arity = "0..1", paramLabel = "ID", description = "The node.")
    private @Nullable String id;

    @Option(
            names = "--admin",
            paramLabel = "URL",
            defaultValue = "http://127.0.0.1:8081",
            description = "The admin interface of the proxy (default: ${DEFAULT-VALUE}).")
    @SuppressWarnings("NullAway.Init") // Set by picocli.
    private URI admin;

    @Option(names = "--token-file", paramLabel = "FILE", description = "A file that holds the admin token.")
    private @Nullable Path tokenFile;

    @Spec
    @SuppressWarnings("NullAway.Init") // Set by picocli.
    private CommandSpec spec;

    @Override
    public Integer call() throws CommandFailedException, InterruptedException {
        if (admin.getHost() == null || !String.valueOf(admin.getScheme()).matches("https?")) {
            throw wrongUsage("--admin is http://HOST:PORT, not '" + admin + "'");
        }
        AdminClient client = new AdminClient(admin, tokenFile);
        if (action == Action.LIST) {
            if (id != null) {
                throw wrongUsage("list takes no ID");
            }
            spec.commandLine().getOut().print(NodeListing.of(client.nodes()));
        } else {
            if (id == null || !ID.matcher(id).matches()) {
                throw wrongUsage(action + " takes the ID of a node: 1 to 64 letters, digits, '.', '_' or '-'");
            }
            client.setState(id, action.toString());
            spec.commandLine().getOut().println("node " + id + ": " + action);
        }
        spec.commandLine().getOut().flush();
        return ExitCode.OK;
    }

    private ParameterException wrongUsage(String message) {
        return new ParameterException(spec.commandLine(), message);
    }
}
