package io.cobrowse.sticky.proxy.upstream;

import io.cobrowse.sticky.proxy.config.ProxyConfig.Limit;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Queue;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The places at a node with a limit (max-active), and the queue of requests that wait for one, first come, first
 * served. Thread-safe: requests of several loops share it. A waiting request is notified on its own loop, never on
 * the stack of the one that left.
 */
public final class NodePlaces {
    // Guarded by this.
    private Limit limit;
    private final Queue<Place> waiting = new ArrayDeque<>();
    private int taken;

    NodePlaces(Limit limit) {
        this.limit = limit;
    }

    /** The place of one request, and later perhaps of its tunnel: waiting, taken or given back. */
    public final class Place {
        private final Requester requester;
        private final long beginNanos;
        private final long deadlineNanos;
        private final boolean atOnce;
        // Guarded by the places.
        private boolean held;
        private boolean over;

        private Place(Requester requester, long nowNanos, boolean atOnce) {
            this.requester = requester;
            this.beginNanos = nowNanos;
            this.deadlineNanos = nowNanos + limit.queueTimeout().toNanos();
            this.atOnce = atOnce;
            this.held = atOnce;
        }

        /** Returns whether the place was given at once, so that no notification follows. */
        public boolean atOnce() {
            return atOnce;
        }

        /** Returns the nanoseconds since the place was requested. */
        public long ageNanos() {
            return System.nanoTime() - beginNanos;
        }

        /** Gives the place to the next waiting request, or stops waiting for it. Further calls do nothing. */
        public void leave() {
            NodePlaces.this.leave(this);
        }

        /** Notifies the request on its loop, unless it has left meanwhile, which only its own loop knows. */
        private void tell(Consumer<Requester> event) {
            requester.loop().execute(() -> event.accept(requester));
        }
    }

    /**
     * Gives a request a place, at once or later through {@link Requester#admitted}.
     *
     * @return the place; null if the queue is full
     */
    public synchronized @Nullable Place enter(Requester requester) {
        boolean free = taken < limit.maxActive();
        Place place = new Place(requester, System.nanoTime(), free);
        if (free) {
            taken++;
            return place;
        }
        return waiting.size() < limit.queue() && waiting.add(place) ? place : null;
    }

    private synchronized void leave(Place place) {
        if (place.over) {
            return;
        }
        place.over = true;
        if (place.held) {
            taken--;
            admit();
        } else {
            waiting.remove(place);
        }
    }

    private void admit() {
        while (taken < limit.maxActive() && !waiting.isEmpty()) {
            Place next = waiting.remove();
            next.held = true;
            taken++;
            next.tell(Requester::admitted);
        }
    }

    /** Sets the limit; requests that have a place keep it. */
    synchronized void setLimit(Limit newLimit) {
        limit = newLimit;
        admit();
    }

    /** Turns away requests that have waited for too long. */
    synchronized void tick(long nowNanos) {
        for (Place first = waiting.peek(); first != null; first = waiting.peek()) {
            if (nowNanos - first.deadlineNanos < 0) {
                break;
            }
            waiting.remove();
            first.over = true;
            first.tell(Requester::turnedAway);
        }
    }

    /** Ends the waiting, since the node is out of service: all waiting requests are answered without it. */
    synchronized void evict() {
        List<Place> evicted = List.copyOf(waiting);
        waiting.clear();
        for (Place place : evicted) {
            place.over = true;
            place.tell(requester -> requester.connectFailed(new NodeUnavailableException()));
        }
    }

    /** Returns the number of waiting requests. */
    synchronized int waiting() {
        return waiting.size();
    }
}
