package io.cobrowse.node.cli;

import io.cobrowse.node.CobrowseNode;
import java.io.IOException;
import java.net.URI;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Runs one node until it is stopped. */
@Command(
        name = "node",
        description = "Runs one reference node.",
        mixinStandardHelpOptions = true,
        versionProvider = Main.Version.class)
@SuppressWarnings("NullAway.Init") // The command line fills the fields.
final class NodeCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Option(names = "--name", required = true, description = "The node's name, which is its cookie value.")
    private String name;

    @Option(names = "--port", required = true, description = "The port to listen on; 0 takes a free one.")
    private int port;

    @Option(
            names = "--server-url",
            paramLabel = "URL",
            description = "The public URL for agents, such as http://lb?co-browse-node-id=1.")
    private @Nullable URI serverUrl;

    @Option(
            names = "--peers",
            paramLabel = "URL",
            split = ",",
            description = "The nodes that are asked who owns a session.")
    private List<URI> peers = List.of();

    @Override
    public Integer call() throws IOException, InterruptedException {
        CountDownLatch stop = new CountDownLatch(1);
        Signals.onTermination(stop::countDown);
        try (CobrowseNode node = build()) {
            node.start();
            spec.commandLine()
                    .getOut()
                    .printf("Node %s serves %s/cobrowse until Ctrl-C or SIGTERM.%n", node.name(), node.uri())
                    .flush();
            stop.await();
        }
        return 0;
    }

    private CobrowseNode build() {
        try {
            return CobrowseNode.builder()
                    .name(name)
                    .port(port)
                    .serverUrl(serverUrl)
                    .peers(peers)
                    .build();
        } catch (IllegalArgumentException wrong) {
            throw new ParameterException(spec.commandLine(), "--" + wrong.getMessage() + ".", wrong);
        }
    }
}
