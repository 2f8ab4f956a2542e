package io.cobrowse.load.run;

import io.cobrowse.load.journey.LoadRun;
import io.cobrowse.measuring.Countdown;
import java.io.PrintWriter;
import java.util.Locale;
import org.HdrHistogram.Histogram;

/** Prints the progress of a run, a line now and then. Confined to one thread. */
final class Progress {
    private final PrintWriter out;
    private final LoadRun load;
    private boolean toldViolation;
    private long lastMessages;
    private long lastNanos = System.nanoTime();

    Progress(PrintWriter out, LoadRun load) {
        this.out = out;
        this.load = load;
    }

    /** @param latencies the latencies of all steps since the previous line */
    void print(Histogram latencies) {
        long now = System.nanoTime();
        long messages = load.messages();
        double perSecond = (messages - lastMessages) / ((now - lastNanos) / 1e9);
        lastMessages = messages;
        lastNanos = now;
        out.printf(
                Locale.ROOT,
                "%5.0f s  %-9s %,6d sessions %,8.0f messages/s  p50 %7.1f ms  p99 %7.1f ms  violations %,d  losses %,d  %s%n",
                load.elapsedNanos() / 1e9,
                phase(),
                load.openSessions(),
                perSecond,
                latencies.getValueAtPercentile(50) / 1e6,
                latencies.getValueAtPercentile(99) / 1e6,
                load.violations(),
                load.losses(),
                left());
        out.flush();
    }

    /** Prints the first violation as soon as it is known, once. */
    void tellFirstViolation() {
        if (!toldViolation && load.violations() > 0) {
            toldViolation = true;
            load.violationsSoFar()
                    .forEach((kind, count) -> count.examples().stream()
                            .limit(1)
                            .forEach(example -> out.printf("First violation: %s: %s%n", kind.label(), example)));
            out.flush();
        }
    }

    /** Returns the time until the sessions are ended, as text. */
    private String left() {
        double seconds = (load.windowEndNanos() - load.elapsedNanos()) / 1e9;
        return seconds > 0 ? Countdown.text(seconds) : "sessions end";
    }

    private String phase() {
        long elapsed = load.elapsedNanos();
        return elapsed < load.windowStartNanos() ? "filling" : elapsed < load.windowEndNanos() ? "measuring" : "ending";
    }
}
