package io.cobrowse.bench.peers;

import io.cobrowse.measuring.Cause;
import io.cobrowse.measuring.Cores;
import io.cobrowse.measuring.Environment;
import io.cobrowse.measuring.Interruption;
import io.cobrowse.measuring.ServerProcess;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Measures all peers in one run. Each round measures all of them in turn, so that other work of the machine affects all
 * alike. Every process is stopped at the end. Not thread-safe.
 */
final class PeersRun {
    /** The core that only the measured proxy uses. */
    static final String PROXY_CORE = "0";
    /** The core of client and origin. */
    static final String REST_CORE = "1";
    /** The rate for latencies, as a share of the slowest proxy's full load. */
    private static final double LATENCY_RATE = 0.5;

    private final Settings settings;
    private final Path directory;
    private final Path output;
    private final PrintWriter progress;
    private final Identity identity;
    private final List<Contender> contenders = new ArrayList<>();
    private @Nullable Interruption interruption;

    /** A peer in this run, with its results. */
    private static final class Contender {
        private final Peer peer;
        private final Map<Workload, String> problems = new EnumMap<>(Workload.class);
        private final Map<Workload, Figures.OfBusy> busy = new EnumMap<>(Workload.class);
        private final Map<Workload, Figures.OfIdle> idle = new EnumMap<>(Workload.class);
        private @Nullable String version;

        private Contender(Peer peer) {
            this.peer = peer;
        }
    }

    /**
     * @param directory the directory for configurations and logs
     * @param output the directory for the latencies
     */
    PeersRun(Settings settings, List<Peer> peers, Path directory, Path output, PrintWriter progress)
            throws IOException {
        this.settings = settings;
        this.directory = directory;
        this.output = output;
        this.progress = progress;
        this.identity = new Identity(directory);
        peers.forEach(peer -> contenders.add(new Contender(peer)));
    }

    /** Measures to the end, or until it is interrupted. */
    Figures run(Environment environment, Interruption interruption) throws IOException, InterruptedException {
        this.interruption = interruption;
        if (Cores.canConfine()) {
            Cores.confineSelf(REST_CORE);
        }
        for (Contender contender : contenders) {
            try {
                contender.version = contender.peer.version();
            } catch (IOException failure) {
                settings.workloads().forEach(each -> contender.problems.put(each, Cause.of(failure)));
            }
            if (!contender.peer.carriesWebSocket()) {
                settings.workloads().stream()
                        .filter(Workload::takesWebSocket)
                        .forEach(each -> contender.problems.put(each, "does not carry WebSockets"));
            }
        }
        try (Origin origin = new Origin()) {
            for (Workload workload : settings.workloads()) {
                progress.printf("%s: %s%n", workload, workload.title());
                if (workload.isIdle()) {
                    idle(workload, origin);
                } else {
                    busy(workload, origin);
                }
            }
        }
        return new Figures(
                environment,
                settings,
                Cores.canConfine(),
                interruption.happened(),
                Environment.loadAverage(),
                contenders.stream()
                        .map(each -> new Figures.OfPeer(
                                each.peer.name(), each.version, each.peer.note(), each.problems, each.busy, each.idle))
                        .toList());
    }

    private List<Contender> able(Workload workload) {
        return contenders.stream()
                .filter(each -> !each.problems.containsKey(workload))
                .toList();
    }

    private void busy(Workload workload, Origin origin) throws IOException, InterruptedException {
        Map<Contender, BusyWorkload> running = new LinkedHashMap<>();
        try {
            for (Contender contender : able(workload)) {
                attempt(contender, workload, () -> {
                    Started started = start(contender, workload, origin);
                    BusyWorkload load = new BusyWorkload(
                            started.server,
                            settings.connections(workload),
                            Requests.opener(workload, started.address, identity));
                    running.put(contender, load);
                    load.warmUp(settings.leastWarmUpSeconds(), settings.maxWarmUpSeconds());
                    return "warm";
                });
            }
            for (int round = 1; round <= settings.rounds(); round++) {
                progress.printf("%s, round %d of %d%n", workload, round, settings.rounds());
                for (Contender contender : rotated(able(workload), round)) {
                    attempt(
                            contender,
                            workload,
                            () -> String.format(
                                    "%.1f µs CPU each", load(running, contender).round(settings.round())));
                }
            }
            for (Contender contender : able(workload)) {
                attempt(
                        contender,
                        workload,
                        () -> load(running, contender).countingRound(settings.round(), contender.peer.isJava()));
            }
            latencies(workload, running);
            keep(workload, running);
        } finally {
            for (BusyWorkload load : running.values()) {
                stop(load);
            }
        }
    }

    private void keep(Workload workload, Map<Contender, BusyWorkload> running) throws IOException {
        List<Contender> measured = measured(workload, running);
        for (Contender contender : measured) {
            BusyWorkload load = load(running, contender);
            contender.busy.put(workload, load.figures(load(running, measured.get(0))));
            load.writeLog(output.resolve(logName(workload, contender.peer.name())));
        }
    }

    /** Returns those with at least one round; an interruption may come before the first. */
    private List<Contender> measured(Workload workload, Map<Contender, BusyWorkload> running) {
        return able(workload).stream()
                .filter(each -> running.containsKey(each) && load(running, each).measured())
                .toList();
    }

    /** Returns the name of the file with a proxy's latencies. */
    static String logName(Workload workload, String peer) {
        return workload + "-" + peer.replace(' ', '-') + ".hlog";
    }

    private boolean interrupted() {
        return interruption != null && interruption.happened();
    }

    /** Returns the peers rotated, so that each round begins with another one. */
    private static List<Contender> rotated(List<Contender> all, int by) {
        List<Contender> rotated = new ArrayList<>(all);
        Collections.rotate(rotated, by);
        return rotated;
    }

    private static BusyWorkload load(Map<Contender, BusyWorkload> running, Contender contender) {
        return Objects.requireNonNull(running.get(contender));
    }

    /** Measures all peers at the same rate, which the slowest of them can sustain. */
    private void latencies(Workload workload, Map<Contender, BusyWorkload> running) throws InterruptedException {
        double rate = LATENCY_RATE
                * measured(workload, running).stream()
                        .mapToDouble(each -> load(running, each).perSecond())
                        .min()
                        .orElse(0);
        for (int round = 1; round <= settings.latencyRounds(); round++) {
            progress.printf(
                    "%s, latencies at %,.0f/s, round %d of %d%n", workload, rate, round, settings.latencyRounds());
            for (Contender contender : able(workload)) {
                attempt(
                        contender,
                        workload,
                        () -> String.format(
                                "p99 %.2f ms", load(running, contender).latencyRound(rate, settings.round()) / 1e3));
            }
        }
    }

    private void idle(Workload workload, Origin origin) throws InterruptedException {
        Map<Contender, IdleWorkload> workloads = new LinkedHashMap<>();
        boolean parks = workload == Workload.PARKED_POLLS;
        IdleWorkload.Step begin = parks ? LoadClient::sendAll : LoadClient::runOnce;
        IdleWorkload.Step end = client -> {
            if (parks) {
                origin.release();
                client.awaitAll();
            }
        };
        for (int round = 1; round <= settings.idleRounds(); round++) {
            progress.printf("%s, round %d of %d%n", workload, round, settings.idleRounds());
            for (Contender contender : able(workload)) {
                attempt(contender, workload, () -> {
                    Started started = start(contender, workload, origin);
                    try (ServerProcess server = started.server) {
                        double bytes = workloads
                                .computeIfAbsent(contender, any -> new IdleWorkload())
                                .round(
                                        server,
                                        contender.peer.isJava(),
                                        settings.connections(workload),
                                        Requests.opener(workload, started.address, identity),
                                        begin,
                                        end);
                        return String.format("%.1f KiB resident each", bytes / 1024);
                    }
                });
            }
        }
        for (Contender contender : able(workload)) {
            IdleWorkload measured = workloads.get(contender);
            if (measured != null && measured.measured()) {
                contender.idle.put(workload, measured.figures());
            }
        }
    }

    /** Starts a proxy, and checks its rules if it uses plain HTTP/1.1. */
    private Started start(Contender contender, Workload workload, Origin origin)
            throws IOException, InterruptedException {
        int port = ServerProcess.freePort();
        List<String> command = contender.peer.configure(
                new Peer.Place(directory, port, workload.front(), origin.ports(), settings.maxConnections(), identity));
        ServerProcess server = new ServerProcess(contender.peer.name(), confine(PROXY_CORE, command), directory);
        try {
            InetSocketAddress address = new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
            server.awaitListening(address);
            if (workload.front() == Front.HTTP1) {
                Sticky.check(address);
            }
            return new Started(server, address);
        } catch (IOException | InterruptedException failure) {
            server.close();
            throw failure;
        }
    }

    /** A proxy that is listening. */
    private record Started(ServerProcess server, InetSocketAddress address) {}

    /** Returns a command that runs another one on one core, if that is possible. */
    static List<String> confine(String core, List<String> command) {
        return Cores.canConfine() ? Cores.confine(core, command) : command;
    }

    private interface Step {
        String run() throws IOException, InterruptedException;
    }

    /** Does a step. A failure is recorded for the peer in this workload, and the others continue. */
    private void attempt(Contender contender, Workload workload, Step step) throws InterruptedException {
        if (interrupted()) {
            return;
        }
        try {
            progress.printf("  %s: %s%n", contender.peer.name(), step.run());
        } catch (IOException | UncheckedIOException | InterruptedException failure) {
            if (interrupted()) {
                return; // The processes were stopped; what was measured is kept.
            }
            if (failure instanceof InterruptedException stray) {
                throw stray;
            }
            contender.problems.put(workload, Cause.of(failure));
            progress.printf("  %s: failed: %s%n", contender.peer.name(), Cause.of(failure));
        }
        progress.flush();
    }

    private void stop(BusyWorkload load) {
        try {
            load.close();
        } catch (IOException failure) {
            progress.printf("Stopping: %s%n", Cause.of(failure));
        }
    }
}
