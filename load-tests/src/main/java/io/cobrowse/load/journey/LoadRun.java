package io.cobrowse.load.journey;

import io.cobrowse.load.record.Incident;
import io.cobrowse.load.record.Incidents;
import io.cobrowse.load.record.InjectorResult;
import io.cobrowse.load.record.LatencyLog;
import io.cobrowse.load.record.Step;
import io.cobrowse.load.settings.Fault;
import io.cobrowse.load.settings.Profile;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.BooleanSupplier;
import org.HdrHistogram.Histogram;

/** The run of one injector: the state that its virtual users share, and what they report. Thread-safe. */
public final class LoadRun implements AutoCloseable {
    private static final Duration LAST_ONES = Duration.ofSeconds(60);

    private final LoadSpec spec;
    private final Arrivals arrivals;
    private final LatencyLog latencies;
    private final Lobby lobby = new Lobby();
    private final Incidents violations = new Incidents();
    private final Incidents losses = new Incidents();
    private final AtomicInteger pairs = new AtomicInteger();
    private final BooleanSupplier stopping;

    private final LongAdder pairsStarted = new LongAdder();
    private final LongAdder stepsSent = new LongAdder();
    private final LongAdder stepsLate = new LongAdder();
    private final LongAdder messages = new LongAdder();
    private final LongAdder answers = new LongAdder();
    private final LongAdder unverified = new LongAdder();
    private final LongAdder sessions = new LongAdder();
    private final LongAdder completed = new LongAdder();
    private final LongAdder restarted = new LongAdder();

    private volatile long startNanos;
    private volatile long startMillis;
    private volatile NodeFault fault = NodeFault.NONE;

    /** A fault of a node. The id is the name of the node in problem documents and routes. */
    private record NodeFault(Fault kind, String node, String id, long atNanos, long atMillis, long sessions) {
        static final NodeFault NONE = new NodeFault(Fault.NONE, "", "", 0, 0, 0);
    }

    /**
     * Prepares a run.
     *
     * @param log the file for the latencies
     * @param stopping whether the run, and everything else, is being stopped; later failures are ignored
     */
    public LoadRun(LoadSpec spec, Path log, BooleanSupplier stopping) throws IOException {
        this.stopping = stopping;
        this.spec = spec;
        this.arrivals = new Arrivals(spec.profile(), spec.share());
        this.latencies = new LatencyLog(log);
    }

    LoadSpec spec() {
        return spec;
    }

    Arrivals arrivals() {
        return arrivals;
    }

    Lobby lobby() {
        return lobby;
    }

    /** Starts the clock; to be called just before the first virtual users start. */
    void begin() {
        startMillis = System.currentTimeMillis();
        startNanos = System.nanoTime();
    }

    /** Returns whether the simulation has begun. */
    public boolean begun() {
        return startNanos != 0;
    }

    /** Returns whether sessions are now to be ended, and no new ones may begin. */
    boolean closing() {
        return System.nanoTime() - startNanos > windowEndNanos();
    }

    /** Returns whether all sessions have had time to end. */
    boolean finished() {
        return closing()
                && (lobby.sessions() == 0 || System.nanoTime() - startNanos > windowEndNanos() + LAST_ONES.toNanos());
    }

    /** Returns the start of the measured window, in nanoseconds from the start of the run. */
    public long windowStartNanos() {
        return spec.profile().fill().toNanos();
    }

    /** Returns the end of the measured window, in nanoseconds from the start of the run. */
    public long windowEndNanos() {
        Profile profile = spec.profile();
        return profile.fill().plus(profile.hold()).toNanos();
    }

    /** Returns the time since the start of the run, in nanoseconds; 0 before the start. */
    public long elapsedNanos() {
        return begun() ? System.nanoTime() - startNanos : 0;
    }

    private boolean measured(long due) {
        long since = due - startNanos;
        return since >= windowStartNanos() && since < windowEndNanos();
    }

    /** Returns the number of the next pair, from 0. */
    int nextPair() {
        return pairs.getAndIncrement();
    }

    /** Notes that a pair has arrived; returns the time at which it was due. */
    long arrived(int number) {
        long now = System.nanoTime();
        long due = Math.min(now, startNanos + arrivals.nanosOf(number));
        if (measured(due)) {
            pairsStarted.increment();
        }
        return due;
    }

    /** Notes that a step that was due at this time is sent now. */
    void sent(long due) {
        if (measured(due)) {
            stepsSent.increment();
            if (System.nanoTime() - due > spec.settings().limits().lateAfter().toNanos()) {
                stepsLate.increment();
            }
        }
    }

    void latency(Step step, String node, long nanos) {
        latencies.record(step, node, nanos);
    }

    void messageCame() {
        messages.increment();
    }

    void answerChecked(boolean named) {
        (named ? answers : unverified).increment();
    }

    void sessionMet() {
        sessions.increment();
    }

    void sessionCompleted() {
        completed.increment();
    }

    void sessionRestarted() {
        restarted.increment();
    }

    /**
     * Notes an incident: a loss if the fault of that node explains it, otherwise a violation; ignored while stopping.
     * The node is empty if it is unknown.
     */
    void incident(Incident kind, String node, String example) {
        if (!stopping.getAsBoolean()) {
            (explained(kind, node) ? losses : violations).add(kind, example);
        }
    }

    private boolean explained(Incident kind, String node) {
        NodeFault current = fault;
        boolean concerned = !node.isEmpty() && (node.equals(current.node) || node.equals(current.id));
        return current.kind == Fault.KILL
                && concerned
                && switch (kind) {
                    case LOST_MESSAGE, UNEXPECTED_STATUS, NO_ANSWER, REFUSED -> true;
                    case WRONG_NODE, REORDERED_MESSAGE, UNKNOWN_CLIENT, NEW_ON_DRAINING_NODE -> false;
                };
    }

    /** Returns whether a node is to get nothing new. */
    boolean takesNothingNew(String node) {
        NodeFault current = fault;
        return current.kind != Fault.NONE && node.equals(current.node);
    }

    /**
     * Notes that a chat has moved a customer from a node that accepts nothing new, as the rules require; the session is
     * lost.
     */
    void chatMoved(Pair pair, String example) {
        pair.moved = true;
        losses.add(Incident.WRONG_NODE, example);
        if (pair.lose()) {
            for (int i = pair.missing(); i > 0; i--) {
                losses.add(Incident.LOST_MESSAGE, "a message of " + pair);
            }
        }
    }

    /** Returns whether the sessions of a node are lost for good. */
    boolean killed(String node) {
        NodeFault current = fault;
        return current.kind == Fault.KILL && node.equals(current.node);
    }

    /** Returns whether a session that was requested at this time must not begin on a node. */
    boolean takesNothingNew(String node, long askedNanos) {
        return takesNothingNew(node) && askedNanos - fault.atNanos > 0;
    }

    /**
     * Notes that a node is killed or drained from now on.
     *
     * @param node its cookie value
     * @param id its URL id
     */
    public void fault(Fault kind, String node, String id) {
        fault = new NodeFault(kind, node, id, System.nanoTime(), System.currentTimeMillis(), lobby.sessionsOn(node));
    }

    /** Returns the number of the injector's sessions on a node. */
    public long sessionsOn(String node) {
        return lobby.sessionsOn(node);
    }

    /** Writes the latencies since the previous call, and returns them. Confined to one thread. */
    public Histogram flush() {
        return latencies.flush();
    }

    /** Returns the number of open sessions. */
    public int openSessions() {
        return lobby.sessions();
    }

    /** Returns the number of messages that have reached the other end. */
    public long messages() {
        return messages.sum();
    }

    public long violations() {
        return violations.total();
    }

    /** Returns the violations so far, with the first examples of each kind. */
    public Map<Incident, Incidents.Count> violationsSoFar() {
        return violations.counts();
    }

    public long losses() {
        return losses.total();
    }

    public InjectorResult result() {
        NodeFault done = fault;
        // If the run was stopped, the window ends at that time.
        long windowEnd = Math.max(windowStartNanos(), Math.min(windowEndNanos(), elapsedNanos()));
        return new InjectorResult(
                1,
                startMillis + windowStartNanos() / 1_000_000,
                startMillis + windowEnd / 1_000_000,
                Math.round(arrivals.until(windowEnd) - arrivals.until(windowStartNanos())),
                pairsStarted.sum(),
                stepsSent.sum(),
                stepsLate.sum(),
                messages.sum(),
                answers.sum(),
                unverified.sum(),
                sessions.sum(),
                completed.sum(),
                restarted.sum(),
                done.atMillis,
                done.node,
                done.sessions,
                violations.counts(),
                losses.counts());
    }

    @Override
    public void close() {
        latencies.close();
    }
}
