package io.cobrowse.sticky.routing;

import java.util.List;

/**
 * A decision and how it came about. Immutable.
 *
 * @param steps in the order in which the router took them
 */
public record Explanation(Route route, List<Step> steps) {
    public Explanation {
        steps = List.copyOf(steps);
    }

    /**
     * A value that was read, or a rule that passed or decided.
     *
     * @param rule its id in the table of routing rules, such as {@code R10}
     * @param text what was read or found, and what follows from it
     */
    public record Step(String rule, String text) {}
}
