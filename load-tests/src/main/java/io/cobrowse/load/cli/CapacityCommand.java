package io.cobrowse.load.cli;

import io.cobrowse.load.capacity.Capacity;
import io.cobrowse.load.capacity.CapacityReport;
import io.cobrowse.load.capacity.CapacityRun;
import io.cobrowse.load.capacity.Component;
import io.cobrowse.load.capacity.Estimate;
import io.cobrowse.load.cluster.Layout;
import io.cobrowse.load.run.RunPlan;
import io.cobrowse.load.settings.Json;
import io.cobrowse.load.settings.Settings;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

@Command(
        name = "capacity",
        description =
                "Searches for the greatest number of sessions that meets a service level, for a node and the proxy.",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class)
final class CapacityCommand implements Callable<Integer> {
    @Option(
            names = "--slo-p99",
            required = true,
            paramLabel = "MILLIS",
            description = "99 % of all changes and pointer events are at the other end within this time.")
    private double sloP99Millis;

    @Option(names = "--complexity", paramLabel = "NAME", description = "average or high. Default: ${DEFAULT-VALUE}")
    private String complexity = "average";

    @Option(
            names = "--websocket",
            paramLabel = "yes|no",
            description = "All pairs over WebSocket, or all over long-polling. Default: as the settings have it.")
    private @Nullable String websocket;

    @Option(
            names = "--target",
            paramLabel = "URL",
            description = "A proxy, measured as a whole. Without it a node and a proxy of this machine.")
    private @Nullable URI target;

    @Option(names = "--settings", paramLabel = "FILE", description = "YAML that takes the place of single defaults.")
    private @Nullable Path settings;

    @Option(names = "--output", paramLabel = "DIRECTORY", description = "Default: ${DEFAULT-VALUE}")
    private Path output = Path.of("load-results", "capacity");

    @Spec
    @SuppressWarnings("NullAway.Init") // Set by picocli.
    private CommandSpec spec;

    @Override
    public Integer call() throws IOException, InterruptedException {
        Settings all = settings == null ? Settings.defaults() : Settings.read(settings);
        if (websocket != null) {
            all = all.withJourney(all.journey().withWebsocket(share(websocket)));
        }
        String command = "bin/cobrowse-load "
                + String.join(" ", spec.root().commandLine().getParseResult().originalArgs());
        RunPlan plan = new RunPlan(
                target,
                Layout.of(1),
                "capacity",
                all.profile("steady"),
                complexity,
                all,
                1,
                1,
                null,
                null,
                null,
                Files.createDirectories(output),
                false,
                command);
        PrintWriter out = spec.commandLine().getOut();
        Capacity capacity = new CapacityRun(plan, sloP99Millis, out).run();
        Json.mapper().writeValue(output.resolve("capacity.json").toFile(), capacity);
        Path report = output.resolve("capacity.html");
        CapacityReport.write(report, capacity);
        for (Component component : capacity.components()) {
            print(component, out);
        }
        out.printf(
                Locale.ROOT,
                "%n%.1f minutes. Report: %s%n",
                capacity.minutes(),
                report.toAbsolutePath().normalize());
        out.flush();
        return capacity.components().stream().allMatch(component -> component.capacity() > 0) ? 0 : 1;
    }

    private static double share(String text) {
        return switch (text) {
            case "yes" -> 1;
            case "no" -> 0;
            default -> throw new IllegalArgumentException("--websocket " + text + " is neither yes nor no");
        };
    }

    private static void print(Component component, PrintWriter out) {
        Estimate perCore = component.sessionsPerCore();
        out.printf(
                Locale.ROOT,
                "%n%s: %s%,d sessions; busiest: %s at %.0f %%%s%n",
                component.name(),
                component.bounded() ? "" : "at least ",
                component.capacity(),
                component.bottleneck(),
                component.busy() * 100,
                perCore == null
                        ? ""
                        : String.format(
                                Locale.ROOT,
                                "; %,.0f sessions a core (%,.0f to %,.0f), %s",
                                perCore.value(),
                                perCore.low(),
                                perCore.high(),
                                component.measured() ? "measured at its limit" : "from its CPU time a session"));
    }
}
