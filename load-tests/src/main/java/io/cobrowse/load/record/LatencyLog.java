package io.cobrowse.load.record;

import java.io.Closeable;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.HdrHistogram.Histogram;
import org.HdrHistogram.HistogramLogWriter;
import org.HdrHistogram.Recorder;

/**
 * Writes latencies in nanoseconds by tag, as one interval histogram for each tag and call of {@link #flush}. The tag is
 * {@code step@node}. Recording is thread-safe and takes no lock; flushing is confined to one thread.
 */
public final class LatencyLog implements Closeable {
    private static final int DIGITS = 3;

    private final Map<String, Recorder> recorders = new ConcurrentHashMap<>();
    private final PrintStream stream;
    private final HistogramLogWriter writer;

    /** Opens the file, and replaces an existing one. */
    public LatencyLog(Path file) throws IOException {
        stream = new PrintStream(file.toFile(), java.nio.charset.StandardCharsets.UTF_8);
        writer = new HistogramLogWriter(stream);
        long now = System.currentTimeMillis();
        writer.outputComment("[Latencies in nanoseconds from the scheduled time; tags are step@node]");
        writer.outputLogFormatVersion();
        writer.outputStartTime(now);
        writer.setBaseTime(0);
        writer.outputLegend();
    }

    /**
     * Records a latency.
     *
     * @param nanos negative values count as 0
     */
    public void record(Step step, String node, long nanos) {
        recorders.computeIfAbsent(tag(step, node), tag -> new Recorder(DIGITS)).recordValue(Math.max(0, nanos));
    }

    /** Returns the tag of a step at a node. */
    static String tag(Step step, String node) {
        return step.key() + "@" + (node.isEmpty() ? "unknown" : node);
    }

    /** Writes what was recorded since the previous call, and returns the sum of it, for a progress report. */
    public Histogram flush() {
        Histogram all = new Histogram(DIGITS);
        recorders.forEach((tag, recorder) -> {
            Histogram interval = recorder.getIntervalHistogram();
            if (interval.getTotalCount() > 0) {
                interval.setTag(tag);
                writer.outputIntervalHistogram(interval);
                all.add(interval);
            }
        });
        return all;
    }

    @Override
    public void close() {
        flush();
        stream.close();
    }
}
