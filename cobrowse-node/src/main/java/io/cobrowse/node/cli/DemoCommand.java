package io.cobrowse.node.cli;

import io.cobrowse.node.demo.Demo;
import io.cobrowse.node.demo.DemoOptions;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Runs the demo until it is stopped. */
@Command(
        name = "demo",
        description = "Runs reference nodes with the proxy in front of them, and shows what to try.",
        mixinStandardHelpOptions = true,
        showDefaultValues = true,
        versionProvider = Main.Version.class)
@SuppressWarnings("NullAway.Init") // The command line fills the fields.
final class DemoCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Option(names = "--nodes", defaultValue = "3", description = "How many nodes, 1 to 32.")
    private int nodes;

    @Option(names = "--port", defaultValue = "8080", description = "The proxy's port.")
    private int port;

    @Option(names = "--admin-port", defaultValue = "8081", description = "The port of the proxy's admin listener.")
    private int adminPort;

    @Option(names = "--node-port", defaultValue = "8701", description = "The first node's port; the others follow it.")
    private int nodePort;

    @Option(
            names = "--control-port",
            defaultValue = "0",
            description = "The port of the page that kills nodes, on loopback; 0 takes a free one.")
    private int controlPort;

    @Option(
            names = "--traffic",
            defaultValue = "0",
            paramLabel = "PAIRS",
            description =
                    "So many simulated pairs of a customer and an agent, 0 to 100, who share one session after the"
                            + " other.")
    private int traffic;

    @Option(
            names = "--proxy-jar",
            required = true,
            hidden = true,
            defaultValue = "${sys:cobrowse.proxy.jar}",
            description = "The proxy's runnable jar; the launcher gives it.")
    private Path proxyJar;

    @Override
    public Integer call() throws IOException, InterruptedException {
        Demo demo = new Demo(options(), spec.commandLine().getOut(), Ansi.AUTO);
        Signals.onTermination(demo::stop);
        demo.run();
        return 0;
    }

    private DemoOptions options() {
        try {
            return new DemoOptions(nodes, port, adminPort, nodePort, controlPort, traffic, proxyJar);
        } catch (IllegalArgumentException wrong) {
            throw new ParameterException(spec.commandLine(), wrong.getMessage(), wrong);
        }
    }
}
