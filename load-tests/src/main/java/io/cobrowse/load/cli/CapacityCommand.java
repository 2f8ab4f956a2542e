package io.cobrowse.load.cli;

import io.cobrowse.load.capacity.Capacity;
import io.cobrowse.load.capacity.CapacityReport;
import io.cobrowse.load.capacity.CapacityRun;
import io.cobrowse.load.capacity.TrialLog;
import io.cobrowse.load.cluster.Layout;
import io.cobrowse.load.run.RunPlan;
import io.cobrowse.load.settings.Json;
import io.cobrowse.load.settings.Settings;
import io.cobrowse.measuring.Interruption;
import io.cobrowse.measuring.Version;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
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
    static final String RESULT = "capacity.json";

    @Option(
            names = "--slo-p99",
            required = true,
            paramLabel = "MILLIS",
            description = "99 %% of all changes and pointer events reach the other end within this time.")
    private double sloP99Millis;

    @Option(names = "--complexity", paramLabel = "NAME", description = "average or high. Default: ${DEFAULT-VALUE}")
    private String complexity = "average";

    @Option(
            names = "--websocket",
            paramLabel = "yes|no",
            description = "All pairs over WebSocket, or all over long-polling. Default: the share in the settings.")
    private @Nullable String websocket;

    @Option(
            names = "--target",
            paramLabel = "URL",
            description = "A proxy, measured as a whole. Without it a node and a proxy of this machine.")
    private @Nullable URI target;

    @Option(names = "--resume", description = "Continue with the trials that an interrupted run has left in --output.")
    private boolean resume;

    @Mixin
    private final PortOptions ports = new PortOptions();

    @Option(names = "--settings", paramLabel = "FILE", description = "YAML that overrides single defaults.")
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
        if (!(sloP99Millis > 0)) {
            throw new IllegalArgumentException("--slo-p99 " + sloP99Millis + ": allowed is more than 0");
        }
        RunPlan plan = new RunPlan(
                target,
                Layout.of(1, ports.ports()),
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
        String conditions = String.format(
                Locale.ROOT,
                "%s, %s complexity, %.2f over WebSocket, p99 %.0f ms",
                target == null ? "a node and a proxy of this machine" : target,
                complexity,
                all.journey().websocket(),
                sloP99Millis);
        all.complexity(complexity);
        TrialLog log = resume ? TrialLog.resume(output, conditions) : TrialLog.begin(output, conditions);
        try (Interruption interruption = Interruption.watch()) {
            return report(new CapacityRun(plan, sloP99Millis, log, out, interruption).run(), out);
        }
    }

    private int report(Capacity capacity, PrintWriter out) throws IOException {
        Json.mapper().writeValue(output.resolve(RESULT).toFile(), capacity);
        Path report = output.resolve("capacity.html");
        CapacityReport.write(report, capacity);
        out.println();
        if (capacity.components().isEmpty()) {
            out.println(capacity.answer());
        } else if (capacity.interrupted()) {
            out.println("Interrupted. Results so far, which --resume continues:");
        }
        capacity.components().forEach(component -> out.println(component.sentence()));
        out.printf(
                Locale.ROOT,
                "%.1f minutes. Report: %s%n",
                capacity.minutes(),
                report.toAbsolutePath().normalize());
        out.flush();
        return !capacity.interrupted() && capacity.components().stream().allMatch(component -> component.capacity() > 0)
                ? 0
                : 1;
    }

    private static double share(String text) {
        return switch (text) {
            case "yes" -> 1;
            case "no" -> 0;
            default -> throw new IllegalArgumentException("--websocket " + text + ": allowed is yes or no");
        };
    }
}
