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

/** Where virtual users find each other, beside the network: customers, agents and pollers. Thread-safe. */
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

    /** Takes a pair whose agent has not come, for the agent who comes or for the customer who gives up; true the first time. */
    boolean claim(Pair pair) {
        boolean first = pair.claim();
        if (first) {
            unserved.decrementAndGet();
        }
        return first;
    }

    /** Whether there are customers who want an agent, or will. */
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

    /** The customer has the session, in place of one that may have been asked for before. */
    void created(Pair pair, String token) {
        pairsByToken.remove(pair.token, pair);
        pair.token = token;
        pairsByToken.put(pair.token, pair);
        nodes.add(pair.owner);
    }

    /** A party has gone for good. */
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

    /** Returns the party whose message has this id. */
    @Nullable
    Party partyOf(String messageId) {
        int end = Math.max(messageId.indexOf('a'), messageId.indexOf('c')) + 1;
        return parties.get(messageId.substring(0, end));
    }

    void offer(Ticket ticket) {
        tickets.add(ticket);
    }

    /** Returns a session that wants an agent, null for none. */
    @Nullable
    Pair takeTicket() {
        Ticket ticket = tickets.poll();
        return ticket == null ? null : ticket.pair();
    }

    void awaitPoller(Party party) {
        unpolled.add(party);
    }

    /** Returns a party to poll for, null for none. */
    @Nullable
    Party takeUnpolled() {
        return unpolled.poll();
    }

    /** Returns another node than this; this one where no other has shown up yet. */
    String otherNode(String name) {
        return nodes.stream().filter(other -> !other.equals(name)).findAny().orElse(name);
    }

    /** The sessions that are on a node now. */
    long sessionsOn(String node) {
        return pairsByToken.values().stream()
                .filter(pair -> pair.owner.equals(node))
                .count();
    }

    /** The sessions that there are now. */
    int sessions() {
        return pairsByToken.size();
    }
}
