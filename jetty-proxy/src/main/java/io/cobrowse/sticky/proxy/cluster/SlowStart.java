package io.cobrowse.sticky.proxy.cluster;

import io.cobrowse.sticky.routing.Node;
import io.cobrowse.sticky.routing.NodeTable;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.eclipse.jetty.util.thread.Scheduler;
import org.jspecify.annotations.Nullable;

/**
 * Limits a node that comes up to a tenth of its share of requests without affinity, and adds a tenth after each tenth
 * of the time. Thread-safe.
 */
final class SlowStart {
    private static final int FIRST_SHARE = 1;

    private final Scheduler scheduler;
    private final NodeStates states;
    private final Supplier<Duration> time;
    /** The next step of each node in its slow start, by id. Guarded by this. */
    private final Map<String, Scheduler.Task> steps = new HashMap<>();

    SlowStart(Scheduler scheduler, NodeStates states, Supplier<Duration> time) {
        this.scheduler = scheduler;
        this.states = states;
        this.time = time;
    }

    /** Returns the first share of a node that comes up, in tenths. */
    int firstShare() {
        return time.get().isZero() ? NodeTable.FULL_SHARE : FIRST_SHARE;
    }

    /** Begins the slow start of a node that has just got its first share. */
    void begin(Node node) {
        stop(node);
        if (firstShare() < NodeTable.FULL_SHARE) {
            schedule(node, FIRST_SHARE + 1);
        }
    }

    /** Ends the slow start of a node that is gone or out of service. */
    synchronized void stop(Node node) {
        Scheduler.@Nullable Task step = steps.remove(node.id());
        if (step != null) {
            step.cancel();
        }
    }

    private synchronized void schedule(Node node, int share) {
        long millis = time.get().toMillis() / NodeTable.FULL_SHARE;
        steps.put(node.id(), scheduler.schedule(() -> step(node, share), Math.max(1, millis), TimeUnit.MILLISECONDS));
    }

    private void step(Node node, int share) {
        if (states.setShare(node, share) && share < NodeTable.FULL_SHARE) {
            schedule(node, share + 1);
        } else {
            stop(node);
        }
    }
}
