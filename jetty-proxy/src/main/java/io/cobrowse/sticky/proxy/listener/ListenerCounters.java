package io.cobrowse.sticky.proxy.listener;

import io.cobrowse.sticky.proxy.config.Limits;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;

/**
 * Counts how often each limit of a listener has refused or ended something since the listener was opened.
 * Thread-safe; counting never blocks.
 */
public final class ListenerCounters {
    public static final String CONNECTIONS = "connections";
    public static final String CONNECTIONS_PER_CLIENT = "connections-per-client";
    public static final String REQUESTS_PER_CLIENT = "requests-per-client";
    public static final String HEAD_TIMEOUT = "head-timeout";
    public static final String BODY_RATE = "body-rate";
    public static final String HEADER_BYTES = "header-bytes";
    public static final String TARGET_BYTES = "target-bytes";
    public static final String BODY_BYTES = "body-bytes";
    public static final String HEADER_COUNT = "header-count";
    public static final String HTTP2_EVENTS = "http2-events";
    /** The limit that counts peers that are not trusted, on a listener with the PROXY protocol. */
    public static final String PROXY_PROTOCOL = "proxy-protocol";

    /** The names of all limits, as in {@link Limits} and the configuration. */
    public static final List<String> NAMES = List.of(
            CONNECTIONS,
            CONNECTIONS_PER_CLIENT,
            REQUESTS_PER_CLIENT,
            HEAD_TIMEOUT,
            BODY_RATE,
            HEADER_BYTES,
            TARGET_BYTES,
            BODY_BYTES,
            HEADER_COUNT,
            HTTP2_EVENTS,
            PROXY_PROTOCOL);

    private final Map<String, LongAdder> counts = new ConcurrentHashMap<>();

    ListenerCounters() {
        NAMES.forEach(name -> counts.put(name, new LongAdder()));
    }

    void limited(String limit) {
        LongAdder count = counts.get(limit);
        if (count != null) {
            count.increment();
        }
    }

    /** Returns how often a limit has been reached; 0 for an unknown name. */
    public long count(String limit) {
        LongAdder count = counts.get(limit);
        return count == null ? 0 : count.sum();
    }

    /** Returns how often each limit has been reached, in the order of {@link #NAMES}. */
    public Map<String, Long> counts() {
        Map<String, Long> all = new LinkedHashMap<>();
        NAMES.forEach(name -> all.put(name, count(name)));
        return all;
    }
}
