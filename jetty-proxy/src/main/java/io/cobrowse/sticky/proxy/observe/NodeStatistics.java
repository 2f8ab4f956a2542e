package io.cobrowse.sticky.proxy.observe;

import io.cobrowse.sticky.routing.Affinity;
import io.cobrowse.sticky.routing.Sticky;
import java.util.concurrent.atomic.LongAdder;

/** The counts of one node. Thread-safe, lock-free; counting allocates nothing. */
final class NodeStatistics {
    /** The classes of statuses, and the name for requests without a status. */
    static final String[] CODES = {"none", "1xx", "2xx", "3xx", "4xx", "5xx"};

    private static final Affinity[] AFFINITIES = Affinity.values();
    private static final Sticky[] STICKIES = Sticky.values();

    /** Visits a counter that is not zero. */
    interface CounterVisitor {
        void visit(int index, Affinity affinity, Sticky sticky, String code, LongAdder counter);
    }

    private final LongAdder[] requests = new LongAdder[AFFINITIES.length * STICKIES.length * CODES.length];
    private final LongAdder total = new LongAdder();
    private final RecentTimes times = new RecentTimes(2);
    private final SeenClients clients = new SeenClients(System.nanoTime());
    private volatile long perSecond;
    private long totalBefore;

    NodeStatistics() {
        for (int i = 0; i < requests.length; i++) {
            requests[i] = new LongAdder();
        }
    }

    @SuppressWarnings("EnumOrdinal") // Of this process only, and cheaper than two look-ups a request.
    void count(Affinity affinity, Sticky sticky, int status) {
        int code = status >= 100 && status < 600 ? status / 100 : 0;
        requests[(affinity.ordinal() * STICKIES.length + sticky.ordinal()) * CODES.length + code].increment();
        total.increment();
    }

    RecentTimes times() {
        return times;
    }

    SeenClients clients() {
        return clients;
    }

    /** Returns all requests that have ended so far. */
    long total() {
        return total.sum();
    }

    /** Returns how many requests ended in the last whole second. */
    long perSecond() {
        return perSecond;
    }

    /** Ends a second. */
    void tick() {
        long now = total.sum();
        perSecond = now - totalBefore;
        totalBefore = now;
        times.tick();
    }

    void counters(CounterVisitor visitor) {
        for (int i = 0; i < requests.length; i++) {
            if (requests[i].sum() > 0) {
                int code = i % CODES.length;
                int pair = i / CODES.length;
                visitor.visit(
                        i,
                        AFFINITIES[pair / STICKIES.length],
                        STICKIES[pair % STICKIES.length],
                        CODES[code],
                        requests[i]);
            }
        }
    }
}
