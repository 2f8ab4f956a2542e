package io.cobrowse.load.capacity;

import io.cobrowse.load.cluster.LocalCluster;
import io.cobrowse.load.record.InjectorResult;
import io.cobrowse.load.record.Latencies;
import io.cobrowse.load.record.Step;
import io.cobrowse.load.run.Run;
import io.cobrowse.load.run.RunPlan;
import io.cobrowse.load.run.RunResult;
import io.cobrowse.load.run.Usage;
import io.cobrowse.load.settings.Fault;
import io.cobrowse.load.settings.Profile;
import io.cobrowse.measuring.Interruption;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.URI;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;

/**
 * Loads a running system with one trial after another in this JVM, so that everything stays warm. Confined to one
 * thread.
 */
final class ClusterLoad implements SystemUnderLoad {
    private static final Duration SESSION_LENGTH = Duration.ofSeconds(60);
    private static final int LEAST_FILL_SECONDS = 6;
    private static final int FILLED_PER_SECOND = 120;
    /** The time in which the last sessions to arrive have joined. */
    private static final long SETTLE_MILLIS = 5_000;

    private static final Duration MEASURED = Duration.ofSeconds(10);

    private final RunPlan plan;
    private final URI target;
    private final @Nullable LocalCluster cluster;
    private final double sloP99Millis;
    private final PrintWriter out;
    private final Interruption interruption;
    private int trials;

    /** @param plan its profile is replaced in each trial */
    ClusterLoad(
            RunPlan plan,
            URI target,
            @Nullable LocalCluster cluster,
            double sloP99Millis,
            PrintWriter out,
            Interruption interruption) {
        this.interruption = interruption;
        this.plan = plan;
        this.target = target;
        this.cluster = cluster;
        this.sloP99Millis = sloP99Millis;
        this.out = out;
    }

    @Override
    public Trial load(int sessions) throws IOException, InterruptedException {
        return load(sessions, MEASURED, false).trial();
    }

    /** Warms up everything under load, and returns the usage. Live memory is measured too, which distorts latencies. */
    List<Usage> warmUp(int sessions, Duration time) throws IOException, InterruptedException {
        return load(sessions, time, true).usages();
    }

    private record Loaded(Trial trial, List<Usage> usages) {}

    private Loaded load(int sessions, Duration time, boolean watchMemory) throws IOException, InterruptedException {
        int fill = Math.max(LEAST_FILL_SECONDS, sessions / FILLED_PER_SECOND);
        Profile profile = new Profile(
                sessions,
                SESSION_LENGTH,
                Duration.ofSeconds(fill),
                time.plusMillis(SETTLE_MILLIS),
                0,
                0,
                null,
                Fault.NONE,
                watchMemory,
                false);
        RunPlan trialPlan = new RunPlan(
                plan.target(),
                plan.layout(),
                "capacity",
                profile,
                plan.complexity(),
                plan.settings(),
                1,
                1,
                null,
                null,
                null,
                plan.output().resolve("trial-" + ++trials),
                false,
                plan.command());
        RunResult result =
                new Run(trialPlan, new PrintWriter(PrintWriter.nullWriter()), interruption).against(target, cluster);
        if (result.interrupted()) {
            throw new InterruptedException("The trial with " + sessions + " sessions was interrupted");
        }
        Trial trial = judge(sessions, trialPlan, result);
        out.printf(
                Locale.ROOT,
                "  %,5d sessions  p99 %8.1f ms  %,7.0f messages/s  %s  %s%n",
                sessions,
                trial.p99Millis(),
                trial.messagesPerSecond(),
                trial.cores(),
                trial.passed() ? "ok" : "not met" + why(result));
        out.flush();
        return new Loaded(trial, result.usages());
    }

    private static String why(RunResult result) {
        StringBuilder why = new StringBuilder();
        result.load()
                .violations()
                .forEach((kind, count) ->
                        why.append(", ").append(count.count()).append(' ').append(kind));
        return why.toString();
    }

    private Trial judge(int sessions, RunPlan trialPlan, RunResult result) throws IOException {
        InjectorResult load = result.load();
        long from = load.windowStart() + SETTLE_MILLIS;
        Latencies latencies =
                Latencies.read(List.of(trialPlan.output().resolve(Run.LATENCIES)), from, load.windowEnd());
        Histogram shown = new Histogram(3);
        for (Step step : List.of(Step.CHANGE_SHOWN, Step.POINTER_SHOWN)) {
            Histogram histogram = latencies.steps().get(step);
            if (histogram != null) {
                shown.add(histogram);
            }
        }
        double p99 = shown.getValueAtPercentile(99) / 1e6;
        double late = load.stepsSent() == 0 ? 1 : (double) load.stepsLate() / load.stepsSent();
        boolean passed = shown.getTotalCount() > 0
                && p99 <= sloP99Millis
                && late <= plan.settings().limits().lateShare()
                && load.violationCount() == 0;
        double perSecond = shown.getTotalCount() == 0 ? 0 : shown.getTotalCount() / latencies.seconds();
        return new Trial(sessions, passed, p99, perSecond, cores(result, from, load.windowEnd()));
    }

    private static Map<String, Double> cores(RunResult result, long from, long until) {
        Map<String, Double> cores = new LinkedHashMap<>();
        for (Usage usage : result.usages()) {
            String component = usage.process().startsWith("node-") ? "nodes" : usage.process();
            cores.merge(component, Math.round(usage.meanCores(from, until) * 1000) / 1000.0, Double::sum);
        }
        return cores;
    }
}
