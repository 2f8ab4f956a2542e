package io.cobrowse.sticky.proxy.exchange;

import io.cobrowse.sticky.proxy.config.ProxyConfig.Limit;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import org.jspecify.annotations.Nullable;

/**
 * The places at a node that may have only so much to do at a time, and the queue of those who wait for one, first come,
 * first served. Thread-safe; exchanges are told outside the lock.
 */
final class NodePlaces {
    // Guarded by this.
    private Limit limit;
    private final Queue<Place> waiting = new ArrayDeque<>();
    private int taken;

    NodePlaces(Limit limit) {
        this.limit = limit;
    }

    /** The place of one exchange, and later perhaps of its tunnel: waited for, taken, given back. */
    final class Place {
        private final ProxyExchange exchange;
        private final long deadlineNanos;
        private final boolean atOnce;
        // Guarded by the places.
        private boolean held;
        private boolean over;

        private Place(ProxyExchange exchange, long deadlineNanos, boolean atOnce) {
            this.exchange = exchange;
            this.deadlineNanos = deadlineNanos;
            this.atOnce = atOnce;
            this.held = atOnce;
        }

        /** Returns whether the place was given at once, so that nobody will tell of it. */
        boolean atOnce() {
            return atOnce;
        }

        /** Gives the place to the next who waits, or ends waiting for it; does nothing the second time. */
        void leave() {
            tell(NodePlaces.this.leave(this));
        }
    }

    /**
     * Gives the exchange a place at once, or later by {@link ProxyExchange#admitted}.
     *
     * @return the place; null when the queue is full
     */
    synchronized @Nullable Place enter(ProxyExchange exchange) {
        boolean free = taken < limit.maxActive();
        Place place =
                new Place(exchange, System.nanoTime() + limit.queueTimeout().toNanos(), free);
        if (free) {
            taken++;
            return place;
        }
        return waiting.size() < limit.queue() && waiting.add(place) ? place : null;
    }

    private synchronized List<Place> leave(Place place) {
        if (place.over) {
            return List.of();
        }
        place.over = true;
        if (!place.held) {
            waiting.remove(place);
            return List.of();
        }
        taken--;
        return admit();
    }

    private List<Place> admit() {
        List<Place> admitted = new ArrayList<>(1);
        while (taken < limit.maxActive() && !waiting.isEmpty()) {
            Place next = waiting.remove();
            next.held = true;
            taken++;
            admitted.add(next);
        }
        return admitted;
    }

    private static void tell(List<Place> admitted) {
        admitted.forEach(place -> place.exchange.admitted());
    }

    /** Sets the limit; who has a place keeps it. */
    void setLimit(Limit newLimit) {
        List<Place> admitted;
        synchronized (this) {
            limit = newLimit;
            admitted = admit();
        }
        tell(admitted);
    }

    /** Turns away those who have waited for too long. */
    void sweep(long nowNanos) {
        List<Place> late = new ArrayList<>();
        synchronized (this) {
            for (Place first = waiting.peek(); first != null; first = waiting.peek()) {
                if (nowNanos - first.deadlineNanos < 0) {
                    break;
                }
                first.over = true;
                late.add(waiting.remove());
            }
        }
        late.forEach(place -> place.exchange.turnedAway());
    }

    /** The node is out of service: has all who wait for it answered without it. */
    void evict() {
        List<Place> evicted;
        synchronized (this) {
            evicted = List.copyOf(waiting);
            waiting.clear();
            evicted.forEach(place -> place.over = true);
        }
        evicted.forEach(place -> place.exchange.connectFailed(new NodeUnavailableException()));
    }

    /** Returns how many wait. */
    synchronized int waiting() {
        return waiting.size();
    }
}
