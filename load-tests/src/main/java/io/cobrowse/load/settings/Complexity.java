package io.cobrowse.load.settings;

/**
 * The size and the activity of a customer's page. Immutable.
 *
 * @param pageBytes the whole page, sent once
 * @param changeBytes a DOM change
 * @param changeInterval the time between two changes
 * @param pointerBytes the agent's pointer and input events, sent together
 * @param pointerInterval the time between two of these
 */
public record Complexity(
        Range pageBytes, Range changeBytes, Interval changeInterval, Range pointerBytes, Interval pointerInterval) {

    /** Returns the number of messages that a pair exchanges in a second, in both directions. */
    public double messagesPerSecond() {
        return 1 / changeInterval.meanSeconds() + 1 / pointerInterval.meanSeconds();
    }
}
