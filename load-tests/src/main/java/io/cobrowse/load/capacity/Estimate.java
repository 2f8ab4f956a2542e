package io.cobrowse.load.capacity;

/** A figure with its range, whose meaning depends on its source. Immutable. */
public record Estimate(double value, double low, double high) {
    /** Returns an exactly known figure. */
    static Estimate exactly(double value) {
        return new Estimate(value, value, value);
    }

    Estimate times(double factor) {
        return new Estimate(value * factor, low * factor, high * factor);
    }
}
