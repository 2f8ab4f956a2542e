package io.cobrowse.load.cli;

import io.cobrowse.load.capacity.Capacity;
import io.cobrowse.load.capacity.Sizing;
import io.cobrowse.load.settings.Json;
import io.cobrowse.measuring.Version;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

@Command(
        name = "size",
        description = "Says how many nodes and proxies a number of sessions needs, from a result of capacity.",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class)
final class SizeCommand implements Callable<Integer> {
    @Option(names = "--sessions", required = true, paramLabel = "N", description = "Sessions at a time, at the peak.")
    private int sessions;

    @Option(
            names = "--from",
            paramLabel = "FILE",
            description =
                    "The capacity.json of a run of capacity. Default: the published figures of the reference node")
    private @Nullable Path from;

    @Option(names = "--node-cores", paramLabel = "N", description = "Cores of each node. Default: ${DEFAULT-VALUE}")
    private int nodeCores = 4;

    @Option(names = "--proxy-cores", paramLabel = "N", description = "Cores of each proxy. Default: ${DEFAULT-VALUE}")
    private int proxyCores = 4;

    @Spec
    @SuppressWarnings("NullAway.Init") // Set by picocli.
    private CommandSpec spec;

    @Override
    public Integer call() throws IOException {
        Capacity capacity = from == null ? Capacity.ofReferenceNode() : Json.read(from, Capacity.class);
        Sizing sizing = Sizing.of(capacity, sessions, nodeCores, proxyCores);
        PrintWriter out = spec.commandLine().getOut();
        out.printf(
                "%d nodes (at worst %d) of %d cores and %d proxies (at worst %d) of %d cores.%n",
                sizing.nodes(),
                sizing.nodesAtWorst(),
                nodeCores,
                sizing.proxies(),
                sizing.proxiesAtWorst(),
                proxyCores);
        sizing.explanation().forEach(line -> out.println("- " + line));
        capacity.assumptions().forEach(line -> out.println("- " + line));
        out.flush();
        return 0;
    }
}
