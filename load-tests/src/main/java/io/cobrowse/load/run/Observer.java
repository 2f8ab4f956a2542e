package io.cobrowse.load.run;

import com.fasterxml.jackson.databind.JsonNode;
import io.cobrowse.load.cluster.LocalCluster;
import io.cobrowse.load.journey.LoadRun;
import io.cobrowse.load.settings.Fault;
import io.cobrowse.load.settings.Json;
import io.cobrowse.measuring.Cause;
import io.cobrowse.measuring.ServerProcess;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;

/**
 * Observes a load while it runs: writes its latencies, samples the processes, reports progress, and makes the fault
 * when it is due. Runs until it is interrupted.
 */
final class Observer implements Runnable {
    private static final long PERIOD_MILLIS = 1_000;
    private static final int PERIODS_A_LINE = 5;
    private static final int LIVE_SAMPLES = 12;

    private final RunPlan plan;
    private final LoadRun load;
    private final UsageLog usages;
    private final @Nullable LocalCluster cluster;
    private final Progress progress;
    private final List<String> problems = new ArrayList<>();
    private final List<RunResult.Active> active = new ArrayList<>();
    private boolean faultMade;
    private int faultNumber;
    private int liveSamples;

    Observer(RunPlan plan, LoadRun load, UsageLog usages, @Nullable LocalCluster cluster, PrintWriter out) {
        this.plan = plan;
        this.load = load;
        this.usages = usages;
        this.cluster = cluster;
        this.progress = new Progress(out, load);
    }

    @Override
    public void run() {
        Histogram sinceLine = new Histogram(3);
        try {
            for (int period = 1; ; period++) {
                Thread.sleep(PERIOD_MILLIS);
                sinceLine.add(load.flush());
                usages.sample();
                progress.tellFirstViolation();
                active.add(new RunResult.Active(plan.injector(), System.currentTimeMillis(), load.openSessions()));
                fault();
                liveMemory();
                if (period % PERIODS_A_LINE == 0 && load.begun()) {
                    progress.print(sinceLine);
                    sinceLine.reset();
                }
            }
        } catch (InterruptedException over) {
            Thread.interrupted(); // The rest may block.
        }
        progress.print(sinceLine);
        lookAtTheEnd();
    }

    private long intoWindow() {
        return load.elapsedNanos() - load.windowStartNanos();
    }

    private void fault() throws InterruptedException {
        if (faultMade
                || !Run.makesFault(plan)
                || intoWindow() < plan.profile().hold().toNanos() / 3) {
            return;
        }
        faultMade = true;
        Fault fault = plan.profile().fault();
        try {
            if (cluster != null) {
                faultNumber = busiest(cluster);
                if (fault == Fault.DRAIN) {
                    cluster.drain(faultNumber); // Sessions requested from now on must not begin there.
                }
                load.fault(fault, "node-" + faultNumber, Integer.toString(faultNumber));
                if (fault == Fault.KILL) {
                    cluster.kill(faultNumber);
                }
            } else if (plan.faultCommand() != null && plan.faultNode() != null) {
                load.fault(fault, plan.faultNode(), plan.faultNode());
                Process process = new ProcessBuilder("sh", "-c", plan.faultCommand())
                        .inheritIO()
                        .start();
                if (process.waitFor() != 0) {
                    problems.add("The fault's command ended with " + process.exitValue());
                }
            } else {
                problems.add("No fault was made: with a --target it needs --fault-command and --fault-node");
            }
        } catch (IOException failure) {
            problems.add("The fault was not made: " + Cause.of(failure));
        }
    }

    private int busiest(LocalCluster local) {
        int busiest = 1;
        for (int i = 2; i <= local.nodes(); i++) {
            if (load.sessionsOn("node-" + i) > load.sessionsOn("node-" + busiest)) {
                busiest = i;
            }
        }
        return busiest;
    }

    private void liveMemory() {
        if (plan.profile().watchMemory()
                && liveSamples < LIVE_SAMPLES
                && intoWindow() >= plan.profile().hold().toNanos() / LIVE_SAMPLES * liveSamples
                && load.begun()
                && intoWindow() >= 0) {
            liveSamples++;
            usages.sampleLiveMemory();
        }
    }

    private void lookAtTheEnd() {
        if (cluster == null) {
            return;
        }
        boolean killed = plan.profile().fault() == Fault.KILL;
        for (ServerProcess process : cluster.processes()) {
            boolean onPurpose = killed && process.name().equals("node-" + faultNumber);
            if (!process.alive() && !onPurpose) {
                problems.add(process.name() + " has died");
            }
        }
        try {
            for (int i = 1; i <= cluster.nodes(); i++) {
                if (!killed || i != faultNumber) {
                    lookAtNode(cluster, i, plan.profile().fault() == Fault.DRAIN && i == faultNumber);
                }
            }
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private void lookAtNode(LocalCluster local, int number, boolean drained) throws InterruptedException {
        try {
            JsonNode stats = Json.mapper().readTree(local.stats(number));
            long foreign = stats.path("foreign").asLong();
            if (foreign > 0) {
                problems.add("node-" + number + " counted " + foreign + " requests of other nodes' sessions");
            }
            // A session that was requested twice stays, but nobody is in it.
            long left = stats.path("customers").asLong() + stats.path("agents").asLong();
            if (drained && left > 0) {
                problems.add("node-" + number + " still has " + left + " users after it was drained");
            }
        } catch (IOException unreadable) {
            problems.add("node-" + number + " does not tell what it counted: " + Cause.of(unreadable));
        }
    }

    /** Returns the number of sessions over time; to be called after the end. */
    List<RunResult.Active> active() {
        return List.copyOf(active);
    }

    /** Returns the problems outside the load; to be called after the end. */
    List<String> problems() {
        return List.copyOf(problems);
    }
}
