package io.cobrowse.bench.peers;

import io.cobrowse.bench.peers.Figures.OfRoundTrips;
import io.cobrowse.bench.report.Spread;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.HdrHistogram.Histogram;

/** One proxy under round trips: its tunnels stay open between the rounds, in which it is measured in turn with the others. */
final class RoundTripsWorkload implements AutoCloseable {
    private static final Duration SLICE = Duration.ofSeconds(1);
    private static final int STEADY_SLICES = 3;
    private static final double STEADY = 1.05;

    private final ServerProcess server;
    private final TunnelClient client;
    private final List<Double> cpuMicros = new ArrayList<>();
    private final List<Double> perSecond = new ArrayList<>();
    private final Histogram latencies = new Histogram(3);
    private int warmUpSeconds;

    RoundTripsWorkload(ServerProcess server, int tunnels) throws IOException {
        this.server = server;
        this.client = new TunnelClient(server.address(), tunnels);
    }

    /** Runs until the CPU per round trip of the last seconds is steady, or the time is up. */
    void warmUp(int maxSeconds) throws IOException {
        Deque<Double> last = new ArrayDeque<>();
        while (warmUpSeconds < maxSeconds) {
            warmUpSeconds++;
            last.addLast(measure(SLICE).cpuMicros());
            if (last.size() > STEADY_SLICES) {
                last.removeFirst();
                Spread spread = Spread.of(List.copyOf(last));
                if (spread.max() <= spread.min() * STEADY) {
                    return;
                }
            }
        }
    }

    /** Measures one round; returns CPU per round trip in microseconds. */
    double round(Duration time) throws IOException {
        Round round = measure(time);
        cpuMicros.add(round.cpuMicros());
        perSecond.add(round.perSecond());
        latencies.add(round.trips.latencies());
        return round.cpuMicros();
    }

    private Round measure(Duration time) throws IOException {
        ProcessFigures figures = server.figures();
        Duration before = figures.cpu();
        TunnelClient.RoundTrips trips = client.run(time);
        return new Round(trips, figures.cpu().minus(before));
    }

    private record Round(TunnelClient.RoundTrips trips, Duration cpu) {
        double cpuMicros() {
            return cpu.toNanos() / 1e3 / trips.count();
        }

        double perSecond() {
            return trips.count() * 1e9 / trips.elapsed().toNanos();
        }
    }

    /**
     * Returns the figures of all rounds.
     *
     * @param reference the proxy to whose CPU time the ratios are, measured in as many rounds
     */
    OfRoundTrips figures(RoundTripsWorkload reference) {
        List<Double> ratios = new ArrayList<>();
        for (int round = 0; round < cpuMicros.size(); round++) {
            ratios.add(cpuMicros.get(round) / reference.cpuMicros.get(round));
        }
        return new OfRoundTrips(
                Spread.of(cpuMicros),
                Spread.of(ratios),
                Spread.of(perSecond),
                latencies.getValueAtPercentile(50) / 1e3,
                latencies.getValueAtPercentile(99) / 1e3,
                latencies.getValueAtPercentile(99.9) / 1e3,
                latencies.getTotalCount(),
                warmUpSeconds);
    }

    @Override
    public void close() throws IOException {
        try {
            client.close();
        } finally {
            server.close();
        }
    }
}
