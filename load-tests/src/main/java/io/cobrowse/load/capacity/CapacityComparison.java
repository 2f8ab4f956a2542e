package io.cobrowse.load.capacity;

import io.cobrowse.measuring.report.JUnitXml;
import io.cobrowse.measuring.report.Mark;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Compares two capacity runs by component. A component carries less only if its intervals of sessions per core do not
 * overlap.
 */
public record CapacityComparison(List<JUnitXml.Check> checks) {
    /**
     * Compares two runs.
     *
     * @throws IllegalArgumentException if they were measured under different conditions, or have no known component in
     *     common
     */
    public static CapacityComparison of(Capacity base, Capacity fresh) {
        if (base.sloP99Millis() != fresh.sloP99Millis()
                || !base.complexity().equals(fresh.complexity())
                || base.websocket() != fresh.websocket()) {
            throw new IllegalArgumentException("The two capacity runs had different conditions: " + conditions(base)
                    + ", and " + conditions(fresh));
        }
        List<JUnitXml.Check> checks = new ArrayList<>();
        for (Component before : base.components()) {
            Component after = fresh.component(before.name());
            Estimate old = before.sessionsPerCore();
            Estimate now = after == null ? null : after.sessionsPerCore();
            if (old != null && now != null) {
                checks.add(check(before.name(), old, now));
            }
        }
        if (checks.isEmpty()) {
            throw new IllegalArgumentException(
                    "The two capacity runs have no component in common whose sessions per core" + " are known");
        }
        return new CapacityComparison(List.copyOf(checks));
    }

    private static String conditions(Capacity capacity) {
        return String.format(
                Locale.ROOT,
                "%s complexity, %.2f over WebSocket, p99 %.0f ms",
                capacity.complexity(),
                capacity.websocket(),
                capacity.sloP99Millis());
    }

    private static JUnitXml.Check check(String name, Estimate old, Estimate now) {
        boolean less = now.high() < old.low();
        boolean more = now.low() > old.high();
        String verdict = less ? "less" : more ? "more" : "not told apart";
        return new JUnitXml.Check(
                "sessions per " + name + " core",
                less ? Mark.BAD : more ? Mark.GOOD : Mark.TOLD,
                String.format(
                        Locale.ROOT,
                        "%s: %,.0f (%,.0f to %,.0f), base %,.0f (%,.0f to %,.0f)",
                        verdict,
                        now.value(),
                        now.low(),
                        now.high(),
                        old.value(),
                        old.low(),
                        old.high()));
    }

    /** Returns whether no component certainly carries less. */
    public boolean passes() {
        return checks.stream().noneMatch(check -> check.mark() == Mark.BAD);
    }
}
