package io.cobrowse.bench.peers;

import io.cobrowse.bench.machine.Cores;
import io.cobrowse.bench.report.Environment;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Measures all peers in one run: each round goes through all of them in turn, so that whatever else the machine does meets
 * them alike. Every process is stopped at the end. Not thread-safe.
 */
final class PeersRun {
    /** The core that the measured proxy has to itself. */
    static final int PROXY_CORE = 0;
    /** The core of client and origin. */
    static final int REST_CORE = 1;

    private final Settings settings;
    private final Path directory;
    private final PrintWriter progress;
    private final Cores cores = new Cores();
    private final List<Contender> contenders = new ArrayList<>();

    /** A peer in this run, and what became of it. */
    private static final class Contender {
        private final Peer peer;
        private @Nullable String version;
        private @Nullable String problem;
        private Figures.@Nullable OfRoundTrips roundTrips;
        private Figures.@Nullable OfIdleTunnels idleTunnels;

        private Contender(Peer peer) {
            this.peer = peer;
        }
    }

    /** @param directory where configurations and logs may be written */
    PeersRun(Settings settings, List<Peer> peers, Path directory, PrintWriter progress) {
        this.settings = settings;
        this.directory = directory;
        this.progress = progress;
        peers.forEach(peer -> contenders.add(new Contender(peer)));
    }

    Figures run(Environment environment) throws IOException, InterruptedException {
        cores.pinSelf(REST_CORE);
        for (Contender contender : contenders) {
            try {
                contender.version = contender.peer.version();
            } catch (IOException failure) {
                contender.problem = failure.getMessage();
            }
        }
        try (Origin origin = new Origin(cores)) {
            if (settings.workloads().contains(Workload.WS_ROUND_TRIPS)) {
                roundTrips(origin);
            }
            if (settings.workloads().contains(Workload.IDLE_TUNNELS)) {
                idleTunnels(origin);
            }
        }
        return new Figures(
                environment,
                settings,
                cores.pinned(),
                Environment.loadAverage(),
                contenders.stream()
                        .map(each -> new Figures.OfPeer(
                                each.peer.name(), each.version, each.problem, each.roundTrips, each.idleTunnels))
                        .toList());
    }

    private List<Contender> able() {
        return contenders.stream().filter(each -> each.problem == null).toList();
    }

    private void roundTrips(Origin origin) throws InterruptedException {
        Map<Contender, RoundTripsWorkload> running = new LinkedHashMap<>();
        try {
            for (Contender contender : able()) {
                attempt(contender, () -> {
                    RoundTripsWorkload workload = new RoundTripsWorkload(start(contender, origin), settings.tunnels());
                    running.put(contender, workload);
                    workload.warmUp(settings.maxWarmUpSeconds());
                    return "warm";
                });
            }
            for (int round = 1; round <= settings.rounds(); round++) {
                progress.printf("%s, round %d of %d%n", Workload.WS_ROUND_TRIPS, round, settings.rounds());
                for (Contender contender : able()) {
                    RoundTripsWorkload workload = running.get(contender);
                    if (workload != null) {
                        attempt(
                                contender,
                                () -> String.format("%.1f µs CPU per round trip", workload.round(settings.round())));
                    }
                }
            }
            for (Contender contender : able()) {
                RoundTripsWorkload workload = running.get(contender);
                if (workload != null) {
                    contender.roundTrips = workload.figures(Objects.requireNonNull(running.get(able().get(0))));
                }
            }
        } finally {
            for (RoundTripsWorkload workload : running.values()) {
                stop(workload);
            }
        }
    }

    private void idleTunnels(Origin origin) throws InterruptedException {
        Map<Contender, IdleTunnelsWorkload> workloads = new LinkedHashMap<>();
        for (int round = 1; round <= settings.idleRounds(); round++) {
            progress.printf("%s, round %d of %d%n", Workload.IDLE_TUNNELS, round, settings.idleRounds());
            for (Contender contender : able()) {
                attempt(contender, () -> {
                    IdleTunnelsWorkload workload =
                            workloads.computeIfAbsent(contender, any -> new IdleTunnelsWorkload());
                    try (ServerProcess server = start(contender, origin)) {
                        double bytes = workload.round(server, contender.peer.isJava(), settings.idleTunnels());
                        return String.format("%.1f KiB resident per tunnel", bytes / 1024);
                    }
                });
            }
        }
        for (Contender contender : able()) {
            IdleTunnelsWorkload workload = workloads.get(contender);
            contender.idleTunnels = workload == null ? null : workload.figures();
        }
    }

    private ServerProcess start(Contender contender, Origin origin) throws IOException, InterruptedException {
        int port = Ports.free();
        List<String> command = contender.peer.configure(directory, port, origin.port(), settings.connections());
        return new ServerProcess(contender.peer.name(), cores.pin(PROXY_CORE, command), directory, port);
    }

    private interface Step {
        String run() throws IOException, InterruptedException;
    }

    /** Does a step; its failure is noted as the peer's, and the others go on. */
    private void attempt(Contender contender, Step step) throws InterruptedException {
        try {
            progress.printf("  %s: %s%n", contender.peer.name(), step.run());
        } catch (IOException | UncheckedIOException failure) {
            contender.problem = failure.getMessage();
            progress.printf("  %s: failed: %s%n", contender.peer.name(), failure.getMessage());
        }
        progress.flush();
    }

    private void stop(RoundTripsWorkload workload) {
        try {
            workload.close();
        } catch (IOException failure) {
            progress.printf("Stopping: %s%n", failure.getMessage());
        }
    }
}
