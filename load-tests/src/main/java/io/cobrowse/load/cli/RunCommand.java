package io.cobrowse.load.cli;

import io.cobrowse.load.cluster.Layout;
import io.cobrowse.load.record.Latencies;
import io.cobrowse.load.run.Run;
import io.cobrowse.load.run.RunPlan;
import io.cobrowse.load.run.RunResult;
import io.cobrowse.load.run.UnreachableException;
import io.cobrowse.load.run.Verdict;
import io.cobrowse.load.settings.Durations;
import io.cobrowse.load.settings.Fault;
import io.cobrowse.load.settings.Profile;
import io.cobrowse.load.settings.Settings;
import io.cobrowse.measuring.Interruption;
import io.cobrowse.measuring.Version;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.URI;
import java.nio.file.Path;
import java.time.Instant;
import java.util.concurrent.Callable;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

@Command(
        name = "run",
        description = "Runs a profile; 0 when all checks passed, 1 when not.",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class)
final class RunCommand implements Callable<Integer> {
    private static final Pattern SHARE = Pattern.compile("(\\d{1,3})/(\\d{1,3})");

    @Option(
            names = "--profile",
            required = true,
            paramLabel = "NAME",
            description = "smoke, steady, peak, burst, failover, drain, soak, or one of your --settings.")
    private String profile = "smoke";

    @Option(
            names = "--target",
            paramLabel = "URL",
            description = "The proxy. Without it nodes and a proxy are started on this machine.")
    private @Nullable URI target;

    @Option(names = "--nodes", paramLabel = "N", description = "Nodes to start. Default: ${DEFAULT-VALUE}")
    private int nodes = 3;

    @Mixin
    private final PortOptions ports = new PortOptions();

    @Option(names = "--sessions", paramLabel = "N", description = "Pairs at a time, in all injectors together.")
    private @Nullable Integer sessions;

    @Option(names = "--duration", paramLabel = "TIME", description = "The time that is measured, such as 5m.")
    private @Nullable String duration;

    @Option(names = "--complexity", paramLabel = "NAME", description = "average or high. Default: ${DEFAULT-VALUE}")
    private String complexity = "average";

    @Option(names = "--websocket", paramLabel = "SHARE", description = "The share of pairs over WebSocket, 0 to 1.")
    private @Nullable Double websocket;

    @Option(names = "--settings", paramLabel = "FILE", description = "YAML that overrides single defaults.")
    private @Nullable Path settings;

    @Option(
            names = "--injector",
            paramLabel = "I/N",
            description = "The number of this injector among several, such as 2/5; see merge.")
    private String injector = "1/1";

    @Option(
            names = "--start-at",
            paramLabel = "TIME",
            description = "When all injectors begin, such as 2026-01-31T12:00:00Z.")
    private @Nullable Instant startAt;

    @Option(
            names = "--fault-command",
            paramLabel = "COMMAND",
            description = "With a target: the shell command that kills or drains the node.")
    private @Nullable String faultCommand;

    @Option(names = "--fault-node", paramLabel = "NAME", description = "With a target: that node's cookie value.")
    private @Nullable String faultNode;

    @Option(names = "--output", paramLabel = "DIRECTORY", description = "Default: load-results/PROFILE")
    private @Nullable Path output;

    @Option(names = "--no-gatling-report", description = "Skip Gatling's own report.")
    private boolean noGatlingReport;

    @Spec
    @SuppressWarnings("NullAway.Init") // Set by picocli.
    private CommandSpec spec;

    @Override
    public Integer call() throws IOException, InterruptedException {
        RunPlan plan = plan();
        PrintWriter out = spec.commandLine().getOut();
        try (Interruption interruption = Interruption.watch()) {
            Run run = new Run(plan, out, interruption);
            RunResult result;
            try {
                result = run.run();
            } catch (UnreachableException nobody) {
                return Outcome.tellNotBegun("Failed before it began: " + nobody.getMessage(), plan, out);
            } catch (IOException | InterruptedException failure) {
                if (!interruption.happened()) {
                    throw failure;
                }
                return Outcome.tellNotBegun("Interrupted before it began", plan, out);
            }
            Latencies latencies = run.latencies(result);
            Verdict verdict = Verdict.of(result, latencies, plan.settings());
            return Outcome.tell(result, latencies, verdict, plan.output(), out);
        }
    }

    private RunPlan plan() throws IOException {
        Settings all = settings == null ? Settings.defaults() : Settings.read(settings);
        if (websocket != null) {
            all = all.withJourney(all.journey().withWebsocket(websocket));
        }
        Profile chosen = all.profile(profile).with(sessions, duration == null ? null : Durations.parse(duration));
        all.complexity(complexity);
        Matcher share = SHARE.matcher(injector);
        if (!share.matches()
                || Integer.parseInt(share.group(1)) < 1
                || Integer.parseInt(share.group(1)) > Integer.parseInt(share.group(2))) {
            throw new IllegalArgumentException(
                    "--injector " + injector + ": allowed is one of several, such as 2/5, from 1/5 to 5/5");
        }
        if (target != null && chosen.fault() != Fault.NONE && (faultCommand == null || faultNode == null)) {
            throw new IllegalArgumentException("--profile " + profile + " with --target needs --fault-command and"
                    + " --fault-node: how the node is to be " + (chosen.fault() == Fault.KILL ? "killed" : "drained")
                    + ", and which one");
        }
        String command = "bin/cobrowse-load "
                + String.join(" ", spec.root().commandLine().getParseResult().originalArgs());
        return new RunPlan(
                target,
                Layout.of(nodes, ports.ports()),
                profile,
                chosen,
                complexity,
                all,
                Integer.parseInt(share.group(1)),
                Integer.parseInt(share.group(2)),
                startAt,
                faultCommand,
                faultNode,
                output == null ? Path.of("load-results", profile) : output,
                !noGatlingReport,
                command);
    }
}
