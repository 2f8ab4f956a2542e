package io.cobrowse.load.capacity;

import io.cobrowse.load.cluster.Jars;
import io.cobrowse.load.cluster.LocalCluster;
import io.cobrowse.load.run.RunPlan;
import io.cobrowse.load.run.Usage;
import io.cobrowse.load.settings.Settings;
import io.cobrowse.measuring.Cores;
import io.cobrowse.measuring.Countdown;
import io.cobrowse.measuring.Environment;
import io.cobrowse.measuring.Interruption;
import io.cobrowse.measuring.JavaProcess;
import io.cobrowse.measuring.ServerProcess;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Measures the capacity of a node, and then of the proxy in front of it. The measured component is confined to the
 * first half of this machine's processors; everything else, including the injector, has the other half. Alternatively
 * measures a target as a whole. Confined to one thread.
 */
public final class CapacityRun {
    /** The messages a second of the first trial of a node. */
    private static final double FIRST_OF_A_NODE = 750;
    /** The same for the proxy, with which the node shares processors. */
    private static final double FIRST_OF_A_PROXY = 375;

    private static final double COLD_MESSAGES_PER_SECOND = 300;
    /** The same for a target, which may carry less. */
    private static final double FIRST_OF_A_TARGET = 200;
    /** The time in which processes that have just started compile most of their code. */
    private static final Duration COLD = Duration.ofSeconds(60);

    private static final Duration WARM_UP = Duration.ofSeconds(30);
    private static final int GREATEST = 3_200;
    private static final double PRECISION = 0.08;

    private final RunPlan plan;
    private final double sloP99Millis;
    private final TrialLog log;
    private final PrintWriter out;
    private final Interruption interruption;
    private final int processors = Runtime.getRuntime().availableProcessors();

    /**
     * Prepares a run.
     *
     * @param plan its profile and layout are replaced
     * @param log records the trials, and knows those of an interrupted run
     */
    public CapacityRun(RunPlan plan, double sloP99Millis, TrialLog log, PrintWriter out, Interruption interruption) {
        this.log = log;
        this.interruption = interruption;
        this.plan = plan;
        this.sloP99Millis = sloP99Millis;
        this.out = out;
    }

    /**
     * Searches, and returns the result; if interrupted, what was found until then.
     *
     * @throws IOException if a process does not start
     */
    public Capacity run() throws IOException, InterruptedException {
        long start = System.nanoTime();
        Environment environment = Environment.here(plan.command());
        if (environment.busy()) {
            out.printf(
                    "This machine is busy (load average %s): do not plan with these results.%n",
                    environment.loadBefore());
        }
        boolean interrupted = false;
        try {
            URI target = plan.target();
            if (target != null) {
                ClusterLoad load = new ClusterLoad(plan, target, null, sloP99Millis, out, interruption);
                log.found(measure("system", 0, load, null, sessions(FIRST_OF_A_TARGET), null));
            } else {
                measureHere();
            }
        } catch (IOException | InterruptedException | RuntimeException failure) {
            interrupted = interruption.happened();
            if (!interrupted) {
                throw failure;
            }
        }
        List<Component> components = new ArrayList<>(log.components());
        List<Trial> unfinished = log.trialsSoFar();
        if (interrupted && !unfinished.isEmpty()) {
            components.add(searchedSoFar(unfinished));
        }
        return new Capacity(
                environment,
                sloP99Millis,
                plan.complexity(),
                plan.settings().journey().websocket(),
                plan.settings().complexity(plan.complexity()).messagesPerSecond(),
                (System.nanoTime() - start) / 60e9,
                interrupted,
                List.copyOf(components),
                assumptions());
    }

    /** Returns the component whose search was interrupted, with the greatest number of sessions that it carried. */
    private Component searchedSoFar(List<Trial> trials) {
        int carried = trials.stream()
                .filter(Trial::passed)
                .mapToInt(Trial::sessions)
                .max()
                .orElse(0);
        CapacitySearch.Found found = new CapacitySearch.Found(carried, false, trials);
        String name = plan.target() != null ? "system" : log.component("node") == null ? "node" : "proxy";
        return component(name, plan.target() != null ? 0 : half(), found, null, log.component("node"));
    }

    private int half() {
        return Math.max(1, processors / 2);
    }

    private String subjects() {
        return processors < 2 ? "" : "0-" + (half() - 1);
    }

    private String others() {
        return processors < 2 ? "" : half() + "-" + (processors - 1);
    }

    /**
     * Measures node and proxy in one cluster, so that both are warm when the proxy is measured. The compilers run
     * first, on all processors.
     */
    private void measureHere() throws IOException, InterruptedException {
        Jars jars = Jars.fromLauncher().withConcurrentNodes();
        try (LocalCluster cluster =
                LocalCluster.start(plan.layout(), jars, plan.output().resolve("processes"))) {
            out.printf("Waiting for the compilers ...%n");
            load("cold", cluster, cluster.target(), plan.settings()).warmUp(sessions(COLD_MESSAGES_PER_SECOND), COLD);
            if (processors > 1) {
                Cores.confineSelf(others());
                cluster.confineProxy(others());
                cluster.confineNodes(subjects());
            }
            if (log.component("node") == null) {
                measureNode(cluster);
            }
            if (processors > 1) {
                cluster.confineNodes(others());
                cluster.confineProxy(subjects());
            }
            say("proxy");
            log.found(measure(
                    "proxy",
                    half(),
                    load("proxy", cluster, cluster.target(), plan.settings()),
                    cluster,
                    sessions(FIRST_OF_A_PROXY),
                    log.component("node")));
        }
    }

    private void measureNode(LocalCluster cluster) throws IOException, InterruptedException {
        say("node");
        // The node names the proxy in its serverUrl; here, all agents have to stay with the node.
        Settings direct = plan.settings().withJourney(plan.settings().journey().withUrlAgents(0));
        log.found(measure(
                "node",
                half(),
                load("node", cluster, cluster.node(1), direct),
                cluster,
                sessions(FIRST_OF_A_NODE),
                null));
    }

    private void say(String name) {
        out.printf(
                "Capacity of the %s, on processors %s; everything else on %s%n",
                name, layoutText(subjects()), layoutText(others()));
        out.flush();
    }

    private ClusterLoad load(String name, LocalCluster cluster, URI target, Settings settings) {
        return new ClusterLoad(planOf(name, settings), target, cluster, sloP99Millis, out, interruption);
    }

    /** Returns the number of sessions that send this many messages a second. */
    private int sessions(double messagesPerSecond) {
        double each = plan.settings().complexity(plan.complexity()).messagesPerSecond();
        return Math.max(1, (int) Math.round(messagesPerSecond / each));
    }

    private static String layoutText(String processors) {
        return processors.isEmpty() ? "any" : processors;
    }

    private RunPlan planOf(String name, Settings settings) {
        return new RunPlan(
                null,
                plan.layout(),
                plan.profileName(),
                plan.profile(),
                plan.complexity(),
                settings,
                1,
                1,
                null,
                null,
                null,
                plan.output().resolve(name),
                false,
                plan.command());
    }

    /** @param node the result of the node behind it, for a proxy */
    private Component measure(
            String name,
            int cores,
            ClusterLoad load,
            @Nullable LocalCluster cluster,
            int first,
            @Nullable Component node)
            throws IOException, InterruptedException {
        out.printf("  Warming up ...%n");
        List<Usage> usages = load.warmUp(first, WARM_UP);
        Estimate bytes = cluster == null ? null : bytesPerSession(usages, name, liveBytes(cluster, name), first);
        CapacitySearch.Found found = new CapacitySearch(
                        log.recording(load),
                        first,
                        GREATEST,
                        PRECISION,
                        trial -> bottleneck(name, trial),
                        new Telling(name))
                .search();
        return component(name, cores, found, bytes, node);
    }

    /** Prints the state of the search after each trial, and how long it will take. */
    private final class Telling implements CapacitySearch.Listener {
        private final String name;
        private final long begin = System.nanoTime();

        private Telling(String name) {
            this.name = name;
        }

        @Override
        public void tried(int good, int bad, int trialsLeft) {
            int made = Math.max(1, log.trials().size());
            double seconds = (System.nanoTime() - begin) / 1e9 / made * trialsLeft;
            out.printf(
                    Locale.ROOT,
                    "  So far the %s %s; about %d more trials, %s%n",
                    name,
                    bad == 0
                            ? String.format(Locale.ROOT, "carries %,d sessions or more", good)
                            : String.format(Locale.ROOT, "carries %,d sessions and not %,d", good, bad),
                    trialsLeft,
                    Countdown.text(seconds));
            out.flush();
        }
    }

    private static double liveBytes(LocalCluster cluster, String name) throws IOException {
        double bytes = 0;
        for (ServerProcess process : cluster.processes()) {
            if (process.name().startsWith(name)) {
                bytes += new JavaProcess(process.pid()).liveBytes();
            }
        }
        return bytes;
    }

    private static @Nullable Estimate bytesPerSession(List<Usage> usages, String name, double idleBytes, int sessions) {
        double[] each = usages.stream()
                .filter(usage -> usage.process().startsWith(name))
                .flatMap(usage -> usage.liveMemory().stream())
                .mapToDouble(live -> (live.bytes() - idleBytes) / sessions)
                .sorted()
                .toArray();
        return each.length == 0
                ? null
                : new Estimate(Math.max(0, each[each.length / 2]), Math.max(0, each[0]), each[each.length - 1]);
    }

    private Component component(
            String name, int cores, CapacitySearch.Found found, @Nullable Estimate bytes, @Nullable Component node) {
        String own = name.equals("node") ? "nodes" : name;
        Trial limit = found.trials().stream()
                .filter(trial -> !trial.passed())
                .min(Comparator.comparingInt(Trial::sessions))
                .orElse(found.trials().get(found.trials().size() - 1));
        Bottleneck bottleneck = bottleneck(name, limit);
        Demand demand = demand(own, found.trials(), node);
        boolean measured = found.bounded() && cores > 0 && bottleneck.own() && bottleneck.busy() >= Component.BUSY;
        Estimate perCore = measured
                ? atItsLimit((double) found.capacity() / cores, Demand.of(own, found.trials()))
                : demand == null ? null : demand.sessions(1, Component.PLANNED_USE);
        List<Double> loads =
                found.trials().stream().map(trial -> (double) trial.sessions()).toList();
        List<Double> throughputs =
                found.trials().stream().map(Trial::messagesPerSecond).toList();
        return new Component(
                name,
                cores,
                found.capacity(),
                found.bounded(),
                bottleneck.name(),
                bottleneck.busy(),
                perCore,
                measured,
                demand,
                bytes,
                Usl.fit(loads, throughputs),
                found.trials());
    }

    /**
     * Returns the interval: the precision of the search, or the spread of the CPU time over the trials if that is
     * wider.
     */
    private static Estimate atItsLimit(double perCore, @Nullable Demand demand) {
        double low = 1 - PRECISION;
        double high = 1 + PRECISION;
        if (demand != null) {
            Estimate each = demand.coresPerSession();
            low = Math.min(low, each.value() / each.high());
            high = Math.max(high, each.value() / each.low());
        }
        return new Estimate(perCore, perCore * low, perCore * high);
    }

    private static @Nullable Demand demand(String own, List<Trial> trials, @Nullable Component node) {
        return node != null && node.measured() && node.sessionsPerCore() != null
                ? Demand.beside("nodes", node.sessionsPerCore().value(), own, trials)
                : Demand.of(own, trials);
    }

    /** Returns the part that used more of its processors: the measured component, or everything else. */
    private Bottleneck bottleneck(String name, Trial trial) {
        if (trial.cores().isEmpty()) {
            return Bottleneck.UNKNOWN;
        }
        String own = name.equals("node") ? "nodes" : name;
        double rest = trial.cores().entrySet().stream()
                .filter(part -> !part.getKey().equals(own))
                .mapToDouble(Map.Entry::getValue)
                .sum();
        double ownShare = trial.cores().getOrDefault(own, 0.0) / half();
        double restShare = rest / Math.max(1, processors - half());
        return Bottleneck.of(own, ownShare, own.equals("nodes") ? "injector" : "injector and nodes", restShare);
    }

    private List<String> assumptions() {
        return List.of(
                "Nodes share nothing but look-ups, and proxies share nothing at all: capacity grows with their number, and"
                        + " with the cores of each.",
                String.format(
                        Locale.ROOT,
                        "The service level is met while the 99th percentile, from the scheduled time until a change or a"
                                + " pointer event is at the other end, stays within %.0f ms, and no message is lost or"
                                + " late.",
                        sloP99Millis),
                "A component that was not the bottleneck is planned at " + Math.round(100 * Component.PLANNED_USE)
                        + " % of its cores, by its CPU time a session.",
                "Nodes run with a collector that does not stop them (ZGC).",
                "The node is the reference node: a real Co-browse node does more for each message. Measure yours with"
                        + " --target, and take the proxy's figures from here.",
                "Where a limit was reached, the range is the width of the search, or that of the CPU time a session where this"
                        + " is wider; where the CPU time a session was taken, it is its 95 % interval, by bootstrap over the"
                        + " trials. The proxy's CPU time is taken in proportion to the node's in the same"
                        + " trials, where the node's limit is known: so the machine's speed, which may change, does not"
                        + " matter.");
    }
}
