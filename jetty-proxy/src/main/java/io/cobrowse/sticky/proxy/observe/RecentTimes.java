package io.cobrowse.sticky.proxy.observe;

import java.util.concurrent.TimeUnit;
import org.HdrHistogram.AbstractHistogram;
import org.HdrHistogram.Histogram;
import org.HdrHistogram.PackedHistogram;
import org.HdrHistogram.Recorder;
import org.jspecify.annotations.Nullable;

/**
 * Times of the last minutes, for percentiles with a given number of digits. Recording is thread-safe, wait-free and
 * allocates nothing; once a second, one thread {@linkplain #tick takes over} what was recorded.
 */
final class RecentTimes {
    private static final long MAX_MICROS = TimeUnit.HOURS.toMicros(1);
    private static final int SECONDS = 10;
    private static final int TENS = 30;

    private final int digits;
    private final Recorder recorder;
    private @Nullable Histogram interval;
    /** Whether anything was recorded since the last tick; a node that serves nobody costs nothing. */
    private volatile boolean touched;
    /** The last ten seconds, one by one, and the last five minutes by tens of seconds; empty ones are null. */
    private final @Nullable PackedHistogram[] seconds = new PackedHistogram[SECONDS];

    private final @Nullable PackedHistogram[] tens = new PackedHistogram[TENS];
    private int ticks;

    /** @param digits how many digits of a value count: 2 is to one percent, 3 to a tenth of it */
    RecentTimes(int digits) {
        this.digits = digits;
        this.recorder = new Recorder(1, MAX_MICROS, digits);
    }

    void record(long nanos) {
        recorder.recordValue(Math.min(MAX_MICROS, Math.max(0, nanos / 1000)));
        if (!touched) {
            touched = true;
        }
    }

    /**
     * Takes what was recorded in the last second over, and returns it: in microseconds, to be read before the next call; null
     * where there is nothing.
     */
    synchronized @Nullable Histogram tick() {
        Histogram recorded = touched ? take() : null;
        int second = ticks % SECONDS;
        seconds[second] = recorded == null ? null : packed(recorded);
        if (second == SECONDS - 1) {
            tens[ticks / SECONDS % TENS] = last(1);
        }
        ticks++;
        return recorded;
    }

    private Histogram take() {
        touched = false; // Before it is taken: what is recorded from here on may not be in it.
        Histogram recorded = recorder.getIntervalHistogram(interval);
        interval = recorded;
        return recorded;
    }

    private PackedHistogram packed(AbstractHistogram recorded) {
        PackedHistogram packed = new PackedHistogram(digits);
        packed.add(recorded);
        return packed;
    }

    /**
     * Returns the times of the last tens of seconds, in microseconds; of more than one, the current ten counts as far as it
     * has gone, and beside it so many full ones.
     *
     * @param count 1 to 30
     */
    synchronized PackedHistogram last(int count) {
        PackedHistogram sum = new PackedHistogram(digits);
        int begun = count == 1 ? SECONDS : ticks % SECONDS;
        for (int i = 0; i < begun; i++) {
            add(sum, seconds[i]);
        }
        int full = ticks / SECONDS;
        for (int i = 1; count > 1 && i <= Math.min(count, full); i++) {
            add(sum, tens[(full - i) % TENS]);
        }
        return sum;
    }

    private static void add(PackedHistogram sum, @Nullable PackedHistogram part) {
        if (part != null) {
            sum.add(part);
        }
    }
}
