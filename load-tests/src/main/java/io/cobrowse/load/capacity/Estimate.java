package io.cobrowse.load.capacity;

/** A figure with its 95 % confidence interval. Immutable. */
public record Estimate(double value, double low, double high) {
    /** A figure that was seen as it is. */
    static Estimate exactly(double value) {
        return new Estimate(value, value, value);
    }

    Estimate times(double factor) {
        return new Estimate(value * factor, low * factor, high * factor);
    }
}
