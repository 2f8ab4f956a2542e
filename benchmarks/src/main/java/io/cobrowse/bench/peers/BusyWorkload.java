package io.cobrowse.bench.peers;

import io.cobrowse.bench.peers.Figures.OfBusy;
import io.cobrowse.bench.peers.Figures.OfLatency;
import io.cobrowse.bench.report.Spread;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.HdrHistogram.Histogram;
import org.HdrHistogram.HistogramLogWriter;
import org.jspecify.annotations.Nullable;

/**
 * One proxy under one load: its connections stay open between the rounds, in which it is measured in turn with the others.
 */
final class BusyWorkload implements AutoCloseable {
    private static final Duration SLICE = Duration.ofSeconds(1);
    private static final int STEADY_SLICES = 3;
    private static final double STEADY = 1.05;

    private final ServerProcess server;
    private final LoadClient client;
    private final List<Double> cpuMicros = new ArrayList<>();
    private final List<Double> perSecond = new ArrayList<>();
    private final List<Histogram> latencies = new ArrayList<>();
    private double latencyPerSecond;
    private int warmUpSeconds;

    /** Opens the connections; the server is closed where that fails. */
    BusyWorkload(ServerProcess server, int connections, LoadClient.Opener opener) throws IOException {
        this.server = server;
        try {
            this.client = new LoadClient(connections, opener);
        } catch (IOException failure) {
            server.close();
            throw failure;
        }
    }

    /** Runs until the CPU per request of the last seconds is steady, or the time is up. */
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

    /** Measures one round at full load; returns CPU per request in microseconds. */
    double round(Duration time) throws IOException {
        Round round = measure(time);
        cpuMicros.add(round.cpuMicros());
        perSecond.add(round.load.perSecond());
        return round.cpuMicros();
    }

    private Round measure(Duration time) throws IOException {
        ProcessFigures figures = server.figures();
        Duration before = figures.cpu();
        LoadClient.Load load = client.run(time);
        return new Round(load, figures.cpu().minus(before));
    }

    private record Round(LoadClient.Load load, Duration cpu) {
        double cpuMicros() {
            return cpu.toNanos() / 1e3 / load.count();
        }
    }

    /** Returns the median over the rounds so far. */
    double perSecond() {
        return Spread.of(perSecond).median();
    }

    /** Measures latencies in one round at a steady rate; returns the 99th percentile in microseconds. */
    double latencyRound(double rate, Duration time) throws IOException {
        long begin = System.currentTimeMillis();
        Histogram latency = client.runAt(rate, time).latencies();
        latency.setStartTimeStamp(begin);
        latency.setEndTimeStamp(System.currentTimeMillis());
        latencies.add(latency);
        latencyPerSecond = rate;
        return latency.getValueAtPercentile(99) / 1e3;
    }

    /**
     * Returns the figures of all rounds.
     *
     * @param reference the proxy to whose CPU time the ratios are, measured in as many rounds
     */
    OfBusy figures(BusyWorkload reference) throws IOException {
        List<Double> ratios = new ArrayList<>();
        for (int round = 0; round < Math.min(cpuMicros.size(), reference.cpuMicros.size()); round++) {
            ratios.add(cpuMicros.get(round) / reference.cpuMicros.get(round));
        }
        return new OfBusy(
                Spread.of(cpuMicros),
                Spread.of(ratios),
                Spread.of(perSecond),
                server.figures().residentBytes(),
                latency(),
                warmUpSeconds);
    }

    private @Nullable OfLatency latency() {
        if (latencies.isEmpty()) {
            return null;
        }
        Histogram all = new Histogram(3);
        latencies.forEach(all::add);
        return new OfLatency(
                latencyPerSecond,
                all.getTotalCount(),
                all.getValueAtPercentile(50) / 1e3,
                all.getValueAtPercentile(90) / 1e3,
                all.getValueAtPercentile(99) / 1e3,
                all.getValueAtPercentile(99.9) / 1e3,
                all.getMaxValue() / 1e3);
    }

    /** Writes the latencies of each round, in nanoseconds, in HdrHistogram's log format. */
    void writeLog(Path file) throws IOException {
        try (PrintStream out = new PrintStream(Files.newOutputStream(file), false, StandardCharsets.UTF_8)) {
            HistogramLogWriter log = new HistogramLogWriter(out);
            log.outputLogFormatVersion();
            log.outputLegend();
            latencies.forEach(log::outputIntervalHistogram);
        }
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
