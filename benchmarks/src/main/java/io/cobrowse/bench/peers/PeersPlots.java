package io.cobrowse.bench.peers;

import io.cobrowse.bench.peers.Figures.OfBusy;
import io.cobrowse.bench.peers.Figures.OfIdle;
import io.cobrowse.bench.peers.Figures.OfLatency;
import io.cobrowse.bench.peers.Figures.OfPeer;
import io.cobrowse.bench.report.Plot;
import io.cobrowse.bench.report.Plot.Series;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.ToDoubleFunction;

/** The figures as plots. */
final class PeersPlots {
    private PeersPlots() {}

    static List<Plot> of(Figures figures) {
        List<Plot> plots = new ArrayList<>();
        for (Workload workload : figures.settings().workloads()) {
            List<OfPeer> busy = with(figures, peer -> peer.busy().containsKey(workload));
            List<OfPeer> idle = with(figures, peer -> peer.idle().containsKey(workload));
            if (!busy.isEmpty()) {
                plots.add(cpu(workload, figures.settings(), busy));
                plots.add(latency(workload, busy));
            }
            if (!idle.isEmpty()) {
                plots.add(memory(workload, figures.settings(), idle));
            }
        }
        return plots;
    }

    private static Plot cpu(Workload workload, Settings settings, List<OfPeer> peers) {
        Function<OfPeer, OfBusy> of = peer -> Objects.requireNonNull(peer.busy().get(workload));
        return new Plot(
                "CPU: " + workload.title(),
                "Each one, over " + settings.connections(workload)
                        + " connections at full load; user and system time of all the proxy's threads; "
                        + settings.rounds()
                        + " interleaved rounds of " + settings.roundSeconds() + " s",
                "µs",
                false,
                names(peers),
                List.of(
                        series(
                                "least",
                                peers,
                                peer -> of.apply(peer).cpuMicros().min()),
                        series(
                                "median",
                                peers,
                                peer -> of.apply(peer).cpuMicros().median()),
                        series(
                                "greatest",
                                peers,
                                peer -> of.apply(peer).cpuMicros().max())));
    }

    private static Plot latency(Workload workload, List<OfPeer> peers) {
        List<OfPeer> measured = peers.stream()
                .filter(peer -> busy(peer, workload).latency() != null)
                .toList();
        double rate =
                measured.isEmpty() ? 0 : latency(measured.get(0), workload).perSecond();
        return new Plot(
                "Latency percentiles: " + workload.title(),
                String.format(
                        "At %,.0f/s for all; from when a request was due, so that waiting counts; includes the client and"
                                + " the node",
                        rate),
                "ms",
                true,
                List.of("50 %", "90 %", "99 %", "99.9 %", "max"),
                measured.stream()
                        .map(peer -> new Series(peer.title(), percentiles(latency(peer, workload))))
                        .toList());
    }

    private static List<Double> percentiles(OfLatency latency) {
        return Arrays.stream(new double[] {
                    latency.p50Micros(),
                    latency.p90Micros(),
                    latency.p99Micros(),
                    latency.p999Micros(),
                    latency.maxMicros()
                })
                .map(micros -> micros / 1e3)
                .boxed()
                .toList();
    }

    private static Plot memory(Workload workload, Settings settings, List<OfPeer> peers) {
        Function<OfPeer, OfIdle> of = peer -> Objects.requireNonNull(peer.idle().get(workload));
        return new Plot(
                "Resident memory: " + workload.title(),
                "Each of " + settings.idleConnections() + ": with them less before",
                "KiB",
                false,
                names(peers),
                List.of(series(
                        "median",
                        peers,
                        peer -> of.apply(peer).residentBytesEach().median() / 1024)));
    }

    private static OfBusy busy(OfPeer peer, Workload workload) {
        return Objects.requireNonNull(peer.busy().get(workload));
    }

    private static OfLatency latency(OfPeer peer, Workload workload) {
        return Objects.requireNonNull(busy(peer, workload).latency());
    }

    private static List<OfPeer> with(Figures figures, Predicate<OfPeer> which) {
        return figures.peers().stream().filter(which).toList();
    }

    private static List<String> names(List<OfPeer> peers) {
        return peers.stream().map(OfPeer::title).toList();
    }

    private static Series series(String name, List<OfPeer> peers, ToDoubleFunction<OfPeer> value) {
        return new Series(name, peers.stream().map(value::applyAsDouble).toList());
    }
}
