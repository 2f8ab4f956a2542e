package io.cobrowse.node;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The faults injected into a node. {@code /cobrowse/internal} answers in spite of latency and hanging. Immutable.
 *
 * @param latencyMillis the delay of each request before it is handled, in ms, 0 to 600000
 * @param healthStatus the status of {@code /cobrowse/health}, 200 to 599
 * @param refuse whether the port is closed: connections are reset, new ones refused
 * @param hang whether connections are accepted and requests left unanswered; they are answered when the fault is lifted
 */
public record Faults(long latencyMillis, int healthStatus, boolean refuse, boolean hang) {
    /** No faults. */
    public static final Faults NONE = new Faults(0, 200, false, false);

    private static final long MAX_LATENCY_MILLIS = 600_000;

    /** @throws IllegalArgumentException if a value is out of range, saying which */
    public Faults {
        if (latencyMillis < 0 || latencyMillis > MAX_LATENCY_MILLIS) {
            throw new IllegalArgumentException("latencyMillis: " + latencyMillis + " is not within 0 to 600000");
        }
        if (healthStatus < 200 || healthStatus > 599) {
            throw new IllegalArgumentException("healthStatus: " + healthStatus + " is not within 200 to 599");
        }
    }

    /** Every request is delayed. */
    public static Faults latency(long millis) {
        return new Faults(millis, 200, false, false);
    }

    /** The health check answers with this status; everything else works. */
    public static Faults health(int status) {
        return new Faults(0, status, false, false);
    }

    /** The port is closed; the sessions stay in memory. */
    public static Faults refusing() {
        return new Faults(0, 200, true, false);
    }

    /** Connections are accepted, but nothing is answered. */
    public static Faults hanging() {
        return new Faults(0, 200, false, true);
    }

    Map<String, Object> toMap() {
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("latencyMillis", latencyMillis);
        map.put("healthStatus", healthStatus);
        map.put("refuse", refuse);
        map.put("hang", hang);
        return map;
    }
}
