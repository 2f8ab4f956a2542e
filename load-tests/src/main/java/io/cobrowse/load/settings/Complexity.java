package io.cobrowse.load.settings;

/**
 * What a customer's page is like. Immutable.
 *
 * @param pageBytes the whole page, sent once
 * @param changeBytes a DOM change
 * @param changeInterval between two changes
 * @param pointerBytes the agent's pointer and input events, gathered
 * @param pointerInterval between two of these
 */
public record Complexity(
        Range pageBytes, Range changeBytes, Interval changeInterval, Range pointerBytes, Interval pointerInterval) {

    /** The messages that a pair exchanges in a second, both ways together. */
    public double messagesPerSecond() {
        return 1 / changeInterval.meanSeconds() + 1 / pointerInterval.meanSeconds();
    }
}
