package io.cobrowse.load.settings;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.List;
import java.util.random.RandomGenerator;

/** A range of sizes, uniformly distributed. Immutable. */
public record Range(int least, int greatest) {
    /** @throws IllegalArgumentException if it is empty or negative */
    public Range {
        if (least < 0 || greatest < least) {
            throw new IllegalArgumentException("[" + least + ", " + greatest + "] is not a range from 0 upward");
        }
    }

    @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
    static Range of(List<Integer> bounds) {
        if (bounds.size() != 2) {
            throw new IllegalArgumentException(bounds + " is not [least, greatest]");
        }
        return new Range(bounds.get(0), bounds.get(1));
    }

    @JsonValue
    List<Integer> bounds() {
        return List.of(least, greatest);
    }

    /** Returns a random value within the bounds. */
    public int draw(RandomGenerator random) {
        return random.nextInt(least, greatest + 1);
    }

    public double mean() {
        return (least + (double) greatest) / 2;
    }
}
