package io.cobrowse.sticky.routing;

import io.cobrowse.sticky.routing.Explanation.Step;
import io.cobrowse.sticky.scan.Slice;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Collects the steps of a decision that is being explained. Otherwise it is off and costs nothing. */
final class Trace {
    static final Trace OFF = new Trace(null);

    private final @Nullable List<Step> steps;

    /** Creates a trace that is on. */
    Trace() {
        this(new ArrayList<>());
    }

    private Trace(@Nullable List<Step> steps) {
        this.steps = steps;
    }

    /** Returns whether steps are collected; to be checked before a text is built. */
    boolean on() {
        return steps != null;
    }

    List<Step> told() {
        return steps == null ? List.of() : steps;
    }

    void tell(String rule, String text) {
        if (steps != null) {
            steps.add(new Step(rule, text));
        }
    }

    /** Adds what was read, and whether it names a node. */
    void read(Snapshot now, String rule, String source, String text, long value, int found) {
        if (steps != null) {
            String read = text.substring(Slice.start(value), Slice.end(value));
            String names = found >= 0 ? "names " + now.table().node(found) : "names no known node";
            steps.add(new Step(rule, source + " \"" + read + "\" " + names));
        }
    }

    /** Adds that there was nothing to read. */
    void absent(String rule, String source, int found) {
        if (steps != null && found == Naming.ABSENT) {
            steps.add(new Step(rule, "no " + source));
        }
    }
}
