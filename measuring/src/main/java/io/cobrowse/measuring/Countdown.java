package io.cobrowse.measuring;

import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * Estimates how long work in equal parts will still take from the time it has taken so far; 0 after the last part.
 * Not thread-safe.
 */
public final class Countdown {
    private static final int SECONDS_A_MINUTE = 60;

    private final double parts;
    private final LongSupplier nanoTime;
    private final long begin;
    private double done;

    /** @param parts how many parts of equal length the work has */
    public Countdown(double parts) {
        this(parts, System::nanoTime);
    }

    Countdown(double parts, LongSupplier nanoTime) {
        this.parts = parts;
        this.nanoTime = nanoTime;
        this.begin = nanoTime.getAsLong();
    }

    /** Notes that a part is done. */
    public void done() {
        done(1);
    }

    /** Notes that several parts, or a fraction of one, are done. */
    public void done(double more) {
        done = Math.min(parts, done + more);
    }

    /** Returns the remaining seconds; NaN before a part is done. */
    public double leftSeconds() {
        double elapsed = (nanoTime.getAsLong() - begin) / (double) TimeUnit.SECONDS.toNanos(1);
        return done == 0 ? Double.NaN : elapsed * (parts - done) / done;
    }

    /** Returns the remaining time, such as "40 s left" or "12 min left". */
    public String left() {
        return text(leftSeconds());
    }

    /** Returns a remaining time as text. */
    public static String text(double exactSeconds) {
        if (Double.isNaN(exactSeconds)) {
            return "time left not known yet";
        }
        long seconds = Math.round(exactSeconds);
        return seconds < 2 * SECONDS_A_MINUTE
                ? seconds + " s left"
                : Math.round(seconds / (double) SECONDS_A_MINUTE) + " min left";
    }
}
