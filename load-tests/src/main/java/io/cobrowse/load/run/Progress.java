package io.cobrowse.load.run;

import io.cobrowse.load.journey.LoadRun;
import java.io.PrintWriter;
import java.util.Locale;
import org.HdrHistogram.Histogram;

/** Tells how a run goes, in a line now and then. For one thread. */
final class Progress {
    private final PrintWriter out;
    private final LoadRun load;
    private long lastMessages;
    private long lastNanos = System.nanoTime();

    Progress(PrintWriter out, LoadRun load) {
        this.out = out;
        this.load = load;
    }

    /** @param latencies of all steps since the last line */
    void print(Histogram latencies) {
        long now = System.nanoTime();
        long messages = load.messages();
        double perSecond = (messages - lastMessages) / ((now - lastNanos) / 1e9);
        lastMessages = messages;
        lastNanos = now;
        out.printf(
                Locale.ROOT,
                "%5.0f s  %-9s %,6d sessions %,8.0f messages/s  p50 %7.1f ms  p99 %7.1f ms  violations %,d  losses %,d%n",
                load.elapsedNanos() / 1e9,
                phase(),
                load.openSessions(),
                perSecond,
                latencies.getValueAtPercentile(50) / 1e6,
                latencies.getValueAtPercentile(99) / 1e6,
                load.violations(),
                load.losses());
        out.flush();
    }

    private String phase() {
        long elapsed = load.elapsedNanos();
        return elapsed < load.windowStartNanos() ? "filling" : elapsed < load.windowEndNanos() ? "measuring" : "ending";
    }
}
