package io.cobrowse.bench.cli;

import io.cobrowse.bench.peers.Peers;
import io.cobrowse.bench.peers.Settings;
import io.cobrowse.bench.peers.Workload;
import io.cobrowse.measuring.Version;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

@Command(
        name = "peers",
        description =
                "Measures the proxy, Jetty's two, Undertow's, HAProxy and nginx side by side, each as a process of its"
                        + " own.",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class)
final class PeersCommand implements Callable<Integer> {
    @Option(
            names = "--workloads",
            split = ",",
            paramLabel = "NAME",
            description = "Any of ${COMPLETION-CANDIDATES}; all by default.")
    private List<Workload> workloads = List.of(Workload.values());

    @Option(names = "--quick", description = "Fewer and shorter rounds, for a quick look; not for publication.")
    private boolean quick;

    @Option(names = "--rounds", paramLabel = "N", description = "How often each is measured, in turn with the others.")
    private @Nullable Integer rounds;

    @Option(
            names = "--jar",
            paramLabel = "[NAME=]FILE",
            description = "Runnable jar of the proxy; several are measured side by side. By default this build's.")
    private List<String> jars = List.of();

    @Option(
            names = "--java-options",
            paramLabel = "OPTIONS",
            description = "Options of the JVMs of all Java proxies. Default: ${DEFAULT-VALUE}")
    private String javaOptions = "-Xmx256m";

    @Mixin
    private final OutputOption output = new OutputOption();

    @Spec
    @SuppressWarnings("NullAway.Init") // Set by picocli.
    private CommandSpec spec;

    @Override
    public Integer call() throws Exception {
        List<String> measured = new ArrayList<>(jars);
        if (measured.isEmpty()) {
            measured.add(System.getProperty("cobrowse.proxy.jar", "cobrowse-proxy.jar"));
        }
        for (String jar : measured) {
            Path file = Path.of(jar.substring(jar.indexOf('=') + 1));
            if (!Files.isRegularFile(file)) {
                throw new IOException("--jar " + jar + ": there is no " + file
                        + "; build the module jetty-proxy, or name" + " another one");
            }
        }
        Settings settings = Settings.of(EnumSet.copyOf(workloads), quick);
        Integer wanted = rounds;
        if (wanted != null) {
            if (wanted < 1) {
                throw new IOException("--rounds " + wanted + ": allowed is 1 or more");
            }
            settings = settings.withRounds(wanted);
        }
        return Peers.measure(
                        settings,
                        measured,
                        List.of(javaOptions.trim().split("\\s+", -1)),
                        output.directory(),
                        Main.commandLine(spec),
                        spec.commandLine().getOut(),
                        spec.commandLine().getErr())
                ? 0
                : 1;
    }
}
