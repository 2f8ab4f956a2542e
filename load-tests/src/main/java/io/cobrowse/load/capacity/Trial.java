package io.cobrowse.load.capacity;

import java.util.Map;

/**
 * What came of one number of sessions. Immutable.
 *
 * @param sessions pairs at a time
 * @param passed whether the service level was met, at the full rate and without a violation
 * @param p99Millis of messages, from the scheduled time until they are at the other end
 * @param messagesPerSecond that came to the other end
 * @param cores in use, by component: {@code proxy}, {@code nodes}, {@code injector}; empty where they are not on this machine
 */
public record Trial(
        int sessions, boolean passed, double p99Millis, double messagesPerSecond, Map<String, Double> cores) {
    double coresOf(String component) {
        return cores.getOrDefault(component, Double.NaN);
    }
}
