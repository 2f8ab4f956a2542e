package io.cobrowse.load.capacity;

import java.util.Map;

/**
 * The result of one number of sessions. Immutable.
 *
 * @param sessions pairs at a time
 * @param passed whether the service level was met, at the full rate and without a violation
 * @param p99Millis the 99th percentile of the time from a message's scheduled time until it is at the other end, in
 *     milliseconds
 * @param messagesPerSecond the rate of messages that reached the other end
 * @param cores the cores in use, by component: {@code proxy}, {@code nodes}, {@code injector}; empty if they are not on
 *     this machine
 */
public record Trial(
        int sessions, boolean passed, double p99Millis, double messagesPerSecond, Map<String, Double> cores) {
    double coresOf(String component) {
        return cores.getOrDefault(component, Double.NaN);
    }
}
