package io.cobrowse.load.settings;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.time.Duration;
import java.util.List;
import java.util.random.RandomGenerator;

/** A range of think times, uniformly distributed. Immutable. */
public record Interval(Duration least, Duration greatest) {
    /** @throws IllegalArgumentException if it is empty or negative */
    public Interval {
        if (least.isNegative() || greatest.compareTo(least) < 0) {
            throw new IllegalArgumentException("[" + least + ", " + greatest + "] is not a range from 0 upward");
        }
    }

    @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
    static Interval of(List<String> bounds) {
        if (bounds.size() != 2) {
            throw new IllegalArgumentException(bounds + " is not [least, greatest]");
        }
        return new Interval(Durations.parse(bounds.get(0)), Durations.parse(bounds.get(1)));
    }

    @JsonValue
    List<String> bounds() {
        return List.of(Durations.format(least), Durations.format(greatest));
    }

    /** Returns a random time within the bounds, in nanoseconds. */
    public long drawNanos(RandomGenerator random) {
        return random.nextLong(least.toNanos(), greatest.toNanos() + 1);
    }

    public double meanSeconds() {
        return (least.toNanos() + (double) greatest.toNanos()) / 2e9;
    }
}
