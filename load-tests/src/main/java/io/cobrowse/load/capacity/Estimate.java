package io.cobrowse.load.capacity;

/** A figure and between what it lies: what that is, whoever makes it says. Immutable. */
public record Estimate(double value, double low, double high) {
    /** A figure that was seen as it is. */
    static Estimate exactly(double value) {
        return new Estimate(value, value, value);
    }

    Estimate times(double factor) {
        return new Estimate(value * factor, low * factor, high * factor);
    }
}
