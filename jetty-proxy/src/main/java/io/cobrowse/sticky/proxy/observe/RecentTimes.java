package io.cobrowse.sticky.proxy.observe;

import java.util.concurrent.TimeUnit;
import org.HdrHistogram.AbstractHistogram;
import org.HdrHistogram.Histogram;
import org.HdrHistogram.PackedHistogram;
import org.HdrHistogram.Recorder;
import org.jspecify.annotations.Nullable;

/**
 * The times of the last minutes, for percentiles with a given number of digits. Recording is thread-safe, wait-free and
 * allocates nothing. Once a second, one thread {@linkplain #tick takes over} the recorded times.
 */
final class RecentTimes {
    private static final long MAX_MICROS = TimeUnit.HOURS.toMicros(1);
    private static final int SECONDS = 10;
    private static final int TENS = 30;

    private final int digits;
    private final Recorder recorder;
    private @Nullable Histogram interval;
    /** Whether anything was recorded since the last tick; a node that serves no requests costs nothing. */
    private volatile boolean touched;
    /**
     * The last ten seconds, one by one, and the last five minutes, in tens of seconds; null if nothing was recorded.
     */
    private final @Nullable PackedHistogram[] seconds = new PackedHistogram[SECONDS];

    private final @Nullable PackedHistogram[] tens = new PackedHistogram[TENS];
    private int ticks;

    /** @param digits the number of exact digits of a value: 2 for one percent, 3 for a tenth of a percent */
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
     * Takes over the times recorded in the last second, and returns them in microseconds; valid until the next call;
     * null if there are none.
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
        touched = false; // Set before the times are taken: those recorded from here on may not be among them.
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
     * Returns the times of the last {@code count} tens of seconds, in microseconds. If there is more than one, the
     * current ten seconds are added as far as they have elapsed.
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
