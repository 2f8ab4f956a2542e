package io.cobrowse.sticky.proxy.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
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

    @Mixin
    @SuppressWarnings("NullAway.Init") // Set by picocli.
    private AdminOption admin;

    @Option(
            names = "--json",
            description =
                    "Prints the answer of the admin interface, as JSON. With --wait: the node when the wait is over; what is still open goes to standard error.")
    private boolean json;

    @Option(
            names = "--wait",
            description = "With drain: waits until the node is safe to stop, and prints what is still open.")
    private boolean wait;

    @Option(
            names = "--timeout",
            paramLabel = "TIME",
            description = "With --wait: how long, as 90s, 30m or 1h (default: 1h); exit 3 when it is over.")
    private @Nullable String timeout;

    @Spec
    @SuppressWarnings("NullAway.Init") // Set by picocli.
    private CommandSpec spec;

    @Override
    public Integer call() throws CommandFailedException, InterruptedException {
        if (wait && action != Action.DRAIN) {
            throw wrongUsage("--wait goes with drain");
        }
        Duration time = timeout();
        AdminClient client = admin.client();
        PrintWriter out = spec.commandLine().getOut();
        if (action == Action.LIST) {
            if (id != null) {
                throw wrongUsage("list takes no ID");
            }
            JsonNode nodes = client.nodes();
            out.print(json ? nodes.toPrettyString() + System.lineSeparator() : NodeListing.of(nodes));
            out.flush();
            return ExitCode.OK;
        }
        String node = id;
        if (node == null || !ID.matcher(node).matches()) {
            throw wrongUsage(action + " takes the ID of a node: 1 to 64 letters, digits, '.', '_' or '-'");
        }
        JsonNode changed = client.setState(node, action.toString());
        if (json && wait) {
            WaitForSafety waiting =
                    new WaitForSafety(client, node, time, spec.commandLine().getErr());
            int code = waiting.call();
            out.println(waiting.node().toPrettyString());
            return code;
        }
        out.println(json ? changed.toPrettyString() : "node " + node + ": " + action);
        out.flush();
        return wait ? new WaitForSafety(client, node, time, out).call() : ExitCode.OK;
    }

    private Duration timeout() {
        String text = timeout;
        if (text == null) {
            return Duration.ofHours(1);
        }
        if (!wait) {
            throw wrongUsage("--timeout goes with --wait");
        }
        Duration time = WaitForSafety.time(text);
        if (time == null) {
            throw wrongUsage("--timeout is a whole number with a unit (s, m, h), not '" + text + "'");
        }
        return time;
    }

    private ParameterException wrongUsage(String message) {
        return new ParameterException(spec.commandLine(), message);
    }
}
