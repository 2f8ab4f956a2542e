package io.cobrowse.load.journey;

import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

/** A customer and an agent who share a session; each one's messages are checked at the other end. Thread-safe. */
final class Pair {
    /** How a session ends. */
    enum End {
        CUSTOMER_EXITS,
        CUSTOMER_ABANDONS,
        AGENT_STOPS
    }

    final int number;
    final boolean webSocket;
    final End end;
    final Flow toAgent = new Flow();
    final Flow toCustomer = new Flow();

    /** The session's token; empty before it is created. */
    volatile String token = "";
    /** The owner's name, which is its cookie value; empty before the session is created. */
    volatile String owner = "";
    /** How the owner marks its answers; empty if nodes do not mark them. */
    volatile String ownerMark = "";

    volatile boolean agentJoined;
    /** Whether nobody may send, since a connection is about to be opened again. */
    volatile boolean held;
    /** Whether the session is about to end, and nobody begins anything new. */
    volatile boolean ending;

    volatile boolean customerQuiet;
    volatile boolean agentQuiet;
    /** Whether the customer has closed the browser. */
    volatile boolean abandoned;
    /** Whether a chat has moved the customer to another node. */
    volatile boolean moved;
    /** Whether the session is lost. */
    private final AtomicBoolean lost = new AtomicBoolean();

    /** Whether an agent has taken the token, or the customer has given up. */
    private final AtomicBoolean claimed = new AtomicBoolean();

    private final AtomicInteger endsTold = new AtomicInteger();

    Pair(int number, boolean webSocket, End end) {
        this.number = number;
        this.webSocket = webSocket;
        this.end = end;
    }

    /** Returns whether both have stopped sending and all messages have arrived. */
    boolean settled() {
        return customerQuiet && agentQuiet && missing() == 0;
    }

    int missing() {
        return toAgent.missing() + toCustomer.missing();
    }

    /** Returns true the first time: for the agent who takes the session, or for the customer who no longer waits. */
    boolean claim() {
        return claimed.compareAndSet(false, true);
    }

    boolean lost() {
        return lost.get();
    }

    /** Returns true the first time. */
    boolean lose() {
        return lost.compareAndSet(false, true);
    }

    void endTold() {
        endsTold.incrementAndGet();
    }

    /** Returns how many parties have been told that the session has ended. */
    int endsTold() {
        return endsTold.get();
    }

    @Override
    public String toString() {
        return "pair " + number + (webSocket ? " (WebSocket)" : " (long-polling)") + ", session " + token + " on "
                + owner;
    }
}
