package io.cobrowse.load.journey;

import io.cobrowse.load.record.Step;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * A customer or an agent in one session, as one CometD client. Used by one virtual user; over long-polling a second one
 * polls for it and reads the volatile fields.
 *
 * <p>Each step has a scheduled time, {@link #due}: the end of the step before, and the think time behind it. Latency counts
 * from there, so that what waits in line, at the server or here, is not forgotten.
 */
final class Party {
    /** Which end of the pair. */
    enum Role {
        CUSTOMER,
        AGENT
    }

    final Pair pair;
    final Role role;

    /** The query that names the node, with its question mark; empty for who sticks by cookie. */
    volatile String query = "";

    /** Where the agent was told to find the node, without a path; empty for the target itself. */
    volatile String base = "";

    volatile String clientId = "";
    volatile String userToken = "";
    /** The cookies, as Gatling keeps them. */
    volatile @Nullable Object cookies;
    /** Whether the poller is to stop. */
    volatile boolean closed;
    /** When the join was answered; 0 for not yet. */
    volatile long joinedNanos;

    /** When the next step is to begin, by {@link System#nanoTime}. */
    long due;
    /** Until when to send, likewise. */
    long talkUntil;
    /** Until when to wait, likewise. */
    long deadline;
    /** The step that waits for its answer. */
    @Nullable
    Step pending;
    /** Whether what went wrong is counted already. */
    boolean noted;

    boolean connected;
    private int messages;

    Party(Pair pair, Role role, long due) {
        this.pair = pair;
        this.role = role;
        this.due = due;
    }

    boolean isCustomer() {
        return role == Role.CUSTOMER;
    }

    /** What this party sends. */
    Flow outward() {
        return isCustomer() ? pair.toAgent : pair.toCustomer;
    }

    /** Returns the id of the next CometD message: it leads from an answer to the party. */
    String nextId() {
        return pair.number + (isCustomer() ? "c" : "a") + messages++;
    }

    /** How long to pause until the next step is due. */
    Duration untilDue() {
        return Duration.ofNanos(Math.max(0, due - System.nanoTime()));
    }

    @Override
    public String toString() {
        return (isCustomer() ? "customer of " : "agent of ") + pair;
    }
}
