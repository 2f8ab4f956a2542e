package io.cobrowse.bench.peers;

import io.cobrowse.bench.peers.Figures.OfBusy;
import io.cobrowse.bench.peers.Figures.OfCounters;
import io.cobrowse.bench.peers.Figures.OfLatency;
import io.cobrowse.measuring.InstructionCounter;
import io.cobrowse.measuring.JavaProcess;
import io.cobrowse.measuring.ProcessFigures;
import io.cobrowse.measuring.ServerProcess;
import io.cobrowse.measuring.Spread;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import org.HdrHistogram.Histogram;
import org.HdrHistogram.HistogramLogWriter;
import org.jspecify.annotations.Nullable;

/**
 * One proxy under one load. Its connections stay open between the rounds, in which it is measured in turn with the
 * others.
 */
final class BusyWorkload implements AutoCloseable {
    private static final Duration SLICE = Duration.ofSeconds(1);

    private final ServerProcess server;
    private final LoadClient client;
    private final List<Double> cpuMicros = new ArrayList<>();
    private final List<Double> perSecond = new ArrayList<>();
    private final List<Histogram> latencies = new ArrayList<>();
    private double latencyPerSecond;
    private long residentBytes;
    private int warmUpSeconds;
    private boolean steady;
    private @Nullable OfCounters counters;

    /** Opens the connections; closes the server if that fails. */
    BusyWorkload(ServerProcess server, int connections, LoadClient.Opener opener) throws IOException {
        this.server = server;
        try {
            this.client = new LoadClient(connections, opener);
        } catch (IOException failure) {
            server.close();
            throw failure;
        }
    }

    /** Runs for the least time, and on until the proxy is {@linkplain Steadiness steady}, or the greatest time is up. */
    void warmUp(int leastSeconds, int maxSeconds) throws IOException {
        Steadiness seen = new Steadiness();
        while (warmUpSeconds < maxSeconds && !(steady && warmUpSeconds >= leastSeconds)) {
            warmUpSeconds++;
            Duration compilers = server.figures().compilerCpu();
            Round round = measure(SLICE);
            steady = seen.add(
                    round.cpuMicros(),
                    (double) server.figures().compilerCpu().minus(compilers).toNanos() / round.cpu.toNanos());
        }
    }

    /** Measures one round at full load; returns the CPU time per request in microseconds. */
    double round(Duration time) throws IOException {
        Round round = measure(time);
        cpuMicros.add(round.cpuMicros());
        perSecond.add(round.load.perSecond());
        residentBytes = server.figures().residentBytes();
        return round.cpuMicros();
    }

    /**
     * Counts the other costs of a round at full load. This is separate from the other rounds, since counting has a cost
     * of its own.
     */
    String countingRound(Duration time, boolean java) throws IOException {
        ProcessFigures figures = server.figures();
        JavaProcess jvm = java ? new JavaProcess(server.pid()) : null;
        long allocatedBefore = jvm == null ? 0 : jvm.allocatedBytes();
        long switchesBefore = figures.threadSwitches();
        long count;
        OptionalLong instructions = OptionalLong.empty();
        if (InstructionCounter.works()) {
            try (InstructionCounter counter = InstructionCounter.start(server.pid())) {
                count = client.run(time).count();
                instructions = counter.stop();
            }
        } else {
            count = client.run(time).count();
        }
        OfCounters counted = new OfCounters(
                (double) (figures.threadSwitches() - switchesBefore) / count,
                instructions.isPresent() ? (Double) ((double) instructions.getAsLong() / count) : null,
                jvm == null ? null : (Double) ((double) (jvm.allocatedBytes() - allocatedBefore) / count));
        counters = counted;
        return String.format("%.2f thread switches each", counted.threadSwitches());
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

    /** Returns whether a round at full load was measured. */
    boolean measured() {
        return !cpuMicros.isEmpty();
    }

    /**
     * Returns the figures of all rounds, of which there is at least one.
     *
     * @param reference the proxy that CPU times are compared with, measured in at least one round as well
     */
    OfBusy figures(BusyWorkload reference) {
        List<Double> ratios = new ArrayList<>();
        for (int round = 0; round < Math.min(cpuMicros.size(), reference.cpuMicros.size()); round++) {
            ratios.add(cpuMicros.get(round) / reference.cpuMicros.get(round));
        }
        return new OfBusy(
                Spread.of(cpuMicros),
                Spread.of(ratios),
                Spread.of(perSecond),
                residentBytes,
                latency(),
                counters,
                warmUpSeconds,
                steady);
    }

    private @Nullable OfLatency latency() {
        if (latencies.isEmpty()) {
            return null;
        }
        Histogram all = latencies();
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

    /** Returns all latencies, in nanoseconds. */
    Histogram latencies() {
        Histogram all = new Histogram(3);
        latencies.forEach(all::add);
        return all;
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
