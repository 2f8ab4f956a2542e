package io.cobrowse.load.record;

import java.io.FileNotFoundException;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.HdrHistogram.EncodableHistogram;
import org.HdrHistogram.Histogram;
import org.HdrHistogram.HistogramLogReader;

/**
 * The latencies of a run, read from the {@link LatencyLog}s of one or several injectors, by step, by node and over
 * time. Histograms are added, so percentiles of several injectors are exact. Not thread-safe.
 */
public final class Latencies {
    private static final int DIGITS = 3;

    private final long startMillis;
    private final long endMillis;
    private final long sliceMillis;
    private long firstMillis = Long.MAX_VALUE;
    private long lastMillis = Long.MIN_VALUE;
    private final Map<Step, Histogram> bySteps = new EnumMap<>(Step.class);
    private final Map<Step, Map<String, Histogram>> byNodes = new EnumMap<>(Step.class);
    private final Map<Step, SortedMap<Long, Histogram>> overTime = new EnumMap<>(Step.class);

    /**
     * Creates an empty instance.
     *
     * @param startMillis the start of the window, in milliseconds since the epoch; latencies outside the window appear
     *     only over time
     * @param sliceMillis the width of a slice over time, in milliseconds
     */
    public Latencies(long startMillis, long endMillis, long sliceMillis) {
        this.startMillis = startMillis;
        this.endMillis = endMillis;
        this.sliceMillis = sliceMillis;
    }

    /** Reads the files of the injectors that measured in this window. */
    public static Latencies read(List<Path> files, InjectorResult window) throws FileNotFoundException {
        return read(files, window.windowStart(), window.windowEnd());
    }

    /**
     * Reads files.
     *
     * @param startMillis the start of the window, in milliseconds since the epoch
     * @param endMillis the end of the window, likewise
     */
    public static Latencies read(List<Path> files, long startMillis, long endMillis) throws FileNotFoundException {
        Latencies latencies = new Latencies(startMillis, endMillis, Math.max(2_000, (endMillis - startMillis) / 120));
        for (Path file : files) {
            latencies.add(file);
        }
        return latencies;
    }

    private void add(Path file) throws FileNotFoundException {
        try (HistogramLogReader reader = new HistogramLogReader(file.toFile())) {
            for (EncodableHistogram next = reader.nextIntervalHistogram();
                    next != null;
                    next = reader.nextIntervalHistogram()) {
                if (next instanceof Histogram histogram) {
                    add(histogram);
                }
            }
        }
    }

    private void add(Histogram interval) {
        String tag = String.valueOf(interval.getTag());
        int at = tag.indexOf('@');
        Step step = Step.valueOf(
                tag.substring(0, at).toUpperCase(java.util.Locale.ROOT).replace('-', '_'));
        long middle = (interval.getStartTimeStamp() + interval.getEndTimeStamp()) / 2;
        long slice = Math.floorDiv(middle - startMillis, sliceMillis);
        overTime.computeIfAbsent(step, unused -> new TreeMap<>())
                .computeIfAbsent(slice, unused -> new Histogram(DIGITS))
                .add(interval);
        if (middle >= startMillis && middle <= endMillis) {
            firstMillis = Math.min(firstMillis, interval.getStartTimeStamp());
            lastMillis = Math.max(lastMillis, interval.getEndTimeStamp());
            bySteps.computeIfAbsent(step, unused -> new Histogram(DIGITS)).add(interval);
            byNodes.computeIfAbsent(step, unused -> new TreeMap<>())
                    .computeIfAbsent(tag.substring(at + 1), unused -> new Histogram(DIGITS))
                    .add(interval);
        }
    }

    /** Returns the latencies of the window, by step, in nanoseconds. */
    public Map<Step, Histogram> steps() {
        return bySteps;
    }

    /** Returns the latencies of the window, by step and node, in nanoseconds. */
    public Map<Step, Map<String, Histogram>> nodes() {
        return byNodes;
    }

    /**
     * Returns the length in seconds of the recorded intervals of the window; an interval belongs to the window as a
     * whole if its middle does.
     */
    public double seconds() {
        return Math.max(0, lastMillis - firstMillis) / 1e3;
    }

    /** Returns the latencies of the whole run, by step and slice of time; slice 0 begins with the window. */
    public Map<Step, SortedMap<Long, Histogram>> overTime() {
        return overTime;
    }

    /** Returns the width of a slice in seconds. */
    public double sliceSeconds() {
        return sliceMillis / 1e3;
    }
}
