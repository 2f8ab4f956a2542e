package io.cobrowse.sticky.routing;

import java.util.Collection;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicLong;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Chooses a node for a request without affinity. Thread-safe, lock-free; allocates nothing.
 *
 * <p>All snapshots of the table share one cursor, so a change of state does not restart the round. The cursor counts
 * up for ever and is read without its sign; after an overflow the round jumps once and continues.
 */
final class Balancer {
    private final Balance balance;
    private final AtomicLong cursor;

    Balancer(Balance balance) {
        this(balance, 0);
    }

    Balancer(Balance balance, long cursor) {
        this(balance, new AtomicLong(cursor));
    }

    private Balancer(Balance balance, AtomicLong cursor) {
        this.balance = balance;
        this.cursor = cursor;
    }

    /** Returns a balancer with another method that shares this one's cursor. */
    Balancer with(Balance other) {
        return other == balance ? this : new Balancer(other, cursor);
    }

    /** Returns a balancer with a cursor of its own, which starts at this one's position. */
    Balancer copy() {
        return new Balancer(balance, cursor.get());
    }

    /** Returns a candidate that was not tried, preferably one that is not full; null if there is none. */
    @Nullable
    Node pick(Candidates candidates, Collection<Node> tried) {
        if (candidates.nodes().isEmpty()) {
            return null;
        }
        if (candidates.limited()) {
            Node node = pick(candidates, tried, true);
            if (node != null) {
                return node;
            }
        }
        return pick(candidates, tried, false);
    }

    private @Nullable Node pick(Candidates candidates, Collection<Node> tried, boolean notFull) {
        return switch (balance) {
            case ROUND_ROBIN -> roundRobin(candidates, tried, notFull);
            case LEAST_ACTIVE -> leastActive(candidates, tried, notFull);
            case RANDOM_TWO -> randomTwo(candidates, tried, notFull);
        };
    }

    private static boolean excluded(Node node, Collection<Node> tried, boolean notFull) {
        return tried.contains(node) || (notFull && node.full());
    }

    private @Nullable Node roundRobin(Candidates candidates, Collection<Node> tried, boolean notFull) {
        int length = candidates.cycleLength();
        for (int i = 0; i < length; i++) {
            Node node = candidates.inCycle(position(cursor.getAndIncrement(), length));
            if (!excluded(node, tried, notFull)) {
                return node;
            }
        }
        return null;
    }

    /**
     * Starts the search behind the node that was picked last, so that among equal nodes the next in turn is picked. The
     * cursor moves past the pick: by one at first, and then by the nodes that were passed over.
     */
    private @Nullable Node leastActive(Candidates candidates, Collection<Node> tried, boolean notFull) {
        List<Node> nodes = candidates.nodes();
        int size = nodes.size();
        int start = position(cursor.getAndIncrement(), size);
        Node best = null;
        long bestLoad = 0;
        int bestWeight = 0;
        int passedOver = 0;
        for (int i = 0; i < size; i++) {
            int index = wrap(start + i, size);
            Node node = nodes.get(index);
            int weight = candidates.weight(index);
            long load = load(node);
            if ((best == null || load * bestWeight < bestLoad * weight) && !excluded(node, tried, notFull)) {
                best = node;
                bestLoad = load;
                bestWeight = weight;
                passedOver = i;
            }
        }
        if (passedOver > 0) {
            cursor.getAndAdd(passedOver);
        }
        return best;
    }

    /** Draws two different nodes; an excluded node is replaced by the next one that is not excluded. */
    private static @Nullable Node randomTwo(Candidates candidates, Collection<Node> tried, boolean notFull) {
        List<Node> nodes = candidates.nodes();
        RandomGenerator random = ThreadLocalRandom.current();
        int size = nodes.size();
        int first = untried(nodes, random.nextInt(size), tried, notFull);
        if (first < 0 || size == 1) {
            return first < 0 ? null : nodes.get(first);
        }
        int offset = 1 + random.nextInt(size - 1);
        int second = untried(nodes, wrap(first + offset, size), tried, notFull);
        Node left = nodes.get(first);
        Node right = nodes.get(second);
        boolean rightIsLess = load(right) * candidates.weight(first) < load(left) * candidates.weight(second);
        return rightIsLess ? right : left;
    }

    /**
     * Returns the index of the first node that is not excluded, at or after an index and around the end; -1 if there is
     * none.
     */
    private static int untried(List<Node> nodes, int from, Collection<Node> tried, boolean notFull) {
        for (int i = 0; i < nodes.size(); i++) {
            int index = wrap(from + i, nodes.size());
            if (!excluded(nodes.get(index), tried, notFull)) {
                return index;
            }
        }
        return -1;
    }

    /** Returns the load that a node would have if it were picked. To compare by weight, multiply crosswise. */
    private static long load(Node node) {
        return node.active() + 1L;
    }

    private static int position(long ticket, int length) {
        return (int) ((ticket & Long.MAX_VALUE) % length);
    }

    private static int wrap(int index, int size) {
        return index < size ? index : index - size;
    }
}
