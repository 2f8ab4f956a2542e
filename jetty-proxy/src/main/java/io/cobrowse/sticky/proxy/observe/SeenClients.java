package io.cobrowse.sticky.proxy.observe;

import io.cobrowse.sticky.scan.CookieScanner;
import io.cobrowse.sticky.scan.Slice;
import java.net.InetSocketAddress;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLongArray;
import org.eclipse.jetty.http.HttpField;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.server.Request;

/**
 * The clients that a node has served with affinity, and when it last did so. A client is identified by its address
 * and, if it has one, by CometD's cookie, which distinguishes browsers behind one address. Thread-safe, lock-free;
 * noting a client allocates nothing, and memory is fixed.
 *
 * <p>The time of the last client is exact. The number comes from a table whose slots hold half a hash and a time: two
 * clients in some four thousand millions count as one, and clients beyond some eight thousand at a time are not
 * counted.
 */
final class SeenClients {
    /** The longest silence of a client between two polls. */
    static final long POLL_GAP_NANOS = TimeUnit.SECONDS.toNanos(10);
    /** The time of a parked poll, 30 s, plus the gap. */
    private static final long COUNTED_NANOS = TimeUnit.SECONDS.toNanos(40);

    private static final String COMETD_COOKIE = "BAYEUX_BROWSER";
    private static final int SLOTS = 8192;
    private static final int PROBES = 16;
    private static final long TIME_MASK = 0xFFFF_FFFFL;
    private static final long TICK_NANOS = TimeUnit.MILLISECONDS.toNanos(100);
    private static final long FIBONACCI = 0x9E37_79B9_7F4A_7C15L;

    private final long originNanos;
    private final AtomicLongArray slots = new AtomicLongArray(SLOTS);
    /** The time of the last client, in ticks since the origin, from 1; 0 if there was none. */
    private volatile long lastTick;

    SeenClients(long nowNanos) {
        originNanos = nowNanos;
    }

    void seen(Request request, long nowNanos) {
        seen(identity(request), nowNanos);
    }

    void seen(long identity, long nowNanos) {
        long tick = tick(nowNanos);
        if (tick > lastTick) {
            lastTick = tick; // Two threads may write out of order, by at most a tick.
        }
        long hash = identity * FIBONACCI;
        long name = (hash & ~TIME_MASK) | (1L << 32); // Never the name of an empty slot.
        int start = (int) (hash >>> 20) & (SLOTS - 1);
        int vacant = -1;
        for (int i = 0; i < PROBES; i++) {
            int at = (start + i) & (SLOTS - 1);
            long slot = slots.get(at);
            if ((slot & ~TIME_MASK) == name) {
                slots.lazySet(at, name | tick);
                return;
            }
            if (vacant < 0 && isOver(slot, tick)) {
                vacant = at;
            }
        }
        if (vacant >= 0) {
            slots.lazySet(
                    vacant, name | tick); // Of two that take the same slot, one counts only with its next request.
        }
    }

    private long tick(long nowNanos) {
        return (1 + (nowNanos - originNanos) / TICK_NANOS) & TIME_MASK;
    }

    private static boolean isOver(long slot, long tick) {
        return slot == 0 || tick - (slot & TIME_MASK) > COUNTED_NANOS / TICK_NANOS;
    }

    /** Returns how many clients were seen in the last 40 s. */
    int count(long nowNanos) {
        long tick = tick(nowNanos);
        int count = 0;
        for (int i = 0; i < SLOTS; i++) {
            if (!isOver(slots.get(i), tick)) {
                count++;
            }
        }
        return count;
    }

    /** Returns the time since the last client was seen; {@link Long#MAX_VALUE} if there was none. */
    long quietNanos(long nowNanos) {
        long last = lastTick;
        return last == 0 ? Long.MAX_VALUE : Math.max(0, tick(nowNanos) - last) * TICK_NANOS;
    }

    private static long identity(Request request) {
        long hash = request.getConnectionMetaData().getRemoteSocketAddress() instanceof InetSocketAddress peer
                        && peer.getAddress() != null
                ? peer.getAddress().hashCode()
                : 0;
        HttpFields fields = request.getHeaders();
        HttpField cookies = fields.getField(HttpHeader.COOKIE);
        String value = cookies == null ? null : cookies.getValue();
        if (value != null) {
            long slice = CookieScanner.find(value, COMETD_COOKIE, 0);
            for (int i = slice == Slice.NONE ? Integer.MAX_VALUE : Slice.start(slice); i < Slice.end(slice); i++) {
                hash = 31 * hash + value.charAt(i);
            }
        }
        return hash;
    }
}
