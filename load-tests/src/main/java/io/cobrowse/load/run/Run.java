package io.cobrowse.load.run;

import io.cobrowse.load.cluster.Jars;
import io.cobrowse.load.cluster.LocalCluster;
import io.cobrowse.load.journey.LoadRun;
import io.cobrowse.load.journey.LoadSimulation;
import io.cobrowse.load.journey.LoadSpec;
import io.cobrowse.load.record.Latencies;
import io.cobrowse.load.settings.Fault;
import io.cobrowse.load.settings.Json;
import io.cobrowse.measuring.Environment;
import io.cobrowse.measuring.Interruption;
import io.cobrowse.measuring.ProcessFigures;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Runs one plan, from starting the processes to writing the files. Confined to one thread. */
public final class Run {
    /** Latencies by step and node. */
    public static final String LATENCIES = "latency.hlog";
    /** The file of everything else, a {@link RunResult}. */
    public static final String RESULT = "result.json";

    private final RunPlan plan;
    private final PrintWriter out;
    private final Interruption interruption;

    /** @param interruption stops the run before its end */
    public Run(RunPlan plan, PrintWriter out, Interruption interruption) {
        this.interruption = interruption;
        this.plan = plan;
        this.out = out;
    }

    /**
     * Runs the plan, and writes {@code result.json} and {@code latency.hlog}. An interrupted run writes what it has.
     *
     * @throws UnreachableException if the target does not answer; nothing was started then
     * @throws IOException if a process does not start, or a file cannot be written
     */
    public RunResult run() throws IOException, InterruptedException {
        URI target = plan.target();
        if (target != null) {
            Reach.check(target, plan.settings().journey().paths().page());
            return against(target, null);
        }
        say("Starting %d nodes and the proxy ...", plan.layout().nodes());
        try (LocalCluster cluster = LocalCluster.start(
                plan.layout(), Jars.fromLauncher(), plan.output().resolve("processes"))) {
            return against(cluster.target(), cluster);
        }
    }

    /** Runs against a running system. The cluster is null if it is on another machine. */
    public RunResult against(URI target, @Nullable LocalCluster cluster) throws IOException, InterruptedException {
        Files.createDirectories(plan.output());
        Environment environment = Environment.here(plan.command());
        awaitStart();
        LoadSpec spec = new LoadSpec(
                target,
                plan.profile(),
                plan.settings().complexity(plan.complexity()),
                plan.settings(),
                plan.injector(),
                plan.injectors());
        Path log = plan.output().resolve(LATENCIES);
        UsageLog usages = new UsageLog();
        if (cluster != null) {
            cluster.processes().forEach(process -> usages.watch(process.name(), process.figures()));
            usages.watch("injector", ProcessFigures.ofThisProcess());
        }
        List<String> problems = new ArrayList<>();
        RunResult result;
        boolean interrupted = false;
        try (LoadRun load = new LoadRun(spec, log, interruption::isStopping)) {
            Observer observer = new Observer(plan, load, usages, cluster, out);
            Thread thread = new Thread(observer, "observer");
            thread.start();
            try {
                if (!LoadSimulation.run(load, plan.output().resolve("gatling"), plan.gatlingReport())) {
                    problems.add("Gatling did not reach its end; see its messages above");
                }
            } catch (Exception failure) {
                if (!interruption.happened()) {
                    throw failure;
                }
            } finally {
                interrupted = interruption.happened();
                thread.interrupt();
                thread.join();
            }
            // Processes that were stopped on purpose are not a problem.
            problems.addAll(interrupted ? List.of() : observer.problems());
            result = new RunResult(
                    plan.injector(),
                    plan.injectors(),
                    interrupted,
                    plan.profileName(),
                    plan.profile(),
                    plan.complexity(),
                    plan.settings().journey().websocket(),
                    describe(target, cluster),
                    List.of(environment),
                    load.result(),
                    List.copyOf(problems),
                    usages.usages(),
                    observer.active());
            Json.mapper().writeValue(plan.output().resolve(RESULT).toFile(), result);
        }
        return result;
    }

    /** Reads the latencies that the run has written. */
    public Latencies latencies(RunResult result) throws IOException {
        return Latencies.read(List.of(plan.output().resolve(LATENCIES)), result.load());
    }

    private String describe(URI target, @Nullable LocalCluster cluster) {
        if (cluster == null) {
            return target.toString();
        }
        int nodes = cluster.nodes();
        return nodes + (nodes == 1 ? " node" : " nodes") + " and a proxy as processes of this machine";
    }

    private void awaitStart() throws InterruptedException {
        Instant at = plan.startAt();
        if (at != null) {
            Duration left = Duration.between(Instant.now(), at);
            if (left.isNegative()) {
                throw new IllegalArgumentException("--start-at " + at + " is over");
            }
            say("Waiting until %s, %d s ...", at, left.toSeconds());
            Thread.sleep(left.toMillis());
        }
    }

    private void say(String format, Object... values) {
        out.printf(format + "%n", values);
        out.flush();
    }

    /** Returns whether this injector makes the fault of a plan; one injector makes it for all. */
    static boolean makesFault(RunPlan plan) {
        return plan.profile().fault() != Fault.NONE && plan.injector() == 1;
    }
}
