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

/** One injector's run: what its virtual users share, and what they report. Thread-safe. */
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

    /** What was done to a node; ids are what problem documents and routes call it. */
    private record NodeFault(Fault kind, String node, String id, long atNanos, long atMillis, long sessions) {
        static final NodeFault NONE = new NodeFault(Fault.NONE, "", "", 0, 0, 0);
    }

    /**
     * Prepares a run.
     *
     * @param log where the latencies are written
     * @param stopping whether the run has been told to stop, as everything else is: what fails from then on says nothing
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

    /** The first virtual users are about to start. */
    void begin() {
        startMillis = System.currentTimeMillis();
        startNanos = System.nanoTime();
    }

    /** Whether the simulation has begun. */
    public boolean begun() {
        return startNanos != 0;
    }

    /** Whether it is time to end the sessions; no new ones begin. */
    boolean closing() {
        return System.nanoTime() - startNanos > windowEndNanos();
    }

    /** Whether all sessions have had the time to end. */
    boolean finished() {
        return closing()
                && (lobby.sessions() == 0 || System.nanoTime() - startNanos > windowEndNanos() + LAST_ONES.toNanos());
    }

    /** The start of the measured time, in nanoseconds from the start. */
    public long windowStartNanos() {
        return spec.profile().fill().toNanos();
    }

    /** The end of the measured time, likewise. */
    public long windowEndNanos() {
        Profile profile = spec.profile();
        return profile.fill().plus(profile.hold()).toNanos();
    }

    /** How long it has been running, in nanoseconds; 0 before it begins. */
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

    /** A pair has come, and returns when it was to come. */
    long arrived(int number) {
        long now = System.nanoTime();
        long due = Math.min(now, startNanos + arrivals.nanosOf(number));
        if (measured(due)) {
            pairsStarted.increment();
        }
        return due;
    }

    /** A step goes out that was due at that time. */
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

    /** Something that must not happen, unless a stop or the fault of that node explains it; empty where no node is known. */
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

    /** Whether that node is to get nothing new. */
    boolean takesNothingNew(String node) {
        NodeFault current = fault;
        return current.kind != Fault.NONE && node.equals(current.node);
    }

    /** A chat has taken a customer away from a node that takes nothing new, as the rules have it: the session is lost. */
    void chatMoved(Pair pair, String example) {
        pair.moved = true;
        losses.add(Incident.WRONG_NODE, example);
        if (pair.lose()) {
            for (int i = pair.missing(); i > 0; i--) {
                losses.add(Incident.LOST_MESSAGE, "a message of " + pair);
            }
        }
    }

    /** Whether a session of that node is lost for good. */
    boolean killed(String node) {
        NodeFault current = fault;
        return current.kind == Fault.KILL && node.equals(current.node);
    }

    /** Whether a session that was asked for then may not begin on that node. */
    boolean takesNothingNew(String node, long askedNanos) {
        return takesNothingNew(node) && askedNanos - fault.atNanos > 0;
    }

    /**
     * From now on a node is killed, or drained.
     *
     * @param node its cookie value
     * @param id its URL id
     */
    public void fault(Fault kind, String node, String id) {
        fault = new NodeFault(kind, node, id, System.nanoTime(), System.currentTimeMillis(), lobby.sessionsOn(node));
    }

    /** The sessions that the injector has on a node. */
    public long sessionsOn(String node) {
        return lobby.sessionsOn(node);
    }

    /** Writes the latencies since the last call, and returns them. For one thread. */
    public Histogram flush() {
        return latencies.flush();
    }

    /** The sessions that are open. */
    public int openSessions() {
        return lobby.sessions();
    }

    /** The messages that have come to the other end. */
    public long messages() {
        return messages.sum();
    }

    public long violations() {
        return violations.total();
    }

    /** Returns the first examples of what must not happen. */
    public Map<Incident, Incidents.Count> violationsSoFar() {
        return violations.counts();
    }

    public long losses() {
        return losses.total();
    }

    public InjectorResult result() {
        NodeFault done = fault;
        // Where it was told to stop, the window ends then.
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
