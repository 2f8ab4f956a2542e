package io.cobrowse.bench.peers;

import io.cobrowse.bench.report.Plot;
import io.cobrowse.bench.report.Plot.Series;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.ToDoubleFunction;

/** The figures as plots. */
final class PeersPlots {
    private PeersPlots() {}

    static List<Plot> of(Figures figures) {
        List<Plot> plots = new ArrayList<>();
        List<Figures.OfPeer> busy = with(figures, Workload.WS_ROUND_TRIPS);
        if (!busy.isEmpty()) {
            Settings settings = figures.settings();
            plots.add(new Plot(
                    "CPU per WebSocket round trip",
                    "Messages of " + TunnelClient.PAYLOAD_BYTES + " bytes over " + settings.tunnels()
                            + " tunnels; user and system time of all the proxy's threads; " + settings.rounds()
                            + " interleaved rounds of " + settings.roundSeconds() + " s",
                    "µs",
                    false,
                    names(busy),
                    List.of(
                            series(
                                    "least",
                                    busy,
                                    peer -> trips(peer).cpuMicros().min()),
                            series(
                                    "median",
                                    busy,
                                    peer -> trips(peer).cpuMicros().median()),
                            series(
                                    "greatest",
                                    busy,
                                    peer -> trips(peer).cpuMicros().max()))));
            plots.add(new Plot(
                    "Latency of a round trip",
                    "In a closed loop at full load, so it is mostly waiting in line; includes the client and the node",
                    "ms",
                    true,
                    names(busy),
                    List.of(
                            series("50 %", busy, peer -> trips(peer).p50Micros() / 1e3),
                            series("99 %", busy, peer -> trips(peer).p99Micros() / 1e3),
                            series("99.9 %", busy, peer -> trips(peer).p999Micros() / 1e3))));
        }
        List<Figures.OfPeer> idle = with(figures, Workload.IDLE_TUNNELS);
        if (!idle.isEmpty()) {
            plots.add(new Plot(
                    "Resident memory per idle tunnel",
                    figures.settings().idleTunnels()
                            + " tunnels through which one message has gone; with them less before",
                    "KiB",
                    false,
                    names(idle),
                    List.of(series(
                            "median",
                            idle,
                            peer -> tunnels(peer).residentBytesPerTunnel().median() / 1024))));
        }
        return plots;
    }

    private static List<Figures.OfPeer> with(Figures figures, Workload workload) {
        return figures.peers().stream()
                .filter(peer -> switch (workload) {
                    case WS_ROUND_TRIPS -> peer.roundTrips() != null;
                    case IDLE_TUNNELS -> peer.idleTunnels() != null;
                })
                .toList();
    }

    private static Figures.OfRoundTrips trips(Figures.OfPeer peer) {
        return Objects.requireNonNull(peer.roundTrips());
    }

    private static Figures.OfIdleTunnels tunnels(Figures.OfPeer peer) {
        return Objects.requireNonNull(peer.idleTunnels());
    }

    private static List<String> names(List<Figures.OfPeer> peers) {
        return peers.stream().map(Figures.OfPeer::title).toList();
    }

    private static Series series(String name, List<Figures.OfPeer> peers, ToDoubleFunction<Figures.OfPeer> value) {
        return new Series(name, peers.stream().map(value::applyAsDouble).toList());
    }
}
