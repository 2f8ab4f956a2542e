package io.cobrowse.load.journey;

import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.DelayQueue;
import java.util.concurrent.Delayed;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** Where virtual users find each other outside the network: customers, agents and pollers. Thread-safe. */
final class Lobby {
    /** A session's token on its way to an agent. */
    record Ticket(Pair pair, long due) implements Delayed {
        @Override
        public long getDelay(TimeUnit unit) {
            return unit.convert(due - System.nanoTime(), TimeUnit.NANOSECONDS);
        }

        @Override
        public int compareTo(Delayed other) {
            return Long.compare(getDelay(TimeUnit.NANOSECONDS), other.getDelay(TimeUnit.NANOSECONDS));
        }
    }

    private final DelayQueue<Ticket> tickets = new DelayQueue<>();
    private final Queue<Party> unpolled = new ConcurrentLinkedQueue<>();
    private final Map<Integer, Pair> pairs = new ConcurrentHashMap<>();
    private final Map<String, Pair> pairsByToken = new ConcurrentHashMap<>();
    private final Map<String, Party> parties = new ConcurrentHashMap<>();
    private final AtomicInteger unserved = new AtomicInteger();
    private final Set<String> nodes = ConcurrentHashMap.newKeySet();

    /**
     * Claims a pair whose agent has not come, for an agent or for a customer who gives up; returns true only the first
     * time.
     */
    boolean claim(Pair pair) {
        boolean first = pair.claim();
        if (first) {
            unserved.decrementAndGet();
        }
        return first;
    }

    /** Returns whether there are customers who want an agent now or later. */
    boolean agentsWanted() {
        return unserved.get() > 0;
    }

    void enter(Pair pair) {
        unserved.incrementAndGet();
        pairs.put(pair.number, pair);
    }

    void enter(Party party) {
        parties.put(key(party), party);
    }

    /** Notes that a pair has a session, which replaces an earlier one. */
    void created(Pair pair, String token) {
        pairsByToken.remove(pair.token, pair);
        pair.token = token;
        pairsByToken.put(pair.token, pair);
        nodes.add(pair.owner);
    }

    /** Notes that a party has left for good. */
    void leave(Party party) {
        parties.remove(key(party), party);
        Pair pair = party.pair;
        if (party.isCustomer()) {
            pairs.remove(pair.number);
        }
        if (!party.isCustomer() || !pair.agentJoined) {
            pairsByToken.remove(pair.token, pair);
        }
    }

    private static String key(Party party) {
        return party.pair.number + (party.isCustomer() ? "c" : "a");
    }

    @Nullable
    Pair pair(int number) {
        return pairs.get(number);
    }

    @Nullable
    Pair pairOf(String token) {
        return pairsByToken.get(token);
    }

    /** Returns the party that sent the message with this id. */
    @Nullable
    Party partyOf(String messageId) {
        int end = Math.max(messageId.indexOf('a'), messageId.indexOf('c')) + 1;
        return parties.get(messageId.substring(0, end));
    }

    void offer(Ticket ticket) {
        tickets.add(ticket);
    }

    /** Returns a session that wants an agent; null if there is none. */
    @Nullable
    Pair takeTicket() {
        Ticket ticket = tickets.poll();
        return ticket == null ? null : ticket.pair();
    }

    void awaitPoller(Party party) {
        unpolled.add(party);
    }

    /** Returns a party to poll for; null if there is none. */
    @Nullable
    Party takeUnpolled() {
        return unpolled.poll();
    }

    /** Returns a node other than this one, or this one if no other is known yet. */
    String otherNode(String name) {
        return nodes.stream().filter(other -> !other.equals(name)).findAny().orElse(name);
    }

    /** Returns the current number of sessions on a node. */
    long sessionsOn(String node) {
        return pairsByToken.values().stream()
                .filter(pair -> pair.owner.equals(node))
                .count();
    }

    /** Returns the current number of sessions. */
    int sessions() {
        return pairsByToken.size();
    }
}
