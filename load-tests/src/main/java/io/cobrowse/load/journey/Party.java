package io.cobrowse.load.journey;

import io.cobrowse.load.record.Step;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * A customer or an agent in one session, as one CometD client. Used by one virtual user; over long-polling a second one
 * polls for it and reads the volatile fields.
 *
 * <p>Each step has a scheduled time, {@link #due}: the end of the previous step plus the think time. Latency counts
 * from that time, so that it includes waiting in line, at the server or here.
 */
final class Party {
    /** The end of the pair that a party is. */
    enum Role {
        CUSTOMER,
        AGENT
    }

    final Pair pair;
    final Role role;

    /** The query that names the node, with its question mark; empty for a party that sticks by cookie. */
    volatile String query = "";

    /** The URL at which the agent was told to find the node, without a path; empty for the target itself. */
    volatile String base = "";

    volatile String clientId = "";
    volatile String userToken = "";
    /** The cookies, as Gatling keeps them. */
    volatile @Nullable Object cookies;
    /** Whether the poller has to stop. */
    volatile boolean closed;
    /** When the join was answered; 0 before that. */
    volatile long joinedNanos;

    /** When the next step is due, as {@link System#nanoTime}. */
    long due;
    /** When to stop sending, as {@link System#nanoTime}. */
    long talkUntil;
    /** When to stop waiting, as {@link System#nanoTime}. */
    long deadline;
    /** The step that waits for its answer. */
    @Nullable
    Step pending;
    /** Whether the failure has been counted already. */
    boolean noted;

    /** Whether Gatling has a WebSocket of this party, well or not. */
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

    /** Returns the messages that this party sends. */
    Flow outward() {
        return isCustomer() ? pair.toAgent : pair.toCustomer;
    }

    /** Returns the id of the next CometD message, by which an answer is matched to the party. */
    String nextId() {
        return pair.number + (isCustomer() ? "c" : "a") + messages++;
    }

    /** Returns the time until the next step is due. */
    Duration untilDue() {
        return Duration.ofNanos(Math.max(0, due - System.nanoTime()));
    }

    @Override
    public String toString() {
        return (isCustomer() ? "customer of " : "agent of ") + pair;
    }
}
